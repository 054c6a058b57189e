"""What a stream listener costs: ours on both cadences, the bare loops at the same, Icecast with the same bytes, in one run.

The server runs on the first core and the crowd on the second. Every contender has the same crowd after the one before has
gone, in turn and several times, so that a ratio is of neighbours and has a spread. CPU is user and system time of the
server's processes, ours without what they take for the same conversation with one listener. A crowd that was the limit
itself is said.
"""
import os
import time

from house import MEASURE, ROOT, VOICE, Server, anatomy, cpu_seconds, descriptors, row_of_ports, say
from icecast import Icecast, is_there
from listeners import Listeners, at, limits
from plot import distributions
from reckon import median, spread
from results import Row, table

TITLE = "What a stream listener costs"
METHOD = """
Listeners of `opus-48` without TLS, in `measure crowd` on the second core; the server on the first. *Bare* is a loop that sends
as many bytes at the same cadence to as many connections and does nothing else (`measure bare`), in batches through io_uring or
by plain `write`. Icecast is fed with our own Ogg. Contenders take turns; each figure is the median of {rounds} rounds with its
range, each ratio that of one round's neighbours. *Largest gap* is each listener's largest time without a byte, of the worst
round. Ours is without what the same conversation takes with one listener; *in all* is with it.
"""
ROUNDS = 3
METHOD = METHOD.format(rounds=ROUNDS)
SERVER = "0"
MP4, OGG, ICECAST = "ours, `live.mp4`, 500 ms", "ours, `live.ogg`, 1 s", "Icecast 2.4"
# The loop that is each one's floor, and the bars against it and against Icecast.
BARS = {MP4: ("bare io_uring, 500 ms", 1.3, 0.4, 500), OGG: ("bare io_uring, 1 s", 1.3, 0.2, 1000)}


class Costs:
    """What the rounds found of one contender."""

    def __init__(self):
        self.net, self.gross, self.grown, self.met, self.short = [], [], [], [], 0


def watch(listeners, spent, anon, alone, costs, seconds):
    """One round of a server: its processor time while everybody listens, and its memory."""
    before = anon()
    crowd = listeners(seconds + 2)
    crowd.wait_steady()
    cpu, began = spent(), time.monotonic()
    time.sleep(seconds)
    used, took = spent() - cpu, time.monotonic() - began
    costs.grown.append((anon() - before) * 1024 / crowd.count)
    met = crowd.met()
    costs.gross.append(used / took / crowd.count * 1e6)
    costs.net.append((used / took - alone) / crowd.count * 1e6)
    costs.met.append(met)
    return met


def bare(server, way, cadence_ms, bytes_, listeners, costs, seconds):
    """One round of a bare loop."""
    addr = f"127.0.0.1:{row_of_ports()}"
    loop = server.program("bare", "taskset", "-c", SERVER, MEASURE, "bare", addr, "--listeners", listeners, "--cadence-ms", cadence_ms, "--bytes", bytes_, "--seconds", seconds + 60, "--way", way)
    time.sleep(0.5)
    crowd = Listeners(server, addr, "/", listeners, seconds + 2, storm=max(1, listeners / 4000))
    loop.wait(seconds + 120)
    costs.met.append(crowd.met())
    said = loop.report()
    costs.net.append(said["us_per_listener_second"])
    costs.short += said["short"]


def idle(server, seconds):
    cpu, began = server.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    return (server.cpu_seconds() - cpu) / (time.monotonic() - began)


def gone(server):
    """Waits until the crowd has left, all but the one who stays and who feeds Icecast."""
    server.wait_until_at_most('hustings_listeners{tier="stream"}', 2)
    time.sleep(0.5)


def one_round(server, peer, found, listeners, seconds, n):
    ours = lambda path, hold: Listeners(server, server.audience(), f"/c/talk/{path}?rendition=opus-48&burst=1", listeners, hold, storm=max(1, listeners / 4000), seed=n)
    alone = idle(server, min(8, 2 * seconds))
    for name, path, cadence in ((MP4, "live.mp4", 500), (OGG, "live.ogg", 1000)):
        say(f"audience: round {n}: {name}")
        met = watch(lambda hold: ours(path, hold), server.cpu_seconds, server.audience_kb, alone, found.setdefault(name, Costs()), seconds)
        gone(server)
        bytes_ = max(100, round(met["bytes_per_second"] * cadence / 1000))
        ways = ("ring", "write") if n == 1 else ("ring",)
        for way in ways:
            floor = f"bare {'io_uring' if way == 'ring' else 'write'}, {'1 s' if cadence == 1000 else '500 ms'}"
            say(f"audience: round {n}: {floor}")
            bare(server, way, cadence, bytes_, listeners, found.setdefault(floor, Costs()), seconds)
    if peer:
        say(f"audience: round {n}: Icecast")
        # A faster crowd it would not let in: its queue of connections is short.
        theirs = lambda hold: Listeners(server, peer.addr, peer.path, listeners, hold, rate=1000, patience=40, seed=n)
        watch(theirs, lambda: cpu_seconds(peer.pid), lambda: anatomy(peer.pid)["anon_kb"], 0.0, found.setdefault(ICECAST, Costs()), seconds)
        time.sleep(2)


