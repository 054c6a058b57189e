"""Forty conversations of two speakers on this machine, their clients included: is every tick in time, is any sound missing."""
import time

from house import VOICE, Server, cpu_seconds, say
from processor import spend
from reckon import bounds, within
from results import Row, table

TITLE = "Forty conversations"
METHOD = """
Two speakers a conversation by `hustings speak` (one process for all 80, each with a session of its own over DTLS and SRTP, the
sound encoded once), and one `hustings listen` a conversation, all on the machine of the server. Lateness of ticks is the server's histogram in `/metrics`, so its percentiles are upper bounds of
buckets. A gap is media time that is missing in what a listener received; a stall, a player of 200 ms that ran dry.
"""


def measure(quick):
    rooms, seconds = (8, 8) if quick else (40, 60)
    with Server() as server:
        slugs = [f"room-{n}" for n in range(rooms)]
        for slug in slugs:
            server.live(slug)
        speakers = server.speakers(slugs, ("host", "guest"), VOICE)
        server.wait_for("hustings_speakers", 2 * rooms, bound=60)
        say(f"forty: {2 * rooms} speakers are on")
        listeners = [server.listener(slug, seconds + 6) for slug in slugs]
        try:
            server.wait_for('hustings_listeners{tier="stream"}', rooms)
        except RuntimeError as why:
            # A machine that is too small is a result.
            say(f"forty: {why}")
        time.sleep(3)
        pids = {"speakers": [speakers.pid], "listeners": [p.pid for p in listeners]}
        before = server.metrics()
        clients = {who: sum(cpu_seconds(p) or 0 for p in those) for who, those in pids.items()}
        used, took, grown = spend(server, seconds)
        clients = {who: sum(cpu_seconds(p) or 0 for p in those) - clients[who] for who, those in pids.items()}
        after = server.metrics()
        reports = []
        for listener in listeners:
            listener.wait(30)
            try:
                report = listener.report()
                reports += [report] if isinstance(report, dict) else []
            except (RuntimeError, ValueError) as why:
                say(f"forty: {why}")
        deaf = rooms - len(reports)
        speakers.stop()
        late = max(report["late_ms_max"] for report in speakers.report())
    histogram = bounds(before, after, "hustings_tick_lateness_seconds")
    share = [100 * x / took for x in (used, *clients.values())]
    say(f"forty: CPU of server, speakers, listeners: {share}")
    p999, ticks = within(histogram, 99.9) * 1000, histogram[-1][1]
    gaps, stalls = sum(r["gaps"] for r in reports), sum(r["stalls"] for r in reports)
    skipped = grown.get("hustings_ticks_skipped_total", 0)
    rows = [
        Row(f"{rooms} conversations, tick lateness p99.9", f"≤ {p999:g} ms", "5 ms", p999 <= 5),
        Row(f"{rooms} conversations, gaps in all program sounds", f"{gaps}", "0", gaps == 0 and skipped == 0 and not deaf),
        Row(f"{rooms} conversations, listeners' stalls", f"{stalls}", "0", stalls == 0),
    ]
    details = table(["tick lateness up to", *(f"{b * 1000:g} ms" for b, _ in histogram)], [[f"of {ticks:.0f} ticks", *(f"{100 * n / ticks:.2f} %" for _, n in histogram)]])
    cpu = [["server", f"{100 * used / took:.0f} %"], *([f"{w} in {len(pids[w])} processes", f"{100 * c / took:.0f} %"] for w, c in clients.items())]
    details += "\n\n" + table(["CPU, of one core", f"over {took:.0f} s"], cpu)
    details += f"\n\np50 ≤ {within(histogram, 50) * 1000:g} ms, p99 ≤ {within(histogram, 99) * 1000:g} ms; ticks skipped: {skipped:g}; listeners without a report: {deaf}. The latest packet of any speaker left {late:.0f} ms late."
    return rows, details
