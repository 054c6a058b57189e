"""Readers who do not read: does it touch those beside them, or the server's memory?

Rounds without and with them take turns. The slow ones have come, filled what buffers hold, and come back whenever they are
closed, before those whose gaps are watched come.
"""
import os
import time

from house import VOICE, Server, descriptors, say
from listeners import Listeners, at, limits
from reckon import median, spread
from results import Row, table

TITLE = "Readers who do not read"
ROUNDS = 3
METHOD = f"""
Listeners of `live.mp4` at `opus-48` whose gaps are watched, alone and beside as many who stop reading after the first sound and
as many who read one byte a second (receive buffers of 4 kB; they come back when they are closed). Server on the first core,
`measure crowd` on the second. {ROUNDS} rounds in turn; figures are the median round with the range. Memory is anonymous resident
memory of the server's processes while everybody is there.
"""
SERVER = "0"
PATH = "/c/talk/live.mp4?rendition=opus-48&burst=1"


def watched(server, count, seconds, seed):
    """Those who read well, for a while: what they met, the server's memory beside them and its CPU."""
    crowd = Listeners(server, server.audience(), PATH, count, seconds, storm=max(1, count / 3000), seed=seed)
    crowd.wait_steady()
    cpu, began = server.cpu_seconds(), time.monotonic()
    time.sleep(max(0.5, seconds - 1))
    share = (server.cpu_seconds() - cpu) / (time.monotonic() - began)
    memory = server.anatomy()["anon_kb"]
    met = crowd.met()
    return met, memory, share


def measure(quick):
    count, slow, seconds, filling, rounds = (50, 20, 2, 2, 1) if quick else (int(os.environ.get("WELL", 2000)), 2000, 30, 15, ROUNDS)
    descriptors(count + 2 * slow + 200, "the server")
    without, beside, theirs = [], [], []
    with Server(cores=SERVER) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        stay = server.listener("talk", 3600, rendition="opus-48")
        time.sleep(2)
        # The first crowd of all pays for pages that later ones find.
        watched(server, count, 1, 0)
        for n in range(1, rounds + 1):
            say(f"slow: round {n}: without them")
            server.wait_until_at_most('hustings_listeners{tier="stream"}', 1)
            time.sleep(2)
            without.append(watched(server, count, seconds, n))
            say(f"slow: round {n}: beside them")
            hold = filling + seconds + 30
            crowds = [Listeners(server, server.audience(), PATH, slow, hold, storm=2, more=("--slow", how, "--reconnect")) for how in ("stop", "byte")]
            for crowd in crowds:
                crowd.wait_steady()
            time.sleep(filling)
            before = server.metrics()
            beside.append(watched(server, count, seconds, n))
            grown = {key: value - before.get(key, 0) for key, value in server.metrics().items()}
            theirs.append(grown)
            for crowd in crowds:
                crowd.send_away()
            # Who does not read does not see the end either: the server finds out by itself.
            server.wait_until_at_most('hustings_listeners{tier="stream"}', 1, bound=60)
        stay.stop()
    gaps = [[at(m, "largest_gap_ms", "p99") for m, _, _ in some] for some in (without, beside)]
    ratios = [b / a for a, b in zip(*gaps)]
    memory = [(b[1] - a[1]) * 1024 / (2 * slow) for a, b in zip(without, beside)]
    lost = sum(m["lost"] + m["refused"] + m["away"] for m, _, _ in without + beside)
    rows = [
        Row(f"{count:,} listeners beside {2 * slow:,} who do not read: largest gap p99 against without them", spread(ratios), "1.1", median(ratios) <= 1.1 and lost == 0),
        Row(f"{count:,} listeners beside {2 * slow:,} who do not read: largest gap, p99", f"{max(gaps[1]):.0f} ms", "750 ms", max(gaps[1]) <= 750),
        Row(f"memory for each of {2 * slow:,} who do not read", f"{spread(memory, '.0f')} bytes", "600 bytes", median(memory) <= 600),
    ]
    head = ["", "largest gap p99 in ms", "largest of all in ms", "server's memory in MB", "of a core", "lost"]
    line = lambda name, some: [name, spread([at(m, "largest_gap_ms", "p99") for m, _, _ in some], ".0f"), f"{max(at(m, 'largest_gap_ms', 'max') for m, _, _ in some):.0f}", spread([kb / 1024 for _, kb, _ in some], ".1f"), spread([share for _, _, share in some]), sum(m["lost"] for m, _, _ in some)]
    details = table(head, [line("without them", without), line("beside them", beside)])
    closed = [sum(value for key, value in grown.items() if "stalled" in key) for grown in theirs]
    skips = [sum(value for key, value in grown.items() if "skip" in key and "tick" not in key) for grown in theirs]
    details += f"\n\nIn each of those rounds the server moved slow readers forward {spread(skips, '.0f')} times and closed {spread(closed, '.0f')}. {limits([m for m, _, _ in without + beside])}"
    return rows, details
