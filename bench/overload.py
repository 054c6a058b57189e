"""Overload: two, five, ten and twenty times as many come as are admitted, and then nobody more.

The audience's one process is held to a tenth of a core. Each who is let in listens for some seconds and leaves with a goodbye, so
that there is room again: goodput is how many a second come in and hear within 2 s. Then a trickle of half of what is
admitted goes on while a crowd of twenty times that comes beside it and gives up: recovery is when the trickle is served again as
before. Absent: the start of a conversation under it (`opening.py`).
"""
import json
import os
import time

from house import ROOT, VOICE, Server, say
from opening import ADMITS, crowd, merged, of_gate, together
from plot import panels
from rehearse import HELD_PERCENT, held
from results import Row, table

TITLE = "Overload, and after it"
TIMES = (1, 2, 5, 10, 20)
STAY_S = 3
# More than are ever inside at once: joins are what is short.
LISTENERS = 5000
HEARD_MS = 2000
METHOD = f"""
As for the opening: one edge held to {HELD_PERCENT} % of the first core, clients on the second, and a gate that admits {ADMITS} a second
(`gate.joins_per_second`). Everybody asks for a ticket over a new connection, listens for {STAY_S} s and says goodbye, or polls for their turn. *Goodput* is
how many a second had their first sound within 2 s of being let in, from the fifth second of the crowd to its last. *At the knee* is
the goodput when as many come as the gate admits. *Recovered* counts from the end of a crowd of twenty times that, all of whom
give up at that moment and leave their places behind, until of a trickle beside it in every three seconds as many hear as
before it.
"""


def in_time(second):
    """How many had their first sound in time, in a second."""
    spread = merged(tier["first_audio_ms"] for tier in second["tiers"])
    return sum(n for bucket, n in spread.items() if 0.1 * 2 ** ((int(bucket) + 1) / 16) <= HEARD_MS)


def conversation(server, slug):
    server.live(slug)
    speaker = server.speaker(slug, "guest", VOICE)
    time.sleep(1.5)
    return speaker


def over(server, slug, speaker):
    speaker.stop()
    server.command("conversation", "end", slug)
    time.sleep(1)


