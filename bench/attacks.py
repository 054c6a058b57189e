"""Attacks from another network namespace, while honest people open an event, listen and come.

Each attack lasts some seconds, and in its midst the host presses start. What is asked of the server is the same each time:
the stage opens, who listens misses nothing, who comes hears, memory and descriptors stay under their ceilings, and afterwards
everything is as before. What the attacker's own program says of its load stands beside it.
"""
import hashlib
import http.client
import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

from arrivals import join
from house import HUSTINGS, ROOT, VOICE, Server, Skipped, say
from namespace import SERVER, Namespace
from reckon import bounds, percentile, within
from results import Row, table

TITLE = "Attacks"
SECONDS = float(os.environ.get("ATTACK_S", 8))
# A head or a body may take ten seconds: who is slower is known by then.
SLOW = 14.0
# Who takes nothing is given up after half a minute (`STALLED_LISTENER_SECONDS`), and who leaves is known by then.
LONG = 34.0
HONEST = 20
METHOD = f"""
Each attack meets a server of its own. The attacker sits in another network namespace with addresses of his own (254 of one network, or
12,000 of 48), has the second core, and does one thing for {SECONDS:g} s (slow heads and bodies for {SLOW:g} s; slow readers, and who is judged by staying for half a minute, for {LONG:g} s). On the first core the server, on both
{HONEST} listeners of `live.mp4` by `hustings listen`, whose seconds with a glitch are counted, and new ones from another address, ten a second,
whose first sound is waited for; under *tickets taken and not used* they have no ticket and ask for one, as a page does. After 2 s the host presses start at the pages' listener: *opened* is how long the answer took. *Ticks
late* is the stage's histogram, an upper bound. Memory and descriptors are the most of all processes of the server. *Recovered* is when,
after the attack, a newcomer hears within 500 ms. Then the server is stopped, its evidence is exported and checked by `hustings verify`, and
*known by* is what that names of the strongest minute: the figures that spoke for an attack, with their points (400 make a finding).
`ATTACK=STUN,slow bench/run attacks` runs those whose names hold one of these words; with `ATTACKS_KEPT=FILE` what was measured is kept, and
the table is of all that is in the file.
"""
TOOLS = ROOT / "bench/attack"
PYTHON = ROOT / ".tools/venv/bin/python"
# Ceilings that are the server's own: what `limits.rs` lets it hold, and the tables of its processes.
MEMORY_MB_MAX, DESCRIPTORS_MAX = 1500, 60_000
OWN = lambda script, *arguments: [PYTHON, TOOLS / f"{script}.py", *arguments]


class Attack:
    """One: its name, what it goes against, the attacker's program for a server, and what that server needs."""

    def __init__(self, name, where, command, tls=False, seconds=SECONDS, environment=None, asks=False):
        self.name, self.where, self.command, self.tls, self.seconds = name, where, command, tls, seconds
        self.environment, self.asks = environment or {}, asks


def debian(tool, *arguments):
    """A public tool; what is not installed is said."""
    found = shutil.which(tool) or shutil.which(f"/usr/sbin/{tool}")
    if not found:
        raise Skipped(f"{tool} is not installed: make setup")
    return [found, *arguments]


def of_tcp(kind, port, path="", **more):
    """Our own, on connections. `path` may hold {slug}."""
    return lambda on: OWN("tcp", kind, SERVER, on.port + port, on.seconds, *([path.format(slug=on.slug)] if path else []))


def of_udp(kind, port):
    return lambda on: OWN("udp", kind, SERVER, on.port + port, on.seconds, *([on.captured] if kind == "replay" else []))


def of_api(kind, port):
    return lambda on: OWN("api", kind, SERVER, on.port + port, on.seconds, on.slug, *([on.token] if kind == "bombs" else []))


def of_http2(kind):
    return lambda on: OWN("http2", kind, SERVER, on.port, on.seconds)


def slow(kind, path):
    """slowhttptest: 4,000 connections, 2,000 a second."""
    how = ["-c", "4000", "-r", "2000", "-i", "1", "-u"]
    return lambda on: debian("slowhttptest", kind, "-l", int(on.seconds), *how, f"http://{SERVER}:{on.port}{path.format(slug=on.slug)}")


