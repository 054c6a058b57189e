"""SIGKILL of one process of the audience: when do its listeners hear again, and does anybody else notice?"""
import os
import signal
import time

from house import VOICE, Server, Skipped, own_anatomy, descriptors, say
from listeners import Listeners, at, limits
from reckon import bounds, within
from results import Row, table

TITLE = "An edge process is killed"
EDGES = 2
METHOD = f"""
{EDGES} processes for the audience share the listeners of `live.mp4` at `opus-48`, on all cores with the crowd. The one with most
connections is sent SIGKILL. Its listeners connect again, each at any moment within a second after it lost the line, and again
if they are not let in. *Sound again* goes from the loss to the first sound. Gaps are of those who lost nothing. Ticks are the stage's
histogram in `/metrics`, so percentiles are upper bounds of buckets.
"""
JITTER_S = 1
BOUND_MS = 3000


def edges_of(server):
    """{pid: descriptors} of the processes of the audience."""
    return {pid: own_anatomy(pid)["fds"] for pid in server.edges()}


def ticks(before, after):
    """How late ticks were between two looks, p99.9 in ms, and how many were left out."""
    skipped = "hustings_ticks_skipped_total"
    late = within(bounds(before, after, "hustings_tick_lateness_seconds"), 99.9) * 1000
    return late, after.get(skipped, 0) - before.get(skipped, 0)


def measure(quick):
    listeners, watch = (100, 3) if quick else (int(os.environ.get("KILLED", 20_000)), 12)
    descriptors(listeners // EDGES + 1000, "each process of the server")
    with Server(edges=EDGES) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        time.sleep(2)
        empty = edges_of(server)
        seconds = 2 * watch + 8
        crowd = Listeners(server, server.audience(), "/c/talk/live.mp4?rendition=opus-48&burst=1", listeners, seconds, storm=max(1, listeners / 2500), cores=None, tables=EDGES, over=(BOUND_MS,), more=("--reconnect", "--jitter", JITTER_S))
        crowd.wait_steady()
        first = server.metrics()
        time.sleep(watch)
        connections = {pid: fds - empty.get(pid, 0) for pid, fds in edges_of(server).items()}
        if not connections:
            raise Skipped("this build has no processes for the audience alone")
        victim = max(connections, key=connections.get)
        before = server.metrics()
        say(f"killed: the edge with {connections[victim]:,} of {sum(connections.values()):,} connections")
        os.kill(victim, signal.SIGKILL)
        time.sleep(watch)
        after = server.metrics()
        again = edges_of(server)
        met = crowd.met()
    calm, stormy = ticks(first, before), ticks(before, after)
    gap = at(met, "largest_gap_ms", "p99")
    rows = [
        Row(f"an edge with {met['lost']:,} listeners is killed: sound again, p99", f"{at(met, 'sound_again_ms', 'p99'):.0f} ms", "3,000 ms", at(met, "sound_again_ms", "p99") <= BOUND_MS),
        Row(f"an edge with {met['lost']:,} listeners is killed: sound again, last", f"{at(met, 'sound_again_ms', 'max'):.0f} ms", "3,000 ms", at(met, "sound_again_ms", "max") <= BOUND_MS and met["away"] == 0),
        Row("an edge is killed: largest gap of the others, p99", f"{gap:.0f} ms", "750 ms", gap <= 750),
        Row("an edge is killed: tick lateness p99.9", f"≤ {stormy[0]:g} ms (before: ≤ {calm[0]:g} ms)", "5 ms", stormy[0] <= max(5, calm[0])),
        Row("an edge is killed: ticks left out", f"{stormy[1]:.0f}", "0", stormy[1] == 0),
        Row("an edge is killed: edges afterwards", f"{len(again)}", f"{EDGES}", len(again) == EDGES),
    ]
    again_ms = met["sound_again_ms"] or {}
    head = ["", "p50", "p90", "p99", "p99.9", "largest"]
    line = lambda name, what: [name, *(f"{at(met, what, p):.0f}" for p in ("p50", "p90", "p99", "p999", "max"))]
    details = table(head, [line("sound again in ms", "sound_again_ms"), line("largest gap of the others in ms", "largest_gap_ms")])
    details += f"\n\nOf {met['listeners']:,} listeners {met['lost']:,} lost the line; {sum(again_ms.get('over', []))} heard nothing for more than {BOUND_MS / 1000:g} s; {met['refused']:,} calls were not let in at first; {met['away']} are away at the end. {limits([met])}"
    return rows, details
