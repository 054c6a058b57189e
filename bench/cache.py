"""Caches in front of the HLS tier: what the server sees of an audience that a cache carries, and whether it is counted.

Varnish and nginx run with the recipes of deploy/, of which only addresses are changed, on the server's core; the viewers on
the other. Each contender has the same audiences, one after the other. What the server was asked is what the cache wrote down
of it, request by request; the server's own count of requests must agree.
"""
import http.client
import json
import os
import re
import shutil
import time
from collections import Counter

from house import MEASURE, ROOT, VOICE, Server, cpu_seconds, row_of_ports, say
from results import Row, table

TITLE = "An audience behind a cache"
METHOD = """
Viewers of `opus-48` (`measure viewers`, on the second core) through Varnish and nginx with the recipes in `deploy/` (on the first
core, as the server). *Low-latency* viewers ask for the next playlist before it is there and for the hinted part; the others ask
for a playlist once in two seconds and for each segment. All report themselves as the page does, each from an address of its
own. *Playlists* and *media* are requests to the server for each part (or segment), between the first and the last part that it was
asked for while all watched, by the cache's own log. *Most* is the largest number for one part. *Counted* is what
`/audience` said at the end, with its interval. A *gap* is sound that came after the last was played.
"""
SERVER, CLIENTS = "0", "1"
# A page's first report comes within 15 s; the rate has settled 20 s after that.
SETTLE_S = 45


def varnish(server, port):
    """Varnish with the recipe; the processes whose time counts."""
    text = (ROOT / "deploy/varnish.vcl").read_text().replace('"8083"', f'"{server.port + 3}"')
    (server.folder / "cache.vcl").write_text(text)
    work = server.folder / "varnish"
    run = server.program("varnish", *server.on, "varnishd", "-F", "-j", "none", "-n", work, "-a", f"127.0.0.1:{port}", "-f", server.folder / "cache.vcl", "-s", "malloc,256m")
    ready(port)
    log = server.program("log", "taskset", "-c", CLIENTS, "varnishncsa", "-b", "-n", work, "-w", server.folder / "asked", "-F", "%{%s}t %U%q")
    return lambda: children(run.pid), log.stop


def nginx(server, port):
    """nginx with the recipe; the processes whose time counts."""
    text = (ROOT / "deploy/nginx-cache.conf").read_text()
    folder = server.folder / "nginx"
    folder.mkdir()
    for old, new in (("127.0.0.1:8083", f"127.0.0.1:{server.port + 3}"), ("listen 80;", f"listen 127.0.0.1:{port};"), ("listen [::]:80;", ""), ("/var/cache/nginx/hustings", str(folder / "cache"))):
        text = text.replace(old, new)
    user = "user root;" if os.getuid() == 0 else ""
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    # A line for each request that went to the server.
    log = f"log_format asked '$msec $uri?$args'; map $upstream_addr $went {{ default 1; '' 0; }} access_log {server.folder}/asked asked if=$went;"
    (folder / "nginx.conf").write_text(f"daemon off; pid {folder}/pid; error_log stderr error; worker_processes 1; {user} worker_rlimit_nofile 20000;\nevents {{ worker_connections 15000; }}\nhttp {{ {log} {temporary}\n{text}\n}}\n")
    run = server.program("nginx", *server.on, "nginx", "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf")
    ready(port)
    return lambda: children(run.pid), lambda: None


def children(pid):
    """A process and those that it started."""
    found = [pid]
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.append(int(entry))
    return found


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def ready(port):
    for _ in range(200):
        try:
            # The server's own answer, through the cache.
            if ask(port, "/c/-/audience")[0] == 404:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the cache does not serve")


def asked(log, kind, begin, end):
    """Requests for each part or segment: for playlists, for media, and the most for one; from the first to the last that was
    asked for between two moments, so that neither end is counted half."""
    media = re.compile(r"/hls/opus-48/(\d+)\.(\d+)\.m4s" if kind == "--low-latency" else r"/hls/opus-48/(\d+)()\.m4s")
    lines = [line.split(" ", 1) for line in log.read_text().splitlines() if " " in line]
    urls = [url for at, url in lines if begin <= float(at) <= end]
    places = [n for n, url in enumerate(urls) if media.search(url)]
    # After the request for the first until that for the last.
    urls = urls[places[0] + 1 : places[-1] + 1]
    parts = Counter(media.search(url).groups() for url in urls if media.search(url))
    playlists = [url for url in urls if "opus-48.m3u8" in url]
    waited = Counter(m.groups() for url in playlists if (m := re.search(r"_HLS_msn=(\d+)&_HLS_part=(\d+)", url)))
    most = max(parts[part] + waited[part] for part in parts)
    return len(playlists) / len(parts), sum(parts.values()) / len(parts), most


