"""Whether a rehearsal can be believed: the knee that it predicts, and the one that is found by hand with another client.

The server's edge is held to a share of the first core by a control group, so that a knee is within reach of clients on the
second. `hustings rehearse --find-knee` steps listeners up and says where goodput ends; then `measure crowd`, which shares no code
with it, is run at one level after the other, each a crowd of its own. Absent: anything about joins by hand, and what a
simulation makes of it (`simulated.py`, `millions.py`).
"""
import json
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from house import HUSTINGS, VOICE, Server, Skipped, say
from listeners import CLIENTS, Listeners, at
from reckon import median, spread
from results import Row, table

TITLE = "A rehearsal"
HELD_PERCENT = 10
# A listener of `live.mp4` has at most a second of sound in hand right after a delivery: a longer gap is heard.
BRIDGED_MS = 1000
# For a knee that is soon reached.
KNEE_PERCENT = 5
ROUNDS = 3
# By hand everybody comes anew, and a server that is nearly full takes few more a second: it is the knee of listeners that is
# looked for, not that of joins. So most come soon, and the last of them at their leisure.
SOON, SOON_PER_SECOND, LAST_PER_SECOND = 0.8, 300, 40
WITHIN = 0.05
METHOD = f"""
Server on the first core, its one edge held to {KNEE_PERCENT} % of it by a control group; clients on the second. *Rehearsed*:
`hustings rehearse --find-knee` (99 % hear, 99 of 100 within 2 s, fewer than one second in a thousand with a glitch). *By hand*:
`measure crowd`, doubled until it is too much and then by halves of what is left, to {WITHIN * 100:.0f} % (99 % hear, 99 of 100 within 2 s, fewer
than one listener in a hundred with a gap above 1 s in the time); four of five come at {SOON_PER_SECOND} a second, the last at {LAST_PER_SECOND}. One after the
other, {ROUNDS} times, because this machine takes a third more for the same work from one minute to the next; the median counts, and
the least and the most stand beside it.
"""


