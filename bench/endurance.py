"""`bench/soak`: two speakers, and listeners who come and go on all tiers, for so many minutes.

    bench/soak MINUTES [--listeners N] [--quick]

One speaker says coded clicks, the other a voice below them, so that the delay from the microphone can be read at any time by a
listener who joins for that. One listener a tier stays from the beginning to the end. Every ten seconds a line goes to
bench/soak.csv; at the end, or when interrupted, the plot, and a verdict in RESULTS.md. Without a verdict the run did not end.
"""
import argparse
import csv
import os
import signal
import statistics
import subprocess
import time

import results
from crowd import Crowd
from house import MEASURE, ROOT, VOICE, Server, say
from plot import panels
from reckon import CODES, bounds, clicks, quiet, unwrapped, within
from results import Row, table

EVERY_S, PROBE_S = 10, 7
# What stands for "above the histogram's last bound of 50 ms".
OFF_SCALE_S = 0.1
COLUMNS = ["minutes", "rss_mb", "anon_mb", "descriptors", "threads", "stream", "hls", "whep", "cpu_percent", "lateness_p999_ms", "skipped", "gaps", "stalls", "failed", "delay_ms", "microphone_ms"]
METHOD = """
Two `hustings speak`, about {size} listeners in groups that stay 20 to 90 s (60 % `live.mp4`, 30 % LL-HLS, 10 % WHEP), and one
listener a tier who stays all the time. Every 10 s: the server's memory, descriptors and threads from the kernel, its lateness
of ticks since the last look, gaps and stalls that leaving listeners reported, and the delay of a listener who has just joined,
by the server's epoch and from the microphone by coded clicks. Growth and drift compare the medians of the second and the last
quarter. Every sample is in [soak.csv](soak.csv).

![The soak over time](soak.svg)
"""


class Probe:
    """A listener who joins to measure: its delay, and what the clicks say before it is known when they began."""

    def __init__(self, server, n):
        self.recording = server.file(f"probe-{n}.wav")
        self.program = server.listener("soak", PROBE_S, output=self.recording)

    def read(self):
        self.program.wait(5)
        try:
            report = self.program.report()
            heard = [] if report["stalls"] else clicks(self.recording)
            coded = unwrapped([report["first_audio_at_ms"] + 1000 * at - 1000 * code for at, code in heard])
            return report["delay_ms"], (statistics.median(coded) if coded else None)
        except (RuntimeError, ValueError) as why:
            say(f"soak: a probe failed: {why}")
            return None, None
        finally:
            self.recording.unlink(missing_ok=True)


def low_voice(server):
    path = server.file("low.wav")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(VOICE), "-af", "volume=-20dB", str(path)], check=True, timeout=20)
    return path


def watch(server, crowd, minutes, stopped, write):
    """Samples until the time is up; gives the rows, in which `microphone_ms` is not yet against the speaker's clock."""
    rows, probe, began = [], None, time.monotonic()
    before, cpu, at = server.metrics(), server.cpu_seconds(), began
    while not stopped and time.monotonic() - began < minutes * 60:
        probe = Probe(server, len(rows))
        end = at + EVERY_S
        while time.monotonic() < end and not stopped:
            crowd.step()
            time.sleep(0.5)
        body, after, used, now = server.anatomy(), server.metrics(), server.cpu_seconds(), time.monotonic()
        delay, microphone = probe.read()
        late = bounds(before, after, "hustings_tick_lateness_seconds")
        row = [
            round((now - began) / 60, 2), round(body["rss_kb"] / 1024, 1), round(body["anon_kb"] / 1024, 1), body["fds"], body["threads"],
            *(int(after[f'hustings_listeners{{tier="{t}"}}']) for t in ("stream", "hls", "whep")),
            round(100 * (used - cpu) / (now - at), 1), min(within(late, 99.9), OFF_SCALE_S) * 1000, int(after["hustings_ticks_skipped_total"]),
            crowd.total("gaps"), crowd.total("stalls"), crowd.total("failed"), delay, microphone,
        ]
        before, cpu, at = after, used, now
        rows.append(row)
        write(row)
        if len(rows) % 30 == 1:
            say("soak: " + ", ".join(f"{c} {v}" for c, v in zip(COLUMNS[:-1], row)))
    return rows


