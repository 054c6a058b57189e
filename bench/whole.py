"""The whole machine: 60,000 listeners of processes for the audience with descriptor tables of their own, and events readers.

Server, stage and crowd share all cores here. Memory is what the processes for the audience hold more than before.
"""
import os
import time
from contextlib import contextmanager

from house import VOICE, Server, descriptors, say
from listeners import Listeners, at, limits
from results import Row, table

TITLE = "The whole machine"
EDGES = 4
METHOD = f"""
`live.mp4` at `opus-48` without TLS on all cores, from {EDGES} processes for the audience (`[audience] edges = {EDGES}`), to one `measure
crowd` with as many descriptor tables. Everybody comes within half a minute and stays. Then, at a server of their own, readers of
`/c/SLUG/events`, which every page opens beside its stream. Memory is the growth of anonymous resident memory, summed over
the processes for the audience, for each connection; CPU is user and system time of all of the server's without what it was
before anybody came.
"""


def hold(server, path, count, seconds, storm, alone, edges, over=(), more=()):
    """A crowd that stays: what it met, what each of it costs in µs a second and in bytes, and who spent it."""
    before = server.audience_kb()
    crowd = Listeners(server, server.audience(), path, count, seconds, storm=storm, cores=None, tables=edges, patience=20, over=over, more=more)
    crowd.wait_steady()
    spent, began = server.cpu_by_role(), time.monotonic()
    time.sleep(max(1, seconds - 2))
    after, took = server.cpu_by_role(), time.monotonic() - began
    grown = (server.audience_kb() - before) * 1024 / count
    met = crowd.met()
    roles = {name: (after[name] - spent.get(name, 0)) / took for name in after}
    return met, (sum(roles.values()) - alone) / count * 1e6, grown, roles


@contextmanager
def conversation(edges, quick):
    """A server with one who speaks and one who listens, and what of the processors it takes."""
    with Server(edges=edges) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        stay = server.listener("talk", 3600, rendition="opus-48")
        time.sleep(2 if quick else 10)
        spent, began = server.cpu_seconds(), time.monotonic()
        time.sleep(2 if quick else 10)
        yield server, (server.cpu_seconds() - spent) / (time.monotonic() - began)
        stay.stop()


def measure(quick):
    listeners, readers, seconds, storm, edges = (400, 100, 2, 1, 2) if quick else (int(os.environ.get("WHOLE", 60_000)), 20_000, 120, 30, EDGES)
    descriptors(listeners // edges + 1000, "each process of the server")
    with conversation(edges, quick) as (server, alone):
        say(f"whole: {listeners:,} listeners")
        met, cost, grown, roles = hold(server, "/c/talk/live.mp4?rendition=opus-48&burst=1", listeners, seconds, storm, alone, edges, over=(1500,))
    # A process that has had many keeps their room for the next.
    with conversation(edges, quick) as (server, alone):
        say(f"whole: {readers:,} readers of events")
        events, events_cost, events_grown, _ = hold(server, "/c/talk/events", readers, min(seconds, 30), storm / 2, alone, edges, more=("--sound-bytes", 1))
    deaf = met["listeners"] - met["heard"] + met["lost"] + met["refused"] + met["away"]
    gap = at(met, "largest_gap_ms", "p99")
    unread = events["listeners"] - events["heard"] + events["lost"] + events["refused"]
    rows = [
        Row(f"{listeners:,} listeners for {met['seconds']:.0f} s on the whole machine: lost, refused or deaf", f"{deaf}", "0", deaf == 0),
        Row(f"{listeners:,} listeners on the whole machine: largest gap, p99", f"{gap:.0f} ms", "1,500 ms", gap <= 1500),
        Row(f"{listeners:,} listeners on the whole machine: memory each", f"{grown:.0f} bytes", "600 bytes", grown <= 600),
        Row(f"{readers:,} readers of events: memory each", f"{events_grown:.0f} bytes", "600 bytes", events_grown <= 600 and unread == 0),
    ]
    head = ["", "heard", "first audio p99 in ms", "largest gap p50, p99, largest in ms", "µs of CPU each a second", "deliveries a second", "bytes each"]
    line = lambda name, m, c, g: [name, f"{m['heard']:,} of {m['listeners']:,}", f"{at(m, 'first_audio_ms', 'p99'):.0f}", ", ".join(f"{at(m, 'largest_gap_ms', p):.0f}" for p in ("p50", "p99", "max")), f"{c:.1f}", f"{m['deliveries_per_second']:.1f}", f"{g:.0f}"]
    details = table(head, [line("`live.mp4`", met, cost, grown), line("events", events, events_cost, events_grown)])
    details += "\n\nOf a core while they listened: " + ", ".join(f"{name} {share:.2f}" for name, share in sorted(roles.items())) + f"; the crowd {met['own_cpu']:.2f}."
    return rows, details + f" {limits([met, events])}"