STAGE, AUDIENCE_UDP, AUDIENCE = 1, 2, 3
STREAM, LIVE = "/c/{slug}/live.mp4?rendition=opus-48", "/c/{slug}/hls/opus-48.m3u8"
GATE = {"HUSTINGS_GATE_LISTENERS": "2000", "HUSTINGS_GATE_JOINS_PER_SECOND": "200"}

ATTACKS = [
    Attack("connections that say nothing", "audience", of_tcp("hold", AUDIENCE)),
    Attack("connections that say nothing, at the pages", "pages", of_tcp("hold", 0)),
    Attack("SYN flood, forged sources (hping3)", "audience", lambda on: debian("timeout", on.seconds, *debian("hping3", "-q", "-S", "--flood", "--rand-source", "-p", on.port + AUDIENCE, SERVER))),
    Attack("slow heads (slowhttptest -H)", "pages", slow("-H", "/c/{slug}"), seconds=SLOW),
    Attack("slow bodies (slowhttptest -B)", "pages", slow("-B", "/api/v1/sign-in/password"), seconds=SLOW),
    Attack("slow readers (slowhttptest -X)", "pages", slow("-X", "/c/{slug}"), seconds=LONG),
    Attack("heads that drip in", "audience", of_tcp("drip", AUDIENCE), seconds=SLOW),
    Attack("heads of 64 kB, and noise", "audience", of_tcp("heads", AUDIENCE, STREAM)),
    Attack("bodies that lie about their length", "pages", of_tcp("bodies", 0, "/api/v1/conversations/{slug}/chat")),
    Attack("streams that are never read", "audience", of_tcp("listen", AUDIENCE, STREAM), seconds=LONG),
    Attack("LL-HLS reloads that are held", "audience", of_tcp("reload", AUDIENCE, LIVE)),
    Attack("LL-HLS for parts that are far", "audience", of_tcp("far", AUDIENCE, LIVE)),
    Attack("event streams, one after the other", "audience", of_tcp("follow", AUDIENCE, "/c/{slug}/events")),
    Attack("streams that are opened and left", "audience", of_tcp("leave", AUDIENCE, STREAM), seconds=LONG),
    Attack("STUN flood", "stage", of_udp("stun", STAGE)),
    Attack("DTLS ClientHellos, whole and in fragments", "stage", of_udp("dtls", STAGE)),
    Attack("SRTP flood", "stage", of_udp("srtp", STAGE)),
    Attack("SRTP of a speaker, replayed", "stage", of_udp("replay", STAGE)),
    Attack("datagrams with forged sources", "stage", of_udp("forged", STAGE)),
    Attack("STUN flood at the audience's port", "audience", of_udp("stun", AUDIENCE_UDP)),
    Attack("credential stuffing", "pages", of_api("signin", 0)),
    Attack("forged tokens", "pages", of_api("tokens", 0)),
    Attack("chat of strangers", "pages", of_api("floor", 0)),
    Attack("reports of pages that are nobody's", "audience", of_api("here", AUDIENCE)),
    Attack("tickets and places, forged", "pages", of_api("forgeries", 0), environment=GATE),
    Attack("tickets taken and not used", "pages", of_api("tickets", 0), environment=GATE, asks=True),
    Attack("audio bombs of somebody with a link", "pages", of_api("bombs", 0)),
    Attack("API flood (wrk)", "pages", lambda on: debian("wrk", "-t1", "-c200", f"-d{int(on.seconds)}s", f"http://{SERVER}:{on.port}/api/v1/conversations")),
    Attack("TLS handshakes that are dropped", "audience", of_tcp("shake", AUDIENCE), tls=True),
    Attack("TLS handshakes that are dropped, at the pages", "pages", of_tcp("shake", 0), tls=True),
    Attack("HTTP/2 rapid reset", "pages", of_http2("reset"), tls=True),
    Attack("HTTP/2 CONTINUATION flood", "pages", of_http2("continuation"), tls=True),
    Attack("HTTP/2 HPACK bomb", "pages", of_http2("table"), tls=True),
    Attack("HTTP/2 ping flood", "pages", of_http2("ping"), tls=True),
    Attack("HTTP/2 settings flood", "pages", of_http2("settings"), tls=True),
    Attack("HTTP/2 windows that never open", "pages", of_http2("window"), tls=True, seconds=LONG),
    Attack("HTTP/2 requests (h2load)", "pages", lambda on: debian("h2load", "-c", "50", "-m", "100", "-D", int(on.seconds), f"https://{SERVER}:{on.port}/"), tls=True),
]