def quarters(rows, column):
    """Medians of the second and of the last quarter: the first one warms up."""
    values = [r[COLUMNS.index(column)] for r in rows]
    part = max(1, len(values) // 4)
    known = lambda some: [v for v in some if v is not None] or [float("nan")]
    return statistics.median(known(values[part:2 * part] or values)), statistics.median(known(values[-part:]))


def verdict(rows, crowd, stayed, minutes):
    gaps = crowd.total("gaps") + sum(r["gaps"] for r in stayed.values())
    out = [Row(f"soak of {minutes:.0f} min, gaps of all listeners", f"{gaps}", "0", gaps == 0)]
    for column, what, bar in (("rss_mb", "growth of memory", 5), ("descriptors", "growth of descriptors", 5), ("threads", "growth of threads", 5)):
        early, late = quarters(rows, column)
        growth = 100 * (late / early - 1)
        out.append(Row(f"soak of {minutes:.0f} min, {what}", f"{growth:+.1f} % ({early:g} to {late:g})", f"+{bar} %", growth <= bar))
    for column, what in (("delay_ms", "by the epoch"), ("microphone_ms", "from the microphone")):
        early, late = quarters(rows, column)
        out.append(Row(f"soak of {minutes:.0f} min, drift of delay {what}", f"{late - early:+.0f} ms ({early:.0f} to {late:.0f})", "±50 ms", abs(late - early) <= 50))
    lines = [[t, s["listeners"], s["failed"], f"{s['seconds'] / 3600:.1f}", s["gaps"], s["stalls"]] for t, s in crowd.sums.items()]
    lines += [[f"{t}, one who stayed", 1, 0, f"{r['seconds'] / 3600:.1f}", r["gaps"], r["stalls"]] for t, r in stayed.items()]
    details = table(["", "listeners", "failed", "hours heard", "gaps", "stalls"], lines)
    worst = max(r[COLUMNS.index("lateness_p999_ms")] for r in rows)
    cpu = statistics.median(r[COLUMNS.index("cpu_percent")] for r in rows)
    details += f"\n\nTicks skipped {rows[-1][COLUMNS.index('skipped')]}; worst p99.9 of tick lateness in any 10 s {'above 50' if worst > 50 else f'≤ {worst:g}'} ms; server's CPU {cpu:.0f} % of a core (median)."
    reasons = sorted(set(crowd.trouble))[:5]
    return out, details + ("\n\nWhy some failed: " + "; ".join(reasons) + "." if reasons else "")


def draw(rows, minutes):
    column = lambda name: [r[COLUMNS.index(name)] for r in rows]
    drawn = [
        ("MB", {"resident": column("rss_mb"), "without files": column("anon_mb")}),
        ("count", {"descriptors": column("descriptors"), "stream": column("stream"), "hls": column("hls"), "whep": column("whep")}),
        ("ms", {"delay of who just joined": column("delay_ms"), "from the microphone": column("microphone_ms")}),
        ("ms", {"p99.9 of tick lateness (bucket)": column("lateness_p999_ms")}),
        ("count", {"gaps": column("gaps"), "stalls": column("stalls"), "failed": column("failed")}),
    ]
    return panels(f"Two speakers and listeners who come and go, {minutes:.0f} minutes", column("minutes"), drawn)


def main():
    parser = argparse.ArgumentParser(prog="bench/soak", description=__doc__.splitlines()[0])
    parser.add_argument("minutes", type=float, metavar="MINUTES")
    parser.add_argument("--listeners", type=int, default=200, help="how many at a time (200)")
    parser.add_argument("--quick", action="store_true", help="print the verdict and leave the files of bench/ alone: to try the script")
    given = parser.parse_args()
    stopped = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.append(True))
    load = quiet(bound=5 if given.quick else int(os.environ.get("QUIET_S", 300)))
    with Server() as server:
        folder = server.folder if given.quick else ROOT / "bench"
        sound = server.file("clicks.wav")
        subprocess.run([MEASURE, "clicks", "make", str(sound)], check=True, capture_output=True, timeout=30)
        server.live("soak")
        speaker = server.speaker("soak", "clicks", sound)
        server.speaker("soak", "voice", low_voice(server))
        server.wait_for("hustings_speakers", 2)
        time.sleep(3)
        residents = {t: server.listener("soak", given.minutes * 60, t) for t in ("stream", "hls", "whep")}
        crowd = Crowd(server, "soak", given.listeners)
        with open(folder / "soak.csv", "w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(COLUMNS)
            rows = watch(server, crowd, given.minutes, stopped, lambda row: (lines.writerow(row[:-1] + [None]), file.flush()))
        say("soak: over, everybody leaves")
        stayed = {}
        for tier, resident in residents.items():
            resident.wait(5 if stopped else 60)
            try:
                stayed[tier] = resident.report()
            except (RuntimeError, ValueError) as why:
                crowd.trouble.append(f"who stayed on {tier}: {why}")
        crowd.leave()
        speaker.stop()
        spoke = speaker.report()["spoke_at_ms"]
        for row in rows:
            row[-1] = None if row[-1] is None else round((row[-1] - spoke) % (1000 * CODES), 1)
        with open(folder / "soak.csv", "w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
        minutes = rows[-1][0]
        (folder / "soak.svg").write_text(draw(rows, minutes))
        found, details = verdict(rows, crowd, stayed, minutes)
        results.write("soak", "Soak", f"bench/soak {given.minutes:g}", METHOD.format(size=crowd.size), found, details, load, given.quick)
    for row in found:
        say(f"{row.figure}: {row.measured} ({row.bar}) {'met' if row.met else 'NOT met'}")


if __name__ == "__main__":
    main()
