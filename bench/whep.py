"""What a WebRTC listener costs: ours against a bare loop that encrypts and sends, in one run.

The server runs on the first core and the crowd on the second. CPU is user and system time of the server's process, without
what it takes for the same conversation with one listener. What a join costs is read from the thread that owns the listeners,
without what it sends meanwhile; HTTP runs on other threads. A crowd that was the limit itself is said.
"""
import os
import time
from pathlib import Path

from house import MEASURE, VOICE, Server, anatomy, cpu_seconds, say, tree
from results import Row, table

TITLE = "What a WebRTC listener costs"
METHOD = """
Listeners of `opus-48` in processes of `measure whep` on the second core, the server on the first: each joins by HTTP, ICE and
DTLS, asks for consent and reports every 5 s, and counts its packets. *Bare* is `measure bare-srtp` with as many listeners and as
large packets, its sending thread on the first core and its receiving one on the second. A packet's slot is where its listener's
earliest packet puts it, by the kernel's stamp of its arrival. The most that the server holds is asked for with `WHEP` listeners.
"""
SERVER, CLIENTS = 0, 1
PROCESSES = 2


def thread_seconds(pid, name):
    """User and system time of the threads of that name, of a process and all below it."""
    total = 0
    for task in (task for one in tree(pid) for task in Path(f"/proc/{one}/task").glob("*")):
        try:
            if (task / "comm").read_text().startswith(name):
                total += sum(map(int, (task / "stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        except OSError:
            # A thread that has just ended.
            continue
    return total / os.sysconf("SC_CLK_TCK")


def joined(programs, bound):
    """Waits until every crowd has said that everybody is there."""
    end = time.monotonic() + bound
    while time.monotonic() < end:
        if all("joined" in p.said() for p in programs):
            return
        if any(p.process.poll() is not None for p in programs):
            break
        time.sleep(0.02)
    raise RuntimeError("not everybody joined: " + "; ".join(p.err_path.read_text(errors="replace")[-200:] for p in programs))


def bare(server, listeners, bytes_, seconds, protection="gcm256"):
    """The floor."""
    loop = server.program("bare-srtp", MEASURE, "bare-srtp", "--listeners", listeners, "--bytes", bytes_, "--seconds", seconds, "--cores", SERVER, CLIENTS, "--protection", protection)
    loop.wait(seconds + 60)
    return loop.report()


def measure(quick):
    listeners, seconds = (400, 4) if quick else (int(os.environ.get("WHEP", 10_000)), int(os.environ.get("WHEP_S", 60)))
    rate = 100 if quick else 1000
    with Server(cores=str(SERVER)) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        stay = server.listener("talk", 900, tier="whep", rendition="opus-48")
        time.sleep(5)
        cpu, began = cpu_seconds(server.pid), time.monotonic()
        time.sleep(5)
        alone = (cpu_seconds(server.pid) - cpu) / (time.monotonic() - began)
        before = anatomy(server.pid)["anon_kb"]
        say(f"whep: {listeners} listeners")
        sent = 'hustings_sent_bytes_total{for="whep"}'
        thread, come = thread_seconds(server.pid, "whep"), time.monotonic()
        bytes_before = server.metrics().get(sent, 0)
        programs = [
            server.program("whep", "taskset", "-c", CLIENTS, MEASURE, "whep", f"127.0.0.1:{server.port + 3}", "/c/talk/whep?rendition=opus-48", "--listeners", listeners // PROCESSES, "--per-second", rate / PROCESSES, "--seconds", seconds + 3, "--network", 8 + n)
            for n in range(PROCESSES)
        ]
        joined(programs, listeners / rate + 60)
        came, thread = time.monotonic() - come, thread_seconds(server.pid, "whep") - thread
        bytes_joining = server.metrics().get(sent, 0) - bytes_before
        # The crowds find each listener's slot first.
        time.sleep(2.5)
        cpu, thread_began, began, bytes_before = cpu_seconds(server.pid), thread_seconds(server.pid, "whep"), time.monotonic(), server.metrics().get(sent, 0)
        time.sleep(seconds)
        took = time.monotonic() - began
        used = (cpu_seconds(server.pid) - cpu) / took - alone
        thread_used, bytes_held = thread_seconds(server.pid, "whep") - thread_began, server.metrics().get(sent, 0) - bytes_before
        grown = (anatomy(server.pid)["anon_kb"] - before) * 1024 / listeners
        for program in programs:
            program.wait(60)
        reports = [p.report() for p in programs]
        stay.stop()
        heard = sum(r["heard"] for r in reports)
        packets = sum(r["packets_per_second"] for r in reports)
        cost = used / packets * 1e6
        # What was sent while they joined is taken off by its bytes, each of which costs as much as later.
        join_ms = (thread - thread_used * bytes_joining / max(bytes_held, 1)) / listeners * 1000
        payload = round(bytes_held / took / packets) - 12 - 16
        say(f"whep: bare, {payload} bytes")
        floors = {name: bare(server, listeners, max(payload, 20), min(seconds, 20), name) for name in ("gcm256", "gcm128", "cm")}
    floor = floors["gcm256"]["us_per_packet"]
    late = {key: max(r["late"][key] for r in reports) for key in ("p50", "p99", "p999", "max")}
    lines = [["ours", f"{cost:.2f}", f"{packets:,.0f}", f"{sum(r['lost'] for r in reports):,}", f"{late['p50']:.2f}", f"{late['p99']:.2f}", f"{late['p999']:.2f}", "yes" if any(r["limited"] for r in reports) else "no"]]
    lines += [[f"bare, {name}", f"{f['us_per_packet']:.2f}", f"{f['packets'] / min(seconds, 20):,.0f}", f"{f['packets'] - f['arrived']:,}", "", "", "", ""] for name, f in floors.items()]
    details = table([f"{listeners:,} listeners", "µs of CPU a packet", "packets a second", "lost", "late p50 in ms", "p99", "p99.9", "crowd was the limit"], lines)
    details += f"\n\n{sum(r['answered'] for r in reports):,} of {sum(r['asked'] for r in reports):,} questions for consent answered, {sum(r['reports'] for r in reports):,} sender reports; {heard:,} heard, joined within {came:.1f} s, a join took {max(r['join_ms']['p50'] for r in reports):.0f} ms (p50), {max(r['join_ms']['p99'] for r in reports):.0f} ms (p99)."
    each = cost * 50 / 1e6
    rows = [
        Row(f"{listeners:,} WebRTC listeners: CPU against the bare loop", f"{cost / floor:.2f}", "1.6", cost / floor <= 1.6),
        Row("WebRTC listeners on one core, by CPU time at 50 packets/s", f"{1 / each:,.0f}", "10,000", 1 / each >= 10_000),
        Row(f"{listeners:,} WebRTC listeners: later than the slot, p99.9", f"{late['p999']:.1f} ms", "20 ms", late["p999"] <= 20),
        Row("WebRTC joins on one core, by CPU time without HTTP", f"{1000 / join_ms:,.0f}/s", "1,000/s", join_ms <= 1),
        Row(f"{listeners:,} WebRTC listeners: resident memory each", f"{grown / 1000:.1f} kB", "64 kB", grown <= 64_000),
        Row(f"{listeners:,} WebRTC listeners: heard", f"{heard:,}", f"{listeners:,}", heard == listeners // PROCESSES * PROCESSES),
    ]
    return rows, details
