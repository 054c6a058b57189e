"""Whether memory comes back: resident size after the first and after the third wave of listeners."""
import time

from house import VOICE, Server, say
from results import Row, table

TITLE = "Memory over waves of listeners"
METHOD = """
Waves of listeners of `live.mp4` in four processes of `hustings listen`, each with a second connection for events, 15 s long.
Resident memory and descriptors of the server are read during the wave and 25 s after its last listener has left.
"""
PROCESSES = 4


def wave(server, listeners, seconds):
    crowd = [server.listener("talk", seconds, listeners=listeners // PROCESSES) for _ in range(PROCESSES)]
    server.wait_for('hustings_listeners{tier="stream"}', listeners, bound=30)
    time.sleep(seconds / 2)
    during = server.anatomy()
    heard, gaps = 0, 0
    for program in crowd:
        program.wait(seconds + 30)
        reports = program.report()
        heard, gaps = heard + len(reports), gaps + sum(r["gaps"] + r["stalls"] for r in reports)
    server.wait_for('hustings_listeners{tier="stream"}', 0, bound=40)
    return during, heard, gaps


def measure(quick):
    listeners, seconds, rest = (200, 4, 3) if quick else (2000, 15, 25)
    with Server() as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        time.sleep(rest)
        states = [("before", server.anatomy(), None, None, None)]
        for n in ("first", "second", "third"):
            during, heard, gaps = wave(server, listeners, seconds)
            time.sleep(rest)
            states.append((f"after the {n} wave", server.anatomy(), during, heard, gaps))
            say(f"memory: {n} wave: {states[-1][1]['rss_kb'] / 1024:.1f} MB afterwards")
    first, third = states[1][1]["rss_kb"], states[3][1]["rss_kb"]
    growth = 100 * (third / first - 1)
    mb = lambda state: f"{state['rss_kb'] / 1024:.1f}" if state else ""
    lines = [[name, mb(after), after["fds"], after["threads"], mb(during), "" if heard is None else heard, "" if gaps is None else gaps] for name, after, during, heard, gaps in states]
    details = table(["", "RSS in MB", "descriptors", "threads", "RSS during it", "heard", "gaps and stalls"], lines)
    per = (states[3][2]["rss_kb"] - states[3][1]["rss_kb"]) / listeners
    details += f"\n\nDuring the third wave, {per:.1f} kB more a listener than after it."
    return [Row(f"memory after the third wave of {listeners:,} against the first", f"{growth:+.1f} %", "+5 %", growth <= 5)], details