def level(server, joins, times, seconds, rest):
    """One crowd: goodput while it comes, goodput in the seconds after, and its report."""
    slug = f"times-{times}"
    speaker = conversation(server, slug)
    count = times * joins * seconds
    run = crowd(server, slug, count, seconds, rest, "--stay", f"{STAY_S}s", processes=1 + count // 15_000)
    run.wait(seconds + rest + 40)
    report = run.report()
    over(server, slug, speaker)
    every = [in_time(s) for s in report["seconds"]]
    while_it = every[4:seconds]
    after = every[seconds:seconds + rest - 1]
    mean = lambda values: sum(values) / max(len(values), 1)
    say(f"overload: {times} times: {mean(while_it):.1f} a second, then {mean(after):.1f}")
    return {"times": times, "goodput": mean(while_it), "after": mean(after), "report": report}


def recovery(server, joins, seconds, before, after):
    """A trickle, and beside it a crowd that gives up: the trickle's seconds, and when the crowd was there."""
    slug = "recovery"
    speaker = conversation(server, slug)
    lasts = before + seconds + after
    trickle = crowd(server, slug, max(1, joins // 2) * lasts, lasts, 0, "--stay", f"{STAY_S}s")
    time.sleep(before)
    count = TIMES[-1] * joins * seconds
    began_ms = time.time() * 1000
    flood = crowd(server, slug, count, seconds, 0, "--stay", f"{STAY_S}s", "--seed", 9, processes=1 + count // 15_000)
    flood.wait(seconds + 40)
    ended_ms = time.time() * 1000
    trickle.wait(after + 60)
    over(server, slug, speaker)
    report = trickle.report()
    at = lambda s: report["began_ms"] + 700 + 1000 * s["second"]
    every = [(at(s), in_time(s)) for s in report["seconds"]]
    calm = [n for when, n in every[2:] if when + 1000 <= began_ms]
    usual = sum(calm) / max(len(calm), 1)
    later = [(when, n) for when, n in every[:-1] if when >= ended_ms - 500]
    recovered = None
    for n, (when, _) in enumerate(later):
        three = [value for _, value in later[n:n + 3]]
        if len(three) == 3 and sum(three) >= 0.95 * 3 * usual - 3:
            recovered = max(0.0, (when - ended_ms) / 1000)
            break
    say(f"overload: usual {usual:.1f}, after it {[n for _, n in later]}, recovered after {recovered} s")
    return {"trickle": report, "flood": flood.report(), "usual": usual, "recovered": recovered, "ended_ms": ended_ms, "began_ms": began_ms}


def measure(quick):
    seconds, rest, before, after = (8, 4, 6, 12) if quick else (20, 8, 10, 30)
    joins = ADMITS
    with Server(cores="0", edges=1, environment=of_gate(LISTENERS)) as server, held(server, HELD_PERCENT):
        levels = [level(server, joins, times, seconds, rest) for times in TIMES]
        back = recovery(server, joins, seconds, before, after)
    if os.environ.get("OVERLOAD_KEEP"):
        with open(os.environ["OVERLOAD_KEEP"], "w") as file:
            json.dump({"levels": levels, "back": back}, file)
    if not quick:
        draw(levels, back, joins)
    return rows(levels, back), details(levels, back)


def rows(levels, back):
    knee = levels[0]["goodput"]
    out = []
    for one in levels[1:]:
        share = one["goodput"] / knee if knee else 0.0
        out.append(Row(f"goodput at {one['times']} times what is admitted, of that at the knee", f"{one['goodput']:.1f} of {knee:.1f} a second: {share:.0%}", "95 %", share >= 0.95))
    last = levels[-1]
    share = last["after"] / knee if knee else 0.0
    out.append(Row(f"goodput in the seconds after {last['times']} times as many have come, those who wait being there, of that at the knee", f"{last['after']:.1f} of {knee:.1f} a second: {share:.0%}", "95 %", share >= 0.95))
    recovered = back["recovered"]
    out.append(Row("recovery after twenty times as many, who all vanish at one moment", "not seen" if recovered is None else f"{recovered:.1f} s", "5 s", recovered is not None and recovered <= 5))
    return out


def details(levels, back):
    out, lines = "", []
    for one in levels:
        every, all_of = one["report"]["seconds"], one["report"]["summary"]["all"]
        waited = all_of["waited_ms"] or {"p50": 0, "p95": 0}
        first = all_of["first_audio_ms"] or {"p99": float("nan")}
        lines.append([f"{one['times']} ×", f"{all_of['offered']:,}", f"{one['goodput']:.1f}", f"{one['after']:.1f}", f"{max(together(s, 'waiting') for s in every):,}", f"{waited['p95'] / 1000:.1f}", f"{first['p99']:.0f}", f"{100 * all_of['glitch_share']:.3f}", all_of["lost"], "yes" if one["report"]["limits"] else "no"])
    out += "\n\n" + table(["come", "in all", "goodput a second", "after the last came", "waited at most", "p95 of those who came in after waiting, s", "first audio p99, ms", "glitch seconds, %", "dropped", "clients the limit"], lines)
    out += f"\n\nThe trickle: {back['usual']:.1f} a second heard before the crowd; of it {back['flood']['summary']['all']['waiting']:,} gave up."
    return out.strip() + "\n\n![Goodput](overload.svg)"


def draw(levels, back, joins):
    longest = max(len(one["report"]["seconds"]) for one in levels)
    pad = lambda values: values + [None] * (longest - len(values))
    drawn = [(f"{one['times']} ×, a second", {"come": pad([min(together(s, "offered"), 3 * joins) for s in one["report"]["seconds"]]), "hear in time": pad([in_time(s) for s in one["report"]["seconds"]])}) for one in levels]
    trickle = [in_time(s) for s in back["trickle"]["seconds"]]
    at = lambda report, s: round((report["began_ms"] + 1000 * s["second"] - back["trickle"]["began_ms"]) / 1000)
    flood = {at(back["flood"], s): in_time(s) for s in back["flood"]["seconds"]}
    width = max(longest, len(trickle))
    drawn.append(("a trickle beside 20 ×", {"trickle": trickle, "crowd": [flood.get(n, 0) for n in range(len(trickle))]}))
    text = panels(f"Who hears in time, of so many who come (what come is cut off at {3 * joins} a second)", list(range(width)), drawn, unit="s")
    (ROOT / "bench/overload.svg").write_text(text)