def press(server, slug, token, verb):
    """The host presses a button on the page: milliseconds until it is done, or nothing."""
    began = time.monotonic()
    try:
        if server.tls:
            context = ssl.create_default_context(cafile=str(server.cert))
            line = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=10, context=context)
        else:
            line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        line.request("POST", f"/api/v1/conversations/{slug}/{verb}", headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        answer.read()
        line.close()
        return (time.monotonic() - began) * 1000 if answer.status == 200 else None
    except OSError:
        return None


class Watch(threading.Thread):
    """The most memory and descriptors that a server has had."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.over, self.memory_mb, self.descriptors = server, threading.Event(), 0, 0

    def run(self):
        while not self.over.wait(0.5):
            try:
                found = self.server.anatomy()
            except (OSError, KeyError):
                continue
            self.memory_mb = max(self.memory_mb, found["rss_kb"] / 1024)
            self.descriptors = max(self.descriptors, found["fds"])


def points(server, slug):
    """What the evidence says of the strongest minute: its finding, and the figures that spoke for an attack with their points."""
    bundle = server.file(f"{slug}.bundle")
    server.command("evidence", "export", slug, bundle)
    said = subprocess.run([HUSTINGS, "verify", str(bundle), "--json"], capture_output=True, text=True, timeout=20)
    report = json.loads(said.stdout)
    signs = ", ".join(f"{sign['says']} ({sign['points']})" for sign in report.get("signs", [])[:3])
    verdict = report["finding"]["verdict"] if report["good"] else f"not good: {report['problems']}"
    return verdict, f"{verdict} {report['finding']['attack']}: {signs}"


def recovered(url, trust, bound=15):
    """Seconds until a newcomer hears within 500 ms."""
    began = time.monotonic()
    while time.monotonic() - began < bound:
        heard, _ = join([url], 0, bound=2, trust=trust)
        if heard and heard[0] <= 500:
            return time.monotonic() - began
        time.sleep(0.1)
    return bound


def whole_minute(seconds):
    """Waits until so many seconds are left of a minute, so that what follows is one record's."""
    left = 60 - time.time() % 60
    if left < seconds + 6:
        time.sleep(left + 0.2)


def one_of(attack, outside, quick):
    """One attack, and what honest people met meanwhile."""
    seconds = 4.0 if quick else attack.seconds
    environment = {"HUSTINGS_STAGE_ADVERTISE": "127.0.0.1"} | attack.environment
    whole_minute(seconds)
    with Server(cores="0", tls=attack.tls, listen="0.0.0.0", environment=environment) as server:
        met = met_with(server, attack, outside, seconds)
        server.process.stop(15, signal.SIGTERM)
        met["verdict"], met["named"] = points(server, server.slug)
        return met


def met_with(server, attack, outside, seconds):
    slug = server.slug = "event"
    server.seconds, server.captured = seconds, str(server.file("captured"))
    server.command("conversation", "create", slug, "--title", "An evening")
    speaker = server.speaker(slug, "guest", VOICE)
    server.token = server.command("token", slug, "--role", "host", "--seat", "host")
    trust = str(server.cert) if server.tls else None
    url = f"{'https' if trust else 'http'}://127.0.0.1:{server.port + 3}/c/{slug}/live.mp4?rendition=opus-48"
    many = int((seconds - 1) * 10)
    urls = tickets(server, slug, many + 20) if attack.environment else [url] * (many + 20)
    listeners = server.listener(slug, seconds + 3, rendition="opus-48", listeners=HONEST, trust=True)
    time.sleep(2)
    if "replayed" in attack.name:
        capture(server.port + STAGE, server.captured)
    before, watch = server.metrics(), Watch(server)
    watch.start()
    attacker = server.program("attack", "taskset", "-c", "1", *outside.command(*attack.command(server)))
    found = {}
    opening = threading.Timer(2, lambda: found.update(opened=press(server, slug, server.token, "start")))
    opening.start()
    came, failed = come(server, slug, many, seconds) if attack.asks else join(urls[20:], 0.1, bound=seconds + 4, trust=trust)
    attacker.wait(seconds + 8)
    back = recovered(urls[0], trust)
    opening.join()
    watch.over.set()
    listeners.wait(seconds + 30)
    heard = listeners.report()
    after = server.metrics()
    speaker.stop()
    late = within(bounds(before, after, "hustings_tick_lateness_seconds"), 99.9) * 1000
    said = attacker.said().strip().splitlines()
    glitches = 100 * sum(one["glitch_seconds"] for one in heard) / max(sum(one["seconds"] for one in heard), 1e-9)
    return {
        "opened": found.get("opened"), "late": late, "glitches": glitches, "failed": len(failed), "why": sorted(set(failed))[:3],
        "p99": percentile(came, 99), "memory": watch.memory_mb, "descriptors": watch.descriptors, "back": back,
        "load": load_of(said, attacker.complaint()), "tools": attacker.complaint()[-300:],
    }


def load_of(said, complained):
    """What the attacker's program says of its own load, in one line."""
    if said and said[-1].startswith("{"):
        return ", ".join(f"{name} {value:,}" for name, value in json.loads(said[-1]).items())
    complained = re.sub("\x1b[^m]*m", "", complained)
    said = [re.sub("\x1b[^m]*m", "", line) for line in said]
    slow = [line.split() for line in said if line.split(":")[0].strip() in ("connected", "error", "closed")]
    if slow:
        return "4,000 connections: at the end " + ", ".join(" ".join(words).replace(": ", " ") for words in slow[-3:])
    telling = ("requests in", "Requests/sec", "packets transmitted", "closed:", "finished in")
    words = [line.strip() for line in said + complained.splitlines() if any(word in line for word in telling)]
    return "; ".join(words)[:90] or (said[-1].strip()[:90] if said else "")


def tickets(server, slug, many):
    """Addresses with a ticket each, handed out by the host and exchanged before the attack."""
    def post(path, body, **fields):
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        line.request("POST", path, body=json.dumps(body), headers={"Content-Type": "application/json"} | fields)
        answer = line.getresponse()
        told = json.loads(answer.read())
        line.close()
        if answer.status not in (200, 201):
            raise RuntimeError(f"no ticket before the attack: {answer.status} {told}")
        return told

    def one(n):
        # A tenth of a second's joins is what the gate lets come at once.
        time.sleep(0.01)
        handed = post(f"/api/v1/conversations/{slug}/tickets", {}, Authorization=f"Bearer {server.token}")
        return post(f"/c/{slug}/tickets", {"ticket": handed["ticket"], "secret": f"{n:032x}"})["address"] + "&rendition=opus-48"

    return [one(n) for n in range(many)]


def come(server, slug, many, seconds):
    """Newcomers without a ticket, ten a second, from an address that is not this machine's own: each asks as a page does, solves what
    it is challenged with, waits by its place if it must, and listens. First sounds in ms from the first request on, and who had none."""
    ears, heard, failed = [], [], []

    def one(n):
        began, asks = time.monotonic(), {"tier": "stream", "secret": f"{n:032x}"}
        try:
            while True:
                status, told = ask(SERVER, server.port, f"/c/{slug}/tickets", asks)
                if status == 200:
                    break
                if status == 428:
                    asks |= {"challenge": told["challenge"], "solution": solve(told["challenge"])}
                elif status == 202:
                    asks = {"tier": "stream", "secret": told["secret"], "place": told["place"]}
                    time.sleep(random.uniform(0, told["poll_s"]))
                else:
                    raise RuntimeError(f"{status} {told}")
            asked = (time.monotonic() - began) * 1000
            came, lost = join([told["address"] + "&rendition=opus-48"], 0, bound=seconds)
            heard.extend(asked + ms for ms in came)
            failed.extend(lost)
        except (OSError, RuntimeError) as error:
            failed.append(str(error))

    began = time.monotonic()
    for n in range(many):
        time.sleep(max(0.0, began + n * 0.1 - time.monotonic()))
        ears.append(threading.Thread(target=one, args=(n,), daemon=True))
        ears[-1].start()
    end = time.monotonic() + 15
    for ear in ears:
        ear.join(max(0.1, end - time.monotonic()))
    return heard, failed + ["no sound in time"] * (many - len(heard) - len(failed))


def ask(host, port, path, body):
    """The status of a POST, and its answer."""
    line = http.client.HTTPConnection(host, port, timeout=10)
    line.request("POST", path, body=json.dumps(body), headers={"Content-Type": "application/json"})
    answer = line.getresponse()
    told = json.loads(answer.read())
    line.close()
    return answer.status, told


def solve(challenge):
    """Sixteen numbers, each of which makes a hash that begins with twelve zeros."""
    seed = hashlib.sha256(challenge.encode()).digest()
    right = lambda at, n: hashlib.sha256(seed + bytes([at]) + n.to_bytes(4, "big")).digest()[:2] < b"\0\x10"
    return [next(n for n in itertools.count() if right(at, n)) for at in range(16)]


def capture(port, path, bound=3.0):
    """Datagrams that go to the stage, as somebody on the way would have recorded them: lengths and bytes."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
    tap.settimeout(0.5)
    tap.bind(("lo", 0x0800))
    end, found = time.monotonic() + bound, []
    while time.monotonic() < end and len(found) < 400:
        try:
            packet = tap.recv(2048)
        except TimeoutError:
            continue
        head = (packet[0] & 15) * 4
        if packet[9] == 17 and int.from_bytes(packet[head + 2:head + 4], "big") == port and packet[head + 8] >> 6 == 2:
            found.append(packet[head + 8:])
    tap.close()
    with open(path, "wb") as file:
        file.write(b"".join(len(one).to_bytes(2, "big") + one for one in found))


def measure(quick):
    wanted = [word.strip().lower() for word in os.environ.get("ATTACK", "").split(",")]
    kept = os.environ.get("ATTACKS_KEPT")
    done = {}
    if kept and os.path.exists(kept):
        with open(kept) as file:
            done = {one["name"]: one for one in map(json.loads, file)}
    with Namespace() as outside:
        for attack in ATTACKS:
            if not any(word in attack.name.lower() for word in wanted):
                continue
            say(f"attacks: {attack.name}, at the {attack.where}")
            met = one_of(attack, outside, quick)
            done[attack.name] = {"name": attack.name, "where": attack.where} | met
            say(f"attacks: {json.dumps(met)}")
            if kept:
                with open(kept, "w") as file:
                    file.writelines(json.dumps(one) + "\n" for one in done.values())
    return rows([(attack.name, attack.where, done[attack.name]) for attack in ATTACKS if attack.name in done])


def rows(done):
    def worst(key, limit):
        bad = [(name, met[key]) for name, _, met in done if met[key] is None or not met[key] <= limit]
        return bad
    late = worst("opened", 2000)
    glitches, slow, lost = worst("glitches", 0.5), worst("p99", 2000), worst("failed", 0)
    unnamed = [(name, met["named"]) for name, _, met in done if met["verdict"] not in ("attack", "both")]
    heavy = worst("memory", MEMORY_MB_MAX) + worst("descriptors", DESCRIPTORS_MAX)
    unwell = worst("back", 10)
    some = lambda bad: "none" if not bad else "; ".join(f"{name}: {'no answer' if value is None else f'{value:.1f}'}" for name, value in bad)
    figures = [
        Row(f"of {len(done)} attacks, those under which the host's start took over 2 s", some(late), "none", not late),
        Row("those with over 0.5 % of honest listeners' seconds with a glitch", some(glitches), "none", not glitches),
        Row("those under which a newcomer's first sound took over 2 s (p99)", some(slow), "none", not slow),
        Row("those under which a newcomer heard nothing", some(lost), "none", not lost),
        Row(f"those that took over {MEMORY_MB_MAX} MB or {DESCRIPTORS_MAX:,} descriptors", some(heavy), "none", not heavy),
        Row("those from which it took over 10 s to recover", some(unwell), "none", not unwell),
        Row("those that the evidence does not call an attack", "; ".join(name for name, _ in unnamed) or "none", "none", not unnamed),
    ]
    line = lambda name, where, met: [name, where, met["load"].replace("|", "/"), "none" if met["opened"] is None else f"{met['opened']:.0f}", f"{met['late']:.0f}", f"{met['glitches']:.2f}", f"{met['p99']:.0f}", met["failed"], f"{met['memory']:.0f}", f"{met['descriptors']:,}", f"{met['back']:.1f}", met["named"]]
    head = ["attack", "at the", "load", "opened, ms", "ticks late p99.9, ms", "glitch seconds, %", "first sound p99, ms", "heard nothing", "MB", "descriptors", "recovered, s", "known by"]
    return figures, table(head, [line(*one) for one in done])
