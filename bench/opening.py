"""The opening: a full house, twenty times too many at the door, and the host presses start.

The audience's one process is held to a tenth of a core, so that clients on the other core can offer twenty times what it admits.
What it carries is measured first (`hustings rehearse --find-knee`), a second server is told so in `[gate]`, and its house is
filled. Then the crowd comes; in its midst the host starts. Absent: newcomers who are let in meanwhile, for there is no room
(`overload.py` has them).
"""
import json
import os
import subprocess
import threading
import time

from attacks import press
from delay import CAPTURE_MS, silence
from house import HUSTINGS, MEASURE, ROOT, Server, own_anatomy, say, tree
from listeners import CLIENTS
from plot import panels
from reckon import bounds, clicks, delays_ms, percentile, within
from rehearse import HELD_PERCENT, held, rehearse
from results import Row, table

TITLE = "An opening on time"
OVERLOAD = 20
# Joins a second that the gate is told of: even a tenth of a core takes a thousand, and twenty times that is more than clients on
# one core can be.
ADMITS = int(os.environ.get("OPENING_ADMITS", 120))
# What the gate uses of a measured knee (`HEADROOM` in core/gate).
HEADROOM = 0.92
# Of all processes of the server: at the pages' listener at most as many connections as there are descriptors, 20,000, of 35 kB each,
# and 100 MB for everything else.
MEMORY_MB_MAX = 800
BEHIND_MS = {"stream": 2000, "whep": 2000, "hls": 6000}
METHOD = f"""
The server on the first core, its one edge held to {HELD_PERCENT} % of it by a control group; every client on the second. The knee of
listeners is found on the same machine first; the gate is given {HEADROOM:.0%} of it (`gate.listeners`), and {ADMITS} joins a second
(`gate.joins_per_second`), fewer than this edge takes, so that {OVERLOAD} times as many can be offered from one core. The house is filled in the lobby, by listeners of pages (`live.mp4`), WebRTC and LL-HLS with tickets of
the gate; then, for 20 s, {OVERLOAD} times as many a second ask for tickets as it admits, each over a new connection, and poll for
their turn as pages do. After 10 s of that the host presses start.
*First speech* is read twice. By everybody inside: how far behind the mixer they hear, once a second each, in the seconds
around the start: what is said at the start is heard so much later. By listeners who decode (`hustings listen`): the first coded click after the start, from the moment it is
said until it is heard. *Stage* is a click on its way from one speaker to another, on the wire.
"""


def knee(server, quick):
    """How many listeners the held edge carries."""
    most = 400 if quick else 8000
    report = rehearse(server, "--find-knee", "listeners", "--listeners", most, "--ramp", "3s", "--hold", "4s", "--processes", 1)
    say(f"opening: knee of listeners: {report['knees'][0]['at']}")
    return report["knees"][0]


def of_gate(listeners):
    """How a server is told."""
    return {"HUSTINGS_GATE_LISTENERS": str(listeners), "HUSTINGS_GATE_JOINS_PER_SECOND": str(ADMITS)}


def crowd(server, slug, listeners, ramp, hold, *more, processes=1):
    """A rehearsal that goes on while this does other things."""
    words = ["rehearse", server.url(slug), "--listeners", listeners, "--ramp", f"{ramp}s", "--hold", f"{hold}s", "--processes", processes, "--json", *more]
    return server.program("rehearse", "taskset", "-c", CLIENTS, HUSTINGS, *words)


def upper_ms(spread, share=1.0):
    """The upper bound of a spread's bucket under which so many lie; `spread` is as `core/rehearsal` writes it."""
    rank, below = share * sum(spread.values()), 0
    for bucket in sorted(map(int, spread)):
        below += spread[str(bucket)]
        if below >= rank:
            return 0.1 * 2 ** ((bucket + 1) / 16)
    return float("nan")


def merged(spreads):
    out = {}
    for spread in spreads:
        for bucket, count in spread.items():
            out[bucket] = out.get(bucket, 0) + count
    return out


TIERS = ("whep", "stream", "hls")


def of_tier(second, tier):
    return second["tiers"][TIERS.index(tier)]


def together(second, what):
    """One count of a second, of all tiers."""
    return sum(tier[what] for tier in second["tiers"])


