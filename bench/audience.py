"""What a stream listener costs: ours on both cadences, the bare loop at the same, Icecast with the same bytes, in one run.

The server runs on the first core and the crowd on the second. Every contender has the same crowd after the one before has
gone. CPU is user and system time of the server's process, ours without what it takes for the same conversation with one
listener. A crowd that was the limit itself is said.
"""
import http.client
import os
import shutil
import socket
import threading
import time
from contextlib import ExitStack

from house import MEASURE, VOICE, Server, anatomy, cpu_seconds, row_of_ports, say
from results import Row, table

TITLE = "What a stream listener costs"
METHOD = """
Listeners of `opus-48` without TLS, in processes of `measure crowd` on the second core; the server on the first. *Bare* is a loop
that writes as many bytes at the same cadence to as many connections (`measure bare`, plain `write`; the io_uring loop of the
bar is not here yet). Icecast is fed with our own Ogg. *Largest gap* is each listener's largest time without a byte.
"""
SERVER, CLIENTS = "0", "1"
PROCESSES = 2
ICECAST = """<icecast><limits><clients>20000</clients><sources>2</sources><queue-size>524288</queue-size><burst-size>65536</burst-size></limits>
<authentication><source-password>bench</source-password><admin-user>admin</admin-user><admin-password>bench</admin-password></authentication>
<hostname>127.0.0.1</hostname><listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>{folder}</basedir><logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><loglevel>1</loglevel></logging>{owner}</icecast>"""