def dropped(server, listeners, seconds):
    """Everybody for two minutes."""
    say(f"audience: {listeners:,} for {seconds:.0f} s")
    met = Listeners(server, server.audience(), "/c/talk/live.mp4?rendition=opus-48&burst=1", listeners, seconds, storm=max(1, listeners / 4000)).met()
    gone(server)
    return met


def measure(quick):
    listeners, seconds, rounds, hold = (200, 1.5, 1, 2) if quick else (int(os.environ.get("AUDIENCE", 15_000)), float(os.environ.get("AUDIENCE_S", 12)), ROUNDS, 120)
    descriptors(listeners + 200, "the server")
    found = {}
    with Server(cores=SERVER) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        stay = server.listener("talk", 3600, rendition="opus-48")
        time.sleep(2 if quick else 8)
        peer = Icecast(server, "talk", SERVER) if is_there() else None
        for n in range(1, rounds + 1):
            one_round(server, peer, found, listeners, seconds, n)
        held = dropped(server, listeners, hold)
        stay.stop()
    if not quick:
        draw(found, listeners)
    return rows(found, listeners, held), details(found, listeners, held, peer)


def rows(found, listeners, held):
    out = []
    for ours, (floor, bar, peer, cadence) in BARS.items():
        ratios = [a / b for a, b in zip(found[ours].net, found[floor].net)]
        out.append(Row(f"{listeners:,} listeners, {ours}: CPU against the bare io_uring loop", spread(ratios), f"{bar}", median(ratios) <= bar))
        if ICECAST in found:
            ratios = [a / b for a, b in zip(found[ours].net, found[ICECAST].net)]
            out.append(Row(f"{listeners:,} listeners, {ours}: CPU against Icecast", spread(ratios), f"{peer}", median(ratios) <= peer))
        gap = max(at(m, "largest_gap_ms", "p99") for m in found[ours].met)
        out.append(Row(f"{listeners:,} listeners, {ours}: largest gap, p99", f"{gap:.0f} ms", f"{1.5 * cadence:.0f} ms", gap <= 1.5 * cadence))
    lost = held["lost"] + held["refused"] + held["away"]
    out.append(Row(f"{listeners:,} listeners for {held['seconds']:.0f} s: dropped or not let in", f"{lost}", "0", lost == 0))
    grown = max(max(found[name].grown) for name in BARS)
    out.append(Row(f"{listeners:,} listeners: resident memory each", f"{grown:.0f} bytes", "600 bytes", grown <= 600))
    return out


def details(found, listeners, held, peer):
    head = [f"{listeners:,} listeners", "µs of CPU per listener-second", "in all", "bytes each", "largest gap p99 in ms", "first audio p99 in ms", "deliveries a second", "lost or refused", "crowd was the limit"]
    lines = []
    for name, costs in found.items():
        worst = lambda what: max(at(m, what, "p99") for m in costs.met)
        lines.append([
            name, spread(costs.net, ".1f"), spread(costs.gross, ".1f") if costs.gross else "", f"{max(costs.grown):.0f}" if costs.grown else "",
            f"{worst('largest_gap_ms'):.0f}", f"{worst('first_audio_ms'):.0f}", f"{median([m['deliveries_per_second'] for m in costs.met]):.1f}",
            sum(m["lost"] + m["refused"] for m in costs.met), "yes" if any(m["limited"] for m in costs.met) else "no",
        ])
    words = table(head, lines)
    short = sum(costs.short for costs in found.values())
    words += f"\n\nOf the bare loops' sends {short} were not taken whole. {limits([m for costs in found.values() for m in costs.met] + [held])}"
    words += f" In the {held['seconds']:.0f} s: largest gap p99 {at(held, 'largest_gap_ms', 'p99'):.0f} ms, of all {at(held, 'largest_gap_ms', 'max'):.0f} ms."
    words += "" if peer else "\n\nIcecast is not installed here (`make setup` does)."
    return words + "\n\n![Largest gaps](audience.svg)"


def draw(found, listeners):
    """The last round's gaps, ours beside Icecast's and the floor's."""
    shown = (MP4, OGG, ICECAST, "bare io_uring, 500 ms")
    gaps = {name.replace("`", ""): found[name].met[-1]["largest_gap_ms"]["curve"] for name in shown if name in found and found[name].met[-1]["largest_gap_ms"]}
    picture = distributions(f"{listeners:,} listeners: each one's largest time without a byte", [("largest gap in ms", gaps)])
    (ROOT / "bench/audience.svg").write_text(picture)
