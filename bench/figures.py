"""`bench/run`: the parts in order, each in a quiet moment, each into its own section of RESULTS.md.

    bench/run [--quick] [PART…]

A part is a module with TITLE, METHOD and measure(quick) -> (rows, details). One that fails is said and does not keep the
others from being measured; the exit status is 1 then. One that cannot be measured on this machine says so and is left out. A
figure that misses its bar is a result and no failure.
"""
import argparse
import importlib
import os
import shutil
import signal
import sys
import time
import traceback

import results
from house import HUSTINGS, MEASURE, Skipped, say
from reckon import quiet

PARTS = ["ready", "delay", "joins", "processor", "forty", "memory", "audience", "storm", "slow", "whole", "killed", "tls", "hls", "cache", "whep", "floor", "rehearse", "opening", "overload", "narrow", "queue", "simulated", "millions", "records", "kills", "attacks", "kernel", "sketches", "verdicts", "lighthouse"]


# A module of that name is Python's own.
MODULES = {"queue": "waiting"}


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures what Hustings promises, on this machine.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="few samples: to try the scripts")
    given = parser.parse_args()
    unknown = [p for p in given.parts if p not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}: there are {', '.join(PARTS)}")
    for program in (HUSTINGS, MEASURE):
        if not shutil.which(program):
            parser.error(f"{program} is not there: run `make bench`, which builds it")
    # Told to stop, it takes its server and its clients along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = False
    for name in given.parts or PARTS:
        part = importlib.import_module(MODULES.get(name, name))
        load = quiet(bound=5 if given.quick else int(os.environ.get("QUIET_S", 300)))
        say(f"{name}: begins at load {load:.1f}")
        began = time.monotonic()
        try:
            rows, details = part.measure(given.quick)
        except Skipped as why:
            say(f"{name}: not measured here: {why}")
            continue
        except Exception:
            traceback.print_exc()
            failed = True
            continue
        results.write(name, part.TITLE, f"bench/run {name}", part.METHOD, rows, details, load, given.quick)
        for row in rows:
            say(f"{name}: {row.figure}: {row.measured} ({row.bar}) {'' if row.met is None else 'met' if row.met else 'NOT met'}")
        say(f"{name}: {time.monotonic() - began:.0f} s")
    sys.exit(failed)


if __name__ == "__main__":
    main()