class Watch(threading.Thread):
    """Once a second: memory of all processes, and connections at the pages' listener, by the descriptors of their process."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.over, self.seen = server, threading.Event(), []
        self.pids, self.before = list(tree(server.pid)), self.descriptors()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.pid}/fd"))

    def run(self):
        while not self.over.wait(1):
            try:
                each = [own_anatomy(pid) for pid in self.pids]
                kb = {key: sum(one[key] for one in each) for key in ("rss_kb", "anon_kb")}
                self.seen.append({"at_ms": time.time() * 1000, "sockets": max(0, each[0]["fds"] - self.before), **kb})
            except (OSError, KeyError):
                continue


def stage_delays(other, speaker, back):
    """Each click from speaker to speaker: [(when it was heard in ms since 1970, delay in ms)]."""
    spoke, at_ms = speaker.report()["spoke_at_ms"] - CAPTURE_MS, other.report()["heard"]["at_ms"]
    found = clicks(back)
    return [(at_ms + 1000 * at, d) for (at, _), d in zip(found, delays_ms(found, spoke, lambda at: at_ms + 1000 * at))]


def first_speech(listeners, spoke, pressed_ms):
    """Of each who decoded: tier, and the delay in ms of the first click that was said after the start."""
    out = []
    for tier, program, recording in listeners:
        report = program.report()
        moment = lambda at: report["first_audio_at_ms"] + 1000 * at
        found = clicks(recording)
        delays = delays_ms(found, spoke, moment)
        after = [d for (at, _), d in zip(found, delays) if moment(at) - d >= pressed_ms]
        out.append((tier, after[0] if after else None, report["glitch_seconds"], report["stalls"]))
    return out


def evening(server, listeners, joins, quick):
    slug, flood_s, hold_s = "evening", (8 if quick else 20), (4 if quick else 12)
    sound, quietness, back = server.file("clicks.wav"), server.file("silence.wav"), server.file("back.wav")
    subprocess.run([MEASURE, "clicks", "make", str(sound)], check=True, capture_output=True, timeout=30)
    silence(quietness)
    server.command("conversation", "create", slug, "--title", "An evening")
    host = server.command("token", slug, "--role", "host", "--seat", "host")
    speaker = server.speaker(slug, "speaker", sound)
    other = server.speaker(slug, "other", quietness, output=back)
    server.wait_for("hustings_speakers", 2)
    time.sleep(8)
    came_ms = time.time() * 1000
    fill_s = max(3, round(listeners / joins * 1.3))
    lasts = fill_s + flood_s + hold_s + 12
    decoding = []
    for tier in ("stream", "stream", "whep", "whep", "hls", "hls"):
        recording = server.file(f"{tier}-{len(decoding)}.wav")
        decoding.append((tier, server.listener(slug, lasts, tier=tier, output=recording), recording))
        time.sleep(0.2)
    few = 3 if quick else 10
    count = listeners - len(decoding)
    inside = crowd(server, slug, count, fill_s, flood_s + hold_s + 8, "--tier", f"stream:{count - 2 * few},whep:{few},hls:{few}")
    time.sleep(fill_s + 4)
    server.wait_for('hustings_listeners{tier="stream"}', (count - 2 * few) * 0.95)
    before, watch = server.metrics(), Watch(server)
    spent, edge_before = server.cpu_by_role(), time.monotonic()
    watch.start()
    say(f"opening: {listeners} inside, {OVERLOAD * joins} a second come")
    flood_ms = time.time() * 1000
    flood = crowd(server, slug, OVERLOAD * joins * flood_s, flood_s, hold_s, "--seed", 7, processes=1 + OVERLOAD * joins * flood_s // 15_000)
    time.sleep(flood_s / 2)
    pressed_ms = time.time() * 1000
    answered = press(server, slug, host, "start")
    flood.wait(flood_s + hold_s + 30)
    over_ms = time.time() * 1000
    after, spent_after, passed = server.metrics(), server.cpu_by_role(), time.monotonic() - edge_before
    watch.over.set()
    inside.wait(60)
    for _, program, _ in decoding:
        program.wait(30)
    other.stop()
    speaker.stop()
    stage = stage_delays(other, speaker, back)
    spoke = speaker.report()["spoke_at_ms"] - CAPTURE_MS
    return {
        "inside": inside.report(), "flood": flood.report(), "stage": stage, "watch": watch.seen,
        "speech": first_speech(decoding, spoke, pressed_ms), "answered": answered,
        "moments": {"came": came_ms, "flood": flood_ms, "pressed": pressed_ms, "over": over_ms},
        "late_ms": within(bounds(before, after, "hustings_tick_lateness_seconds"), 99.9) * 1000,
        "cpu": {name: (spent_after[name] - spent.get(name, 0)) / passed for name in spent_after}, "count": count,
    }


def measure(quick):
    with Server(cores="0", edges=1) as server:
        server.live("talk")
        server.speaker("talk", "guest", ROOT / ".tools/sounds/voice.wav")
        server.wait_for("hustings_speakers", 1)
        with held(server, HELD_PERCENT):
            found = knee(server, quick)
    listeners, joins = int(found["at"] * HEADROOM), ADMITS
    with Server(cores="0", edges=1, environment=of_gate(listeners)) as server, held(server, HELD_PERCENT):
        met = evening(server, listeners, joins, quick)
    if os.environ.get("OPENING_KEEP"):
        with open(os.environ["OPENING_KEEP"], "w") as file:
            json.dump(met, file)
    if not quick:
        draw(met)
    return rows(met, listeners, joins), details(met, found)


def seconds_between(report, begin_ms, end_ms):
    at = lambda second: report["began_ms"] + 700 + 1000 * second["second"]
    return [s for s in report["seconds"] if begin_ms <= at(s) + 500 < end_ms]


def behind(met, tier):
    """How far behind everybody of a tier heard, around the start: the most."""
    pressed = met["moments"]["pressed"]
    around = seconds_between(met["inside"], pressed - 1000, pressed + 6000)
    return upper_ms(merged(of_tier(s, tier)["delay_ms"] for s in around))


def rows(met, listeners, joins):
    m, inside, flood = met["moments"], met["inside"], met["flood"]["summary"]["all"]
    steady = seconds_between(inside, m["flood"], m["over"])
    heard = sum(together(s, "hearing") for s in steady)
    glitches = sum(together(s, "glitch_seconds") for s in steady)
    there, least = together(steady[0], "hearing"), min(together(s, "hearing") for s in steady)
    lost = sum(together(s, "lost") for s in inside["seconds"])
    calm = [d for at, d in met["stage"] if at < m["came"]]
    busy = [d for at, d in met["stage"] if m["flood"] <= at <= m["over"]]
    rise = percentile(busy, 95) - percentile(calm, 95)
    out = [
        Row(f"start pressed while {listeners:,} listen and {OVERLOAD} × {joins} a second come: answered within", "no answer" if met["answered"] is None else f"{met['answered']:.0f} ms", "2,000 ms", met["answered"] is not None and met["answered"] <= 2000),
    ]
    names = {"stream": "pages", "whep": "WHEP", "hls": "LL-HLS"}
    for tier, bar in BEHIND_MS.items():
        decoded = [d for t, d, *_ in met["speech"] if t == tier]
        worst = max([behind(met, tier)] + [d if d is not None else float("inf") for d in decoded])
        out.append(Row(f"first speech at every listener on {names[tier]}, the last", f"{worst:,.0f} ms", f"{bar:,} ms", worst <= bar))
    memory = max(s["rss_kb"] for s in met["watch"]) / 1024
    sockets, waiting = met["watch"][-3]["sockets"], flood["waiting"]
    out += [
        Row("stage latency, p95: rise from before anybody came", f"{rise:+.1f} ms", "20 ms", rise <= 20),
        Row(f"of {there:,} listeners inside: dropped", f"{lost + there - least}", "0", lost == 0 and least == there),
        Row("glitch seconds of those inside", f"{glitches} of {heard:,} ({100 * glitches / max(heard, 1):.3f} %)", "0.1 %", glitches <= heard * 0.001),
        Row(f"connections at the pages' listener while {waiting:,} wait", f"{sockets}", "1 in 100", sockets <= max(20, waiting / 100)),
        Row("memory of all processes of the server, at most", f"{memory:.0f} MB", f"{MEMORY_MB_MAX} MB", memory <= MEMORY_MB_MAX),
    ]
    return out


def details(met, found):
    m, flood, inside = met["moments"], met["flood"]["summary"]["all"], met["inside"]
    out = f"The knee: {found['at']:,} listeners. Of the crowd {flood['offered']:,} came, {flood['admitted']:,} were let in, {flood['waiting']:,} waited at the end, {flood['refused']:,} were refused."
    around = seconds_between(inside, m["pressed"] - 1000, m["pressed"] + 6000)
    lines = []
    for tier in BEHIND_MS:
        spread = merged(of_tier(s, tier)["delay_ms"] for s in around)
        decoded = ", ".join("none" if d is None else f"{d:.0f}" for t, d, *_ in met["speech"] if t == tier)
        lines.append([tier, max(of_tier(s, tier)["hearing"] for s in around), *(f"{upper_ms(spread, p):,.0f}" for p in (0.5, 0.99, 1)), decoded])
    out += "\n\n" + table(["around the start", "listeners", "behind p50, ms", "p99", "most", "first click of those who decode, ms"], lines)
    calm = [d for at, d in met["stage"] if at < m["came"]]
    full = [d for at, d in met["stage"] if m["came"] <= at < m["flood"]]
    busy = [d for at, d in met["stage"] if m["flood"] <= at <= m["over"]]
    out += "\n\n" + table(["stage, ms", "clicks", "p50", "p95", "most"], [[name, len(ds), *(f"{percentile(ds, p):.0f}" for p in (50, 95, 100))] for name, ds in (("before anybody came", calm), ("while the house was filled", full), ("under the crowd", busy))])
    out += f"\n\nTicks late under the crowd: p99.9 at most {met['late_ms']:.0f} ms. Of a core meanwhile: " + ", ".join(f"{n} {c:.2f}" for n, c in sorted(met["cpu"].items())) + "."
    first, last = met["watch"][0], max(met["watch"], key=lambda s: s["anon_kb"])
    out += f" Anonymous memory grew from {first['anon_kb'] / 1024:.0f} to {last['anon_kb'] / 1024:.0f} MB while {flood['waiting']:,} came to wait; most connections at the pages' listener at once {max(s['sockets'] for s in met['watch'])}."
    limits = [*inside["limits"], *met["flood"]["limits"]]
    out += " The clients were never the limit." if not limits else " **The clients may have been a limit themselves**: " + "; ".join(sorted(set(limits))) + "."
    return out + "\n\n![The opening, second by second](opening.svg)"


def draw(met):
    m = met["moments"]
    base = m["flood"] - 10_000
    at = lambda report, second: (report["began_ms"] + 700 + 1000 * second["second"] - base) / 1000
    span = range(0, int((m["over"] - base) / 1000) + 3)
    def series(report, of):
        found = {round(at(report, s)): of(s) for s in report["seconds"]}
        return [found.get(n) for n in span]
    stage = {round((when - base) / 1000): d for when, d in met["stage"]}
    sockets = {round((s["at_ms"] - base) / 1000): s["sockets"] for s in met["watch"]}
    drawn = [
        ("a second", {"come": series(met["flood"], lambda s: together(s, "offered"))}),
        ("waiting", {"have a place": series(met["flood"], lambda s: together(s, "waiting")), "connections at the pages": [sockets.get(n) for n in span]}),
        ("inside", {"hear": series(met["inside"], lambda s: together(s, "hearing")), "glitch seconds": series(met["inside"], lambda s: together(s, "glitch_seconds"))}),
        ("behind, ms", {f"{tier}, p99": series(met["inside"], lambda s, tier=tier: upper_ms(of_tier(s, tier)["delay_ms"], 0.99) if of_tier(s, tier)["delay_ms"] else None) for tier in BEHIND_MS}),
        ("stage, ms", {"speaker to speaker": [stage.get(n) for n in span]}),
    ]
    title = f"The crowd comes at 10 s, the host presses start at {(m['pressed'] - base) / 1000:.0f} s"
    (ROOT / "bench/opening.svg").write_text(panels(title, list(span), drawn, unit="s"))
