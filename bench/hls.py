"""LL-HLS: how many requests for a part one core answers, beside nginx with the same bytes in a file, and what a held reload costs.

Server and peer have the first core, in turn, and `wrk` or the players the second. CPU is user and system time of all
processes of the server; ours is without what it takes for the same conversation with one listener.
"""
import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from statistics import median

from house import MEASURE, VOICE, Server, anatomy, cpu_seconds, row_of_ports, say
from results import Row, table

TITLE = "LL-HLS: requests for a core, and held reloads"
METHOD = """
*Requests*: a part of `opus-48` of about 1.6 kB over 64 connections that stay, by `wrk` on the second core; the same bytes by one
nginx worker from a file (Debian's nginx with `sendfile`, `tcp_nopush`, a cache of open files and no log), in turn on the first
core. The ratio is that of requests in a second, and that of requests for a second of the server's CPU. *Reloads*: players in
processes of `measure reloads`, each of whom holds a request for the playlist of the next part, again and again (five a second
each). Memory is the growth of resident memory without files, CPU is without what the same conversation takes by itself.
"""
SERVER, CLIENTS = "0", "1"
CONNECTIONS = 64
PROCESSES = 2
NGINX = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=100;
  types {{ audio/mp4 m4s; }} etag on; add_header cache-control "public, max-age=12, immutable"; add_header access-control-allow-origin *;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/root; }} }}"""


def fetch(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def newest_parts(port):
    """Names of the parts of the last seconds, and how long each is."""
    playlist = fetch(port, "/c/talk/hls/opus-48.m3u8").decode()
    names = re.findall(r'EXT-X-PART:.*URI="([^"]+)"', playlist)[-10:]
    return {name: fetch(port, f"/c/talk/hls/{name}") for name in names}


def wrk(port, path, seconds):
    """Requests in a second."""
    done = subprocess.run(["taskset", "-c", CLIENTS, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, timeout=seconds + 20)
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    if not found or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"wrk: {done.stdout} {done.stderr}")
    return float(found[1])


def nginx(server):
    """One worker of nginx on the server's core; its process, its port and the folder that it serves."""
    folder, port = server.folder / "nginx", row_of_ports()
    root = folder / "root"
    root.mkdir(parents=True)
    server.folder.chmod(0o755)
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = server.program("nginx", "taskset", "-c", SERVER, program, "-e", folder / "error.log", "-c", config)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    return process.pid, port, root


def requests(server, rounds, seconds, alone):
    """Requests in a second and for a second of CPU: [(ours, theirs)] of each round."""
    port = server.port + 3
    peer, peer_port, root = nginx(server)
    found = []
    for n in range(rounds):
        name, body = min(newest_parts(port).items(), key=lambda part: abs(len(part[1]) - 1600))
        (root / f"{n}.m4s").write_bytes(body)
        both = []
        contenders = [(server.pid, port, f"/c/talk/hls/{name}", alone), (peer, peer_port, f"/{n}.m4s", 0)]
        # Who begins changes from round to round.
        for pid, at, path, idle in contenders if n % 2 == 0 else contenders[::-1]:
            cpu, began = cpu_seconds(pid), time.monotonic()
            rate = wrk(at, path, seconds)
            took = time.monotonic() - began
            both.append((rate, rate * took / max(cpu_seconds(pid) - cpu - idle * took, 0.001)))
        found.append((len(body), *(both if n % 2 == 0 else both[::-1])))
        say(f"hls: round {n + 1}: {both}")
    return found


def settled_kb(pid):
    """Resident memory without files, once what was given back before is gone: within a tenth of a percent for three seconds."""
    last = anatomy(pid)["anon_kb"]
    for _ in range(10):
        time.sleep(3)
        now = anatomy(pid)["anon_kb"]
        if abs(now - last) * 1000 <= last:
            break
        last = now
    return now