def watch(server, port, processes, stop_log, viewers, kind, seconds):
    """One audience behind one cache."""
    rate = max(50, viewers / 10)
    coming = viewers / rate + 4
    program = server.program("viewers", "taskset", "-c", CLIENTS, MEASURE, "viewers", f"127.0.0.1:{port}", "/c/talk/hls/opus-48.m3u8", kind, "--viewers", viewers, "--per-second", rate, "--heartbeat", "--seconds", SETTLE_S + seconds + 5)
    time.sleep(coming + SETTLE_S)
    cpu = lambda pids: sum(cpu_seconds(pid) or 0 for pid in pids)
    pids = processes()
    begin, began, ours, theirs = time.time(), time.monotonic(), cpu_seconds(server.pid), cpu(pids)
    time.sleep(seconds)
    end, took = time.time(), time.monotonic() - began
    ours, theirs = cpu_seconds(server.pid) - ours, cpu(pids) - theirs
    said = json.loads(ask(server.port + 3, "/c/talk/audience")[1])
    program.wait(60)
    stop_log()
    log = server.folder / "asked"
    playlists, media, most = asked(log, kind, begin, end)
    written = sum("/hls/" in line for line in log.read_text().splitlines())
    counted = sum(n for name, n in server.metrics().items() if name.startswith("hustings_hls_requests_total"))
    if abs(written - counted) > 20:
        raise RuntimeError(f"the cache wrote {written} requests down and the server counted {counted:.0f}")
    return {"playlist": playlists, "media": media, "most": most, "said": said, "report": program.report(), "ours": ours / took, "theirs": theirs / took}


def measure(quick):
    seconds = 5 if quick else int(os.environ.get("CACHE_S", 60))
    audiences = [(50, "--low-latency"), (100, "--segments")] if quick else [(1000, "--low-latency"), (5000, "--segments")]
    rows, lines = [], []
    for name, start in (("Varnish", varnish), ("nginx", nginx)):
        if not shutil.which("varnishd" if name == "Varnish" else "nginx"):
            continue
        for viewers, kind in audiences:
            # A server of its own for each, so that no count of the one before is left.
            with Server(cores=SERVER) as server:
                server.live("talk")
                server.speaker("talk", "guest", VOICE)
                server.wait_for("hustings_speakers", 1)
                port = row_of_ports()
                processes, stop_log = start(server, port)
                how = "low-latency" if kind == "--low-latency" else "by segments"
                say(f"cache: {name}, {viewers:,} viewers, {how}")
                met = watch(server, port, processes, stop_log, viewers, kind, seconds)
            said, report = met["said"], met["report"]
            low, high = said["interval"]["low"], said["interval"]["high"]
            lines.append([f"{name}, {viewers:,} {how}", f"{met['playlist']:.2f}", f"{met['media']:.2f}", met["most"], f"{said['listening']:,}", f"{low:,} to {high:,}", said["sampled"]["one_in"], report["with_gaps"], f"{(report['largest_gap_ms'] or {'p99': 0})['p99']:.0f}", sum(report["errors"].values()), f"{100 * met['ours']:.1f}", f"{100 * met['theirs']:.1f}", f"{100 * report['own_cpu']:.0f}{' (the limit)' if report['limited'] else ''}"])
            if name == "Varnish":
                what = "part" if kind == "--low-latency" else "segment"
                asked = met["playlist"] + met["media"]
                rows.append(Row(f"{viewers:,} viewers {how} behind Varnish: requests that the server sees for each {what}", f"{asked:.2f}", "2", asked <= 2))
                rows.append(Row(f"{viewers:,} viewers {how} behind Varnish: counted", f"{said['listening']:,} ({low:,} to {high:,})", "within the interval", low <= viewers <= high))
    return rows, table(["audience", "playlists", "media", "most", "counted", "interval", "one in", "viewers with gaps", "largest gap p99 in ms", "refusals", "server, % of a core", "cache, % of a core", "viewers, % of a core"], lines)
