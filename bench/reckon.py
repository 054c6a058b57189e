"""From samples to figures: percentiles, histograms of Prometheus, clicks in recordings, and whether the machine is quiet.

Pure arithmetic but for `clicks`, which asks the `measure` program, and `quiet`, which waits. Absent: averages where a tail
matters.
"""
import json
import os
import re
import subprocess
import time
from collections import Counter

from house import MEASURE, say

# As in proof/measure: the number of a second is told modulo this.
CODES = 16


def percentile(values, percent):
    """The smallest value that so many percent of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else float("nan")


def median(values):
    """The middle of some rounds, or between the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2 if ordered else float("nan")


def spread(values, form=".2f"):
    """`1.21 (1.18 to 1.25)`: the median of some rounds and their range."""
    if len(values) < 2:
        return format(median(values), form)
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def tail(values):
    """p50, p95, p99 and the largest."""
    return [percentile(values, 50), percentile(values, 95), percentile(values, 99), max(values, default=float("nan"))]


def bounds(before, after, name):
    """A histogram's growth between two looks: [(upper bound in seconds, how many did not exceed it)]."""
    pattern = re.compile(re.escape(name) + r'_bucket\{le="([^"]+)"\}')
    found = ((pattern.fullmatch(key), value - before.get(key, 0)) for key, value in after.items())
    return sorted((float(m[1].replace("+Inf", "inf")), n) for m, n in found if m)


def within(histogram, percent):
    """The upper bound under which so many percent lie."""
    total = histogram[-1][1]
    return next((bound for bound, n in histogram if n >= total * percent / 100), float("inf"))


def clicks(recording):
    """Coded clicks in a WAV file: [(seconds from its beginning, code)]."""
    done = subprocess.run([MEASURE, "clicks", "find", str(recording)], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.strip())
    return [(c["at"], c["code"]) for c in json.loads(done.stdout)["clicks"]]


def delays_ms(heard, spoke_at_ms, moment_of):
    """Delays of clicks: `moment_of(seconds)` is when that place of the recording was heard, in ms since 1970."""
    return unwrapped([moment_of(at) - spoke_at_ms - 1000 * code for at, code in heard])


def unwrapped(coded):
    """Delays of one recording, where some codes may be misread.

    A player that catches up, or a jitter buffer that stretches, changes the distance in which the second's number is coded,
    and with it whole seconds of the delay, but not its fraction. Fractions follow each other within half a second; the
    whole seconds are those that most codes agree on.
    """
    out = []
    for delay in coded:
        near = out[-1] if out else delay
        out.append(near + (delay - near + 500) % 1000 - 500)
    votes = Counter(round((c - d) / 1000) % CODES for c, d in zip(coded, out))
    shift = votes.most_common(1)[0][0] if votes else 0
    whole = min(out, default=0) + 1000 * shift
    shift -= CODES * int(whole // (1000 * CODES))
    return [d + 1000 * shift for d in out]


def clock_of(said):
    """When a place of a browser's recording was heard: by the moments at which each second of it was rendered."""
    clock, began = said["clock_ms"], said["recorded_at_ms"]
    return lambda at: (clock[min(int(at), len(clock) - 1)] if clock else began) + 1000 * at


def quiet(limit=1.5, bound=300):
    """Waits until the load of the last minute is below `limit`, `bound` seconds at most; gives the load."""
    end = time.monotonic() + bound
    told = False
    while (load := os.getloadavg()[0]) >= limit and time.monotonic() < end:
        if not told:
            say(f"waiting for a quiet moment: load {load:.1f}")
            told = True
        time.sleep(5)
    return load