def reloads(server, players, seconds, alone, gzip):
    """Players who hold: µs of CPU for an answer, bytes of each, and what they met."""
    addr = f"127.0.0.1:{server.port + 3}"
    before = settled_kb(server.pid)
    rate = 3000 / PROCESSES
    extra = ["--gzip"] if gzip else []
    programs = [
        server.program("reloads", "taskset", "-c", CLIENTS, MEASURE, "reloads", addr, "/c/talk/hls/opus-48.m3u8", "--players", players // PROCESSES, "--per-second", rate, "--seconds", seconds, *extra)
        for _ in range(PROCESSES)
    ]
    # All have come, and are watched.
    time.sleep(players / 3000 + 4)
    cpu, began = cpu_seconds(server.pid), time.monotonic()
    time.sleep(seconds - 3)
    grown = (anatomy(server.pid)["anon_kb"] - before) * 1024 / players
    share = (cpu_seconds(server.pid) - cpu) / (time.monotonic() - began) - alone
    reports = []
    for program in programs:
        program.wait(60)
        reports.append(program.report())
    rate = sum(r["answers"] / r["seconds"] for r in reports)
    return share / max(rate, 1e-9) * 1e6, grown, rate / players, reports


def measure(quick):
    rounds, seconds = (2, 2) if quick else (int(os.environ.get("HLS_ROUNDS", 5)), 5)
    players, hold = (500, 5) if quick else (int(os.environ.get("RELOADS", 15_000)), 20)
    held = {}
    with Server(cores=SERVER) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        stay = server.listener("talk", 900, rendition="opus-48")
        time.sleep(5)
        cpu, began = cpu_seconds(server.pid), time.monotonic()
        time.sleep(5)
        alone = (cpu_seconds(server.pid) - cpu) / (time.monotonic() - began)
        found = requests(server, rounds, seconds, alone)
        for gzip in (False, True):
            name = "compressed" if gzip else "plain"
            say(f"hls: {players} held reloads, {name}")
            held[name] = reloads(server, players, hold, alone, gzip)
            time.sleep(3)
        stay.stop()
    ratios = sorted(ours[0] / theirs[0] for _, ours, theirs in found)
    by_cpu = sorted(ours[1] / theirs[1] for _, ours, theirs in found)
    lines = [[n + 1, size, *(f"{x:,.0f}" for x in (*ours, *theirs)), f"{ours[0] / theirs[0]:.2f}", f"{ours[1] / theirs[1]:.2f}"] for n, (size, ours, theirs) in enumerate(found)]
    head = ["round", "bytes of the part", "ours: requests/s", "and for a second of CPU", "nginx: requests/s", "and for a second of CPU", "ratio", "ratio by CPU"]
    details = table(head, lines) + "\n\n"
    lines = [
        [name, f"{cost:.1f}", f"{grown:.0f}", f"{rate:.1f}", f"{max(r['later_ms']['p50'] for r in reports):.0f}", f"{max(r['later_ms']['p99'] for r in reports):.0f}", f"{reports[0]['bytes']:.0f}", sum(r["failures"] for r in reports), "yes" if any(r["limited"] for r in reports) else "no"]
        for name, (cost, grown, rate, reports) in held.items()
    ]
    head = [f"{players:,} held reloads", "µs of CPU for an answer", "bytes of memory each", "answers a second each", "later than the first p50 in ms", "p99", "bytes of an answer", "failures", "players were the limit"]
    details += table(head, lines)
    cost, grown = max(h[0] for h in held.values()), max(h[1] for h in held.values())
    failures = sum(r["failures"] for h in held.values() for r in h[3])
    rows = [
        Row("Requests for a part on one core, against nginx", f"{median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})", "1.0", median(ratios) >= 1),
        Row("The same for a second of CPU", f"{median(by_cpu):.2f} ({by_cpu[0]:.2f}–{by_cpu[-1]:.2f})", "1.0", median(by_cpu) >= 1),
        Row(f"{players:,} held reloads: memory each", f"{grown:.0f} bytes", "1,024 bytes", grown <= 1024),
        Row(f"{players:,} held reloads: CPU for an answer", f"{cost:.1f} µs", "12 µs", cost <= 12),
        Row(f"{players:,} held reloads: failures", f"{failures}", "0", failures == 0),
    ]
    return rows, details
