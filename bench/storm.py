"""A join storm: everybody comes within three seconds, while others are listening already. Icecast beside it.

Ours and Icecast take turns, several times, each with other moments of arrival (the seed). The kernel's count of connections
that were dropped from a full queue is read around each storm.
"""
import os
import time

from house import ROOT, VOICE, Server, descriptors, overflows, say
from icecast import Icecast, is_there
from listeners import Listeners, at, limits
from plot import distributions
from reckon import median, spread
from results import Row, table

TITLE = "A join storm"
ROUNDS = 3
METHOD = f"""
Listeners of `live.mp4` at `opus-48` call within three seconds, each at any moment alike, by `measure crowd` on the second core
with the server on the first; of Icecast a fifth as many. *First audio* goes from the call of `connect` until the first sound has
come. A *slow connect* took over 0.9 s: its first packet was dropped and sent again. Those who *listen already* came before
and are watched for gaps until the storm has passed. {ROUNDS} rounds in turn, each with other moments of arrival; percentiles
are the median round with the range, *last* and gaps the worst round.
"""
SERVER = "0"
STORM_S = 3
BOUNDS = (100, 500, 1500)


def storm(server, addr, path, inside, listeners, patience, seed, rest):
    """One storm: what those met who came, and those who were there."""
    there = Listeners(server, addr, path, inside, STORM_S + rest, rate=1000, patience=patience)
    there.wait_steady()
    dropped = overflows()
    met = Listeners(server, addr, path, listeners, 2, storm=STORM_S, patience=patience, over=BOUNDS, seed=seed).met()
    met["overflows"] = overflows() - dropped
    return met, there.met()


def measure(quick):
    inside, listeners, fewer, rounds, rest = (50, 200, 40, 1, 2) if quick else (2000, int(os.environ.get("STORM", 15_000)), 3000, ROUNDS, 8)
    descriptors(inside + listeners + 200, "the server")
    ours, theirs = [], []
    with Server(cores=SERVER) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        stay = server.listener("talk", 3600, rendition="opus-48")
        time.sleep(2 if quick else 8)
        peer = Icecast(server, "talk", SERVER) if is_there() else None
        for n in range(1, rounds + 1):
            say(f"storm: round {n}")
            ours.append(storm(server, server.audience(), "/c/talk/live.mp4?rendition=opus-48&burst=1", inside, listeners, 10, n, rest))
            server.wait_until_at_most('hustings_listeners{tier="stream"}', 2)
            if peer:
                say(f"storm: round {n}: Icecast")
                theirs.append(storm(server, peer.addr, peer.path, inside, fewer, 2 if quick else 40, n, rest))
                time.sleep(1)
        stay.stop()
    if not quick:
        draw(ours, theirs, listeners, fewer)
    return rows(ours, listeners, inside), details(ours, theirs, listeners, fewer)


def rows(ours, listeners, inside):
    came, there = [m for m, _ in ours], [m for _, m in ours]
    first = lambda part: [at(m, "first_audio_ms", part) for m in came]
    silent = sum(m["listeners"] - m["heard"] + m["refused"] for m in came)
    gap = max(at(m, "largest_gap_ms", "max") for m in there)
    lost = sum(m["lost"] for m in came + there)
    who = f"storm of {listeners:,} in {STORM_S} s"
    return [
        Row(f"{who}: first audio, p50", f"{spread(first('p50'), '.0f')} ms", "100 ms", median(first("p50")) <= 100),
        Row(f"{who}: first audio, p99", f"{spread(first('p99'), '.0f')} ms", "500 ms", median(first("p99")) <= 500),
        Row(f"{who}: first audio, last of all rounds", f"{max(first('max')):.0f} ms", "1,500 ms", max(first("max")) <= 1500),
        Row(f"{who}: not let in, or without sound", f"{silent}", "0", silent == 0),
        Row(f"{who}: largest gap of {inside:,} who listen already", f"{gap:.0f} ms", "1,000 ms", gap <= 1000 and lost == 0),
    ]


def details(ours, theirs, listeners, fewer):
    head = ["first audio in ms", "p50", "p90", "p99", "p99.9", "last", *(f"over {b:,} ms" for b in BOUNDS), "slow connects", "dropped from a full queue", "without sound", "gap of those inside: p99, largest"]
    lines = []
    for name, rounds in ((f"ours, {listeners:,}", ours), (f"Icecast, {fewer:,}", theirs)):
        if not rounds:
            continue
        came, there = [m for m, _ in rounds], [m for _, m in rounds]
        percentiles = [spread([at(m, "first_audio_ms", p) for m in came], ".0f") for p in ("p50", "p90", "p99", "p999")]
        over = [sum(m["first_audio_ms"]["over"][i] for m in came if m["first_audio_ms"]) for i in range(len(BOUNDS))]
        gaps = f"{max(at(m, 'largest_gap_ms', 'p99') for m in there):.0f}, {max(at(m, 'largest_gap_ms', 'max') for m in there):.0f}"
        lines.append([
            name, *percentiles, f"{max(at(m, 'first_audio_ms', 'max') for m in came):.0f}", *over, sum(m["slow_connects"] for m in came),
            sum(m["overflows"] for m in came), sum(m["listeners"] - m["heard"] for m in came), gaps,
        ])
    words = table(head, lines)
    words += f"\n\nCounts are of all rounds. {limits([m for pair in ours for m in pair])}"
    if theirs:
        words += f" Before Icecast: {limits([m for pair in theirs for m in pair])}"
    else:
        words += " Icecast is not installed here (`make setup` does)."
    return words + "\n\n![First audio and gaps](storm.svg)"


def draw(ours, theirs, listeners, fewer):
    pairs = {f"ours, {listeners:,}": ours[-1]} | ({f"Icecast, {fewer:,}": theirs[-1]} if theirs else {})
    of = lambda which, what: {name: pair[which][what]["curve"] for name, pair in pairs.items() if pair[which][what]}
    drawn = [("first audio in ms", of(0, "first_audio_ms")), ("largest gap in ms of those who listen already", of(1, "largest_gap_ms"))]
    (ROOT / "bench/storm.svg").write_text(distributions(f"A storm of {STORM_S} s", drawn))