@contextmanager
def held(server, percent):
    """Holds the edges of a server to so many percent of a core."""
    root = Path("/sys/fs/cgroup")
    one = root / "cpu" if (root / "cpu").is_dir() else root
    group = one / f"hustings-rehearse-{os.getpid()}"
    period = 20_000
    try:
        group.mkdir()
        if one.name == "cpu":
            (group / "cpu.cfs_period_us").write_text(str(period))
            (group / "cpu.cfs_quota_us").write_text(str(period * percent // 100))
        else:
            (group / "cpu.max").write_text(f"{period * percent // 100} {period}")
        edges = server.edges()
        for pid in edges:
            (group / "cgroup.procs").write_text(str(pid))
    except OSError as why:
        if group.is_dir():
            group.rmdir()
        raise Skipped(f"an edge cannot be held down: {why}") from why
    try:
        yield
    finally:
        for pid in edges:
            try:
                (one / "cgroup.procs").write_text(str(pid))
            except OSError:
                pass
        try:
            group.rmdir()
        except OSError:
            pass


@contextmanager
def held_talk(percent):
    """A server whose one edge is held, with a conversation in which one speaks."""
    with Server(cores="0", edges=1) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        time.sleep(2)
        with held(server, percent):
            yield server


def rehearse(server, *arguments, bound=600):
    """A rehearsal on the clients' core: its report."""
    words = ["taskset", "-c", CLIENTS, HUSTINGS, "rehearse", server.url("talk"), *map(str, arguments), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=bound, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"rehearse: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def carried(server, level, seconds):
    """One crowd of another client, in two: whether it was carried, and what it met."""
    path = "/c/talk/live.mp4?burst=1"
    soon = int(level * SOON)
    last = level - soon
    crowd = lambda count, rate, hold: Listeners(server, server.audience(), path, count, hold, rate=rate, patience=4, over=[BRIDGED_MS])
    first = crowd(soon, SOON_PER_SECOND, last / LAST_PER_SECOND + 4 + seconds)
    first.wait_steady()
    both = [crowd(last, LAST_PER_SECOND, seconds).met(), first.met()]
    gaps = sum(met["largest_gap_ms"]["over"][0] if met["largest_gap_ms"] else met["listeners"] for met in both)
    heard, late = sum(met["heard"] for met in both), max(at(met, "first_audio_ms", "p99") for met in both)
    good = heard >= 0.99 * level and late <= 2000 and gaps <= 0.01 * level
    say(f"rehearse: by hand {level}: {'carried' if good else 'too much'}, first audio p99 {late:.0f} ms, {gaps} gaps")
    server.wait_until_at_most('hustings_listeners{tier="stream"}', 0)
    time.sleep(1)
    return good, {"heard": heard, "late": late, "gap": max(at(met, "largest_gap_ms", "p99") for met in both), "limited": any(met["limited"] for met in both)}


def by_hand(server, seconds, first, most):
    """The largest level that was carried, and every step."""
    steps, good_level, bad_level, level = [], 0, None, first
    while level <= most:
        good, met = carried(server, level, seconds)
        steps.append((level, good, met))
        if good:
            good_level = level
        else:
            bad_level = level
        if bad_level is None:
            level *= 2
        elif bad_level - good_level <= WITHIN * good_level or not good_level:
            break
        else:
            level = (good_level + bad_level) // 2
    return good_level, steps


def simulate(model, listeners, per_minute, nodes, *more):
    """A simulation's figures and the seconds that it took."""
    began = time.monotonic()
    words = ["taskset", "-c", "0", HUSTINGS, "rehearse", "--simulate", listeners, "--arrivals", f"{per_minute}/min", "--nodes", nodes, "--model", model, "--json", *more]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"simulate: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout), time.monotonic() - began


def measure(quick):
    most, hold, seconds = (400, 4, 2) if quick else (16_000, 5, 5)
    rounds = []
    with held_talk(KNEE_PERCENT) as server:
        for _ in range(1 if quick else ROUNDS):
            report = rehearse(server, "--find-knee", "--listeners", most, "--ramp", "3s", "--hold", f"{hold}s", "--processes", 1)
            knee = report["knees"][0]
            say(f"rehearse: rehearsed {knee['at']}")
            server.wait_until_at_most('hustings_listeners{tier="stream"}', 0)
            rounds.append((knee, *by_hand(server, seconds, 100 if quick else 1000, most)))
            say(f"rehearse: by hand {rounds[-1][1]}")
    ratios = [knee["at"] / hand if hand else float("nan") for knee, hand, _ in rounds]
    each = ", ".join(f"{knee['at']:,} and {hand:,}" for knee, hand, _ in rounds)
    row = Row("Knee, rehearsed over the one found by hand with another client", f"{spread(ratios)}: {each}", "0.85 to 1.15", abs(median(ratios) - 1) <= 0.15)
    return [row], details(rounds)


def details(rounds):
    p99 = lambda s: f"{s['first_audio_p99_ms']:.0f}" if s["first_audio_p99_ms"] is not None else ""
    out = table(["rehearsed", "carried", "hearing", "first audio p99, ms", "glitch share", "edge, of a core", "players the limit"], [
        [f"{n}: {s['level']:,}", "yes" if s["good"] else "no", f"{s['hearing']:,}", p99(s), f"{s['glitch_share'] * 100:.2f} %", f"{s['server_cpu'] or 0:.3f}", "yes" if s["limited"] else "no"]
        for n, (knee, _, _) in enumerate(rounds, 1) for s in knee["steps"]
    ])
    return out + "\n\n" + table(["by hand", "carried", "heard", "first audio p99, ms", "largest gap p99, ms", "crowd the limit"], [
        [f"{n}: {level:,}", "yes" if good else "no", f"{met['heard']:,}", f"{met['late']:.0f}", f"{met['gap']:.0f}", "yes" if met["limited"] else "no"]
        for n, (_, _, steps) in enumerate(rounds, 1) for level, good, met in steps
    ])