def crowd(server, addr, path, listeners, seconds):
    """Listeners who come within five seconds and stay for so long, in several processes."""
    rate = listeners / 5 / PROCESSES
    return [
        server.program("crowd", "taskset", "-c", CLIENTS, MEASURE, "crowd", addr, path, "--listeners", listeners // PROCESSES, "--per-second", rate, "--seconds", seconds + 4)
        for _ in range(PROCESSES)
    ]


def watch(server, pid, addr, path, listeners, seconds):
    """One contender: µs for a listener and a second, resident bytes for each, and what its crowd met."""
    before = anatomy(pid)["anon_kb"]
    programs = crowd(server, addr, path, listeners, seconds)
    time.sleep(5 + 3)
    cpu, began = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    used, took = cpu_seconds(pid) - cpu, time.monotonic() - began
    grown = (anatomy(pid)["anon_kb"] - before) * 1024 / listeners
    for program in programs:
        program.wait(30)
    return used / took, grown, [program.report() for program in programs]


def icecast(server, stack):
    """Icecast on a port of its own, fed with our stream; its process and its address."""
    folder, port = server.folder / "icecast", row_of_ports()
    folder.mkdir()
    owner = ""
    if os.getuid() == 0:
        # It refuses to run as root.
        owner = "<security><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>"
        shutil.chown(folder, "nobody", "nogroup")
        server.folder.chmod(0o755)
    config = folder / "icecast.xml"
    config.write_text(ICECAST.format(port=port, folder=folder, owner=owner))
    process = server.program("icecast", "taskset", "-c", SERVER, "icecast2", "-c", config)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    ours = http.client.HTTPConnection("127.0.0.1", server.port + 3, timeout=10)
    ours.request("GET", "/c/talk/live.ogg?rendition=opus-48")
    sound = ours.getresponse()
    theirs = socket.create_connection(("127.0.0.1", port), 5)
    theirs.sendall(b"SOURCE /live.ogg HTTP/1.0\r\nAuthorization: Basic c291cmNlOmJlbmNo\r\nContent-Type: application/ogg\r\n\r\n")
    answer = theirs.recv(1000)
    if b" 200 " not in answer:
        raise RuntimeError(f"Icecast does not take our stream: {answer[:80]}")

    def feed():
        try:
            while data := sound.read1(65536):
                theirs.sendall(data)
        except (OSError, ValueError, AttributeError):
            # The connection was closed under it: the measurement is over.
            pass

    threading.Thread(target=feed, daemon=True).start()
    stack.callback(theirs.close)
    stack.callback(ours.close)
    time.sleep(2)
    return process.pid, f"127.0.0.1:{port}"


def bare(server, listeners, cadence_ms, bytes_, seconds):
    """The floor: µs for a listener and a second, and what its crowd met."""
    addr = f"127.0.0.1:{row_of_ports()}"
    loop = server.program("bare", "taskset", "-c", SERVER, MEASURE, "bare", addr, "--listeners", listeners // PROCESSES * PROCESSES, "--cadence-ms", cadence_ms, "--bytes", bytes_, "--seconds", seconds + 12)
    time.sleep(0.5)
    programs = crowd(server, addr, "/", listeners, seconds)
    loop.wait(seconds + 60)
    reports = []
    for program in programs:
        program.wait(30)
        reports.append(program.report())
    return loop.report()["us_per_listener_second"], reports


def merged(reports, key, part):
    return max((r[key][part] for r in reports if r[key]), default=float("nan"))


def measure(quick):
    listeners, seconds = (200, 3) if quick else (int(os.environ.get("AUDIENCE", 15_000)), int(os.environ.get("AUDIENCE_S", 60)))
    found = {}
    with Server(cores=SERVER) as server, ExitStack() as stack:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        addr = f"127.0.0.1:{server.port + 3}"
        stay = server.listener("talk", 900, rendition="opus-48")
        time.sleep(5)
        cpu, began = cpu_seconds(server.pid), time.monotonic()
        time.sleep(5)
        alone = (cpu_seconds(server.pid) - cpu) / (time.monotonic() - began)
        for name, path in (("ours, `live.mp4`, 500 ms", "live.mp4"), ("ours, `live.ogg`, 1 s", "live.ogg")):
            say(f"audience: {name}")
            share, grown, reports = watch(server, server.pid, addr, f"/c/talk/{path}?rendition=opus-48&burst=1", listeners, seconds)
            found[name] = ((share - alone) / listeners * 1e6, grown, reports)
            server.wait_for('hustings_listeners{tier="stream"}', 1, bound=30)
            time.sleep(3)
        for name, cadence, like in (("bare, 500 ms", 500, "ours, `live.mp4`, 500 ms"), ("bare, 1 s", 1000, "ours, `live.ogg`, 1 s")):
            say(f"audience: {name}")
            bytes_ = round(found[like][2][0]["bytes_per_second"] * cadence / 1000)
            cost, reports = bare(server, listeners, cadence, max(bytes_, 100), seconds)
            found[name] = (cost, None, reports)
        if shutil.which("icecast2"):
            say("audience: Icecast")
            pid, addr = icecast(server, stack)
            share, grown, reports = watch(server, pid, addr, "/live.ogg", listeners, seconds)
            found["Icecast 2.4"] = (share / listeners * 1e6, grown, reports)
        stay.stop()
    lines = [
        [name, f"{cost:.1f}", "" if grown is None else f"{grown:.0f}", f"{merged(r, 'largest_gap_ms', 'p99'):.0f}", f"{merged(r, 'first_audio_ms', 'p99'):.0f}", f"{r[0]['deliveries_per_second']:.1f}", sum(x["lost"] for x in r), "yes" if any(x["limited"] for x in r) else "no"]
        for name, (cost, grown, r) in found.items()
    ]
    details = table([f"{listeners:,} listeners", "µs of CPU per listener-second", "bytes each", "largest gap p99 in ms", "first audio p99 in ms", "deliveries a second", "lost", "crowd was the limit"], lines)
    rows = []
    for ours, floor, peer, cadence in (("ours, `live.mp4`, 500 ms", "bare, 500 ms", 0.4, 500), ("ours, `live.ogg`, 1 s", "bare, 1 s", 0.2, 1000)):
        cost, _, reports = found[ours]
        ratio = cost / found[floor][0]
        rows.append(Row(f"{listeners:,} listeners, {ours}: CPU against the bare loop", f"{ratio:.2f}", "1.3", ratio <= 1.3))
        if "Icecast 2.4" in found:
            ratio = cost / found["Icecast 2.4"][0]
            rows.append(Row(f"{listeners:,} listeners, {ours}: CPU against Icecast", f"{ratio:.2f}", f"{peer}", ratio <= peer))
        gap = merged(reports, "largest_gap_ms", "p99")
        rows.append(Row(f"{listeners:,} listeners, {ours}: largest gap, p99", f"{gap:.0f} ms", f"{1.5 * cadence:.0f} ms", gap <= 1.5 * cadence))
    grown = max(found[n][1] for n in list(found)[:2])
    rows.append(Row(f"{listeners:,} listeners: resident memory each", f"{grown:.0f} bytes", "600 bytes", grown <= 600))
    return rows, details
