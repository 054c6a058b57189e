"""Whether a rehearsal can be believed: the knee that it predicts, and the one that is found by hand with another client.

The server's edge is held to a share of the first core by a control group, so that a knee is within reach of clients on the
second. `hustings rehearse --find-knee` steps listeners up and says where goodput ends; then `measure crowd`, which shares no code
with it, is run at one level after the other, each a crowd of its own. Beside it: what the simulation of the same machine, by
the model that a rehearsal has written, says of three sizes, and how long eight million take. Absent: anything about joins by
hand.
"""
import json
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from house import HUSTINGS, VOICE, Server, Skipped, say, tree
from listeners import CLIENTS, Listeners, at
from results import Row, table

TITLE = "A rehearsal"
HELD_PERCENT = 10
# A listener of `live.mp4` has at most a second of sound in hand right after a delivery: a longer gap is heard.
BRIDGED_MS = 1000
METHOD = f"""
Server on the first core, its one edge held to {HELD_PERCENT} % of it by a control group; clients on the second. *Rehearsed*:
`hustings rehearse --find-knee` (99 % hear, 99 of 100 within 2 s, fewer than one second in a thousand with a glitch). *By hand*:
`measure crowd` doubled until it is too much and then raised by 8 % from the last level that was carried (99 % hear, 99 of 100
within 2 s, fewer than one listener in a hundred with a gap above 1 s in the time). The simulation is of the model that
`--write-model` wrote on this machine.
"""
MILLIONS = 8_000_000


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
        edges = [pid for pid, role in tree(server.pid).items() if role.startswith("edge")]
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


def rehearse(server, *arguments, bound=600):
    """A rehearsal on the clients' core: its report."""
    words = ["taskset", "-c", CLIENTS, HUSTINGS, "rehearse", server.url("talk"), *map(str, arguments), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=bound, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"rehearse: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def carried(server, level, seconds):
    """One crowd of another client: whether it was carried, and what it met."""
    path = "/c/talk/live.mp4?burst=1"
    met = Listeners(server, server.audience(), path, level, seconds, rate=max(50, level / 3), patience=4, over=[BRIDGED_MS]).met()
    gaps = met["largest_gap_ms"]["over"][0] if met["largest_gap_ms"] else level
    good = met["heard"] >= 0.99 * level and at(met, "first_audio_ms", "p99") <= 2000 and gaps <= 0.01 * level
    say(f"rehearse: by hand {level}: {'carried' if good else 'too much'}, first audio p99 {at(met, 'first_audio_ms', 'p99'):.0f} ms, {gaps} gaps")
    server.wait_until_at_most('hustings_listeners{tier="stream"}', 0)
    time.sleep(1)
    return good, met


def by_hand(server, seconds, first, most):
    """The largest level that was carried, and every step."""
    steps, level, good_level = [], first, 0
    while level <= most:
        good, met = carried(server, level, seconds)
        steps.append((level, good, met))
        if not good:
            break
        good_level, level = level, level * 2
    level = int(good_level * 1.08)
    # Twelve steps of 8 % are more than a doubling is.
    for _ in range(12):
        if not good_level or level >= steps[-1][0] and not steps[-1][1]:
            break
        good, met = carried(server, level, seconds)
        steps.append((level, good, met))
        if not good:
            break
        good_level, level = level, int(level * 1.08)
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
    with Server(cores="0", edges=1) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        time.sleep(2)
        with held(server, HELD_PERCENT):
            report = rehearse(server, "--find-knee", "--listeners", most, "--ramp", "3s", "--hold", f"{hold}s", "--processes", 1)
            knee = report["knees"][0]
            for step in knee["steps"]:
                say(f"rehearse: rehearsed {step['level']}: {'carried' if step['good'] else 'too much'}")
            server.wait_until_at_most('hustings_listeners{tier="stream"}', 0)
            hand, steps = by_hand(server, seconds, 100 if quick else 500, most)
            written = rehearse(server, "--write-model", server.data, "--listeners", most, "--ramp", "3s", "--hold", f"{hold}s", "--processes", 1)
        model = server.data / "capacity.json"
        capacity = json.loads(model.read_text())["tiers"]["stream"]
        simulated, took = simulate(model, 80_000 if quick else MILLIONS, 10_000 if quick else 1_000_000, 60)
        failed, _ = simulate(model, 8_000 if quick else 80_000, 100_000, 40, "--fail-node", 0.5)
    off = abs(knee["at"] - hand) / hand if hand else float("nan")
    rows = [
        Row("Knee, rehearsed against by hand with another client", f"{knee['at']:,} and {hand:,}: {off * 100:.0f} % apart", "15 %", off <= 0.15),
        Row(f"Simulation of {simulated['listeners']:,} listeners on one core", f"{took:.0f} s", "600 s", took < 600),
    ]
    return rows, details(knee, steps, written, capacity, simulated, failed)


def details(knee, steps, written, capacity, simulated, failed):
    p99 = lambda s: f"{s['first_audio_p99_ms']:.0f}" if s["first_audio_p99_ms"] is not None else ""
    out = table(["rehearsed", "carried", "hearing", "first audio p99, ms", "glitch share", "edge, of a core", "players the limit"], [
        [f"{s['level']:,}", "yes" if s["good"] else "no", f"{s['hearing']:,}", p99(s), f"{s['glitch_share'] * 100:.2f} %", f"{s['server_cpu'] or 0:.3f}", "yes" if s["limited"] else "no"]
        for s in knee["steps"]
    ])
    out += "\n\n" + table(["by hand", "carried", "heard", "first audio p99, ms", "largest gap p99, ms", "crowd the limit"], [
        [f"{level:,}", "yes" if good else "no", f"{met['heard']:,}", f"{at(met, 'first_audio_ms', 'p99'):.0f}", f"{at(met, 'largest_gap_ms', 'p99'):.0f}", "yes" if met["limited"] else "no"]
        for level, good, met in steps
    ])
    knees = ", ".join(f"{k['at']:,} {'listeners' if k['of'] == 'listeners' else 'joins a second'}" for k in written["knees"])
    out += f"\n\nThe model of this held edge: {capacity['cpu_us_per_listener_second']:.1f} µs a listener-second, {capacity['cpu_us_per_join']:.0f} µs a join; knees {knees}."
    waited = simulated["queue_ms"]
    out += f"\n\nSimulated, never tested: {simulated['listeners']:,} on {simulated['nodes']} such nodes: {simulated['hearing_max']:,} hear at the same time, {simulated['still_waiting']:,} wait at the end"
    out += f", those who waited and came in {waited['p50'] / 1000:.0f} s (p50) and {waited['p95'] / 1000:.0f} s (p95)" if waited else ""
    out += f"; {simulated['needs']['nodes']:,} such nodes would be needed, and {simulated['needs']['line_bits'] / 1e9:.0f} Gbit/s."
    lost = failed["failure"]
    again = lost["again_ms"]
    out += f" Of {failed['listeners']:,} on {failed['nodes']} nodes one node died after 30 s: {lost['cut_off']:,} were cut off"
    out += f", and heard again after {again['p50'] / 1000:.1f} s (p50), {again['p95'] / 1000:.1f} s (p95)." if again else "."
    return out
