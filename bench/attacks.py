"""Attacks from another network namespace, while honest people open an event, listen and come.

Each attack lasts some seconds, and in its midst the host presses start. What is asked of the server is the same each time:
the stage opens, who listens misses nothing, who comes hears, memory and descriptors stay under their ceilings, and afterwards
everything is as before. What the attacker's own program says of its load stands beside it.
"""
import http.client
import json
import os
import shutil
import ssl
import statistics
import threading
import time

from arrivals import join
from house import HUSTINGS, ROOT, VOICE, Server, Skipped, say
from namespace import SERVER, Namespace
from reckon import bounds, within
from results import Row, table

TITLE = "Attacks"
SECONDS = float(os.environ.get("ATTACK_S", 8))
HONEST = 20
METHOD = f"""
The attacker sits in another network namespace with addresses of his own (254 of one network, or 12,000 of 48), has the second core,
and does one thing for {SECONDS:g} s. On the first core the server, on both {HONEST} listeners of `live.mp4` by `hustings listen`, whose
seconds with a glitch are counted, and new ones from another address, ten a second, whose first sound is waited for. After 2 s the host presses
start at the pages' listener: *opened* is how long the answer took. *Ticks late* is the stage's histogram, an upper bound.
Memory and descriptors are the most of all processes of the server. *Recovered* is when, after the attack, a newcomer hears within 500 ms.
*Known by* are counters of `/metrics` that rose with it.
"""
TOOLS = ROOT / "bench/attack"
PYTHON = ROOT / ".tools/venv/bin/python"
# Ceilings that are the server's own: what `limits.rs` lets it hold, and the tables of its processes.
MEMORY_MB_MAX, DESCRIPTORS_MAX = 1500, 60_000
OWN = lambda script, *arguments: [PYTHON, TOOLS / f"{script}.py", *arguments]


def debian(tool, *arguments):
    """A public tool; what is not installed is said."""
    found = shutil.which(tool) or shutil.which(f"/usr/sbin/{tool}")
    if not found:
        raise Skipped(f"{tool} is not installed: make setup")
    return [found, *arguments]


def attacks(server, slug, seconds):
    """Name, what it goes against, and the attacker's program."""
    pages, audience, stage = server.port, server.port + 3, server.port + 1
    s, page = str(seconds), f"http://{SERVER}:{pages}/c/{slug}"
    stream, part = f"/c/{slug}/live.mp4?rendition=opus-48", f"/c/{slug}/hls/opus-48.m3u8?_HLS_msn=9999999"
    slow = ["-c", "4000", "-r", "2000", "-l", str(int(seconds)), "-i", "1", "-u"]
    return [
        ("connections that say nothing", "audience", OWN("tcp", "hold", SERVER, audience, s)),
        ("the same at the pages", "pages", OWN("tcp", "hold", SERVER, pages, s)),
        ("SYN flood, forged sources", "audience", debian("timeout", s, *debian("hping3", "-q", "-S", "--flood", "--rand-source", "-p", str(audience), SERVER))),
        ("slow heads (slowhttptest -H)", "pages", debian("slowhttptest", "-H", *slow, page)),
        ("slow bodies (slowhttptest -B)", "pages", debian("slowhttptest", "-B", *slow, f"http://{SERVER}:{pages}/api/v1/sign-in/password")),
        ("slow readers (slowhttptest -X)", "pages", debian("slowhttptest", "-X", *slow, page)),
        ("heads that drip in", "audience", OWN("tcp", "drip", SERVER, audience, s)),
        ("heads of 64 kB, and noise", "audience", OWN("tcp", "heads", SERVER, audience, s, stream)),
        ("bodies that lie about their length", "pages", OWN("tcp", "bodies", SERVER, pages, s, f"/api/v1/conversations/{slug}/chat")),
        ("streams that are never read", "audience", OWN("tcp", "listen", SERVER, audience, s, stream)),
        ("LL-HLS reloads that are held", "audience", OWN("tcp", "reload", SERVER, audience, s, part)),
        ("event streams, one after the other", "audience", OWN("tcp", "follow", SERVER, audience, s, f"/c/{slug}/events")),
        ("STUN flood", "stage", OWN("udp", "stun", SERVER, stage, s)),
        ("DTLS ClientHellos, whole and in fragments", "stage", OWN("udp", "dtls", SERVER, stage, s)),
        ("SRTP flood", "stage", OWN("udp", "srtp", SERVER, stage, s)),
        ("datagrams with forged sources", "stage", OWN("udp", "forged", SERVER, stage, s)),
        ("STUN flood at the audience's port", "audience", OWN("udp", "stun", SERVER, server.port + 2, s)),
        ("credential stuffing", "pages", OWN("api", "signin", SERVER, pages, s, slug)),
        ("forged tokens", "pages", OWN("api", "tokens", SERVER, pages, s, slug)),
        ("chat of strangers", "pages", OWN("api", "floor", SERVER, pages, s, slug)),
        ("reports of pages that are nobody's", "audience", OWN("api", "here", SERVER, audience, s, slug)),
        ("API flood (wrk)", "pages", debian("wrk", "-t1", "-c200", f"-d{int(seconds)}s", f"http://{SERVER}:{pages}/api/v1/conversations")),
    ]


def attacks_by_tls(server, slug, seconds):
    """The same for a server that speaks TLS."""
    pages, s = server.port, str(seconds)
    own = [(f"HTTP/2 {what}", "pages", OWN("http2", kind, SERVER, pages, s)) for kind, what in {
        "reset": "rapid reset", "continuation": "CONTINUATION flood", "table": "HPACK bomb", "ping": "ping flood",
        "settings": "settings flood", "window": "windows that never open"}.items()]
    return [
        ("TLS handshakes that are dropped", "audience", OWN("tcp", "shake", SERVER, server.port + 3, s)),
        ("TLS handshakes that are dropped", "pages", OWN("tcp", "shake", SERVER, pages, s)),
        *own,
        ("HTTP/2 requests (h2load)", "pages", debian("h2load", "-c", "50", "-m", "100", "-D", str(int(seconds)), f"https://{SERVER}:{pages}/")),
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


def named(before, after):
    """Counters that tell of trouble and rose, the most first."""
    telling = ("hustings_audience_connections_total", "hustings_audience_closed_total", "hustings_handshakes_total", "hustings_datagrams_dropped_total", "hustings_here_reports_total")
    quiet = ('"accepted"', '"handed_over"', '"full"', '"resumed"', '"counted"')
    rose = {name: value - before.get(name, 0) for name, value in after.items() if name.startswith(telling) and not any(q in name for q in quiet)}
    best = sorted((n for n in rose if rose[n] >= 20), key=rose.get, reverse=True)[:2]
    return ", ".join(f"{n.removeprefix('hustings_').replace('_total', '')} +{rose[n]:,.0f}" for n in best)


def recovered(url, bound=15):
    """Seconds until a newcomer hears within 500 ms."""
    began = time.monotonic()
    while time.monotonic() - began < bound:
        heard, _ = join([url], 0, bound=2)
        if heard and heard[0] <= 500:
            return time.monotonic() - began
        time.sleep(0.1)
    return bound


def round_of(server, outside, n, name, command, seconds):
    """One attack, and what honest people met meanwhile."""
    slug = f"event-{n}"
    server.command("conversation", "create", slug, "--title", "An evening")
    speaker = server.speaker(slug, "guest", VOICE)
    token = server.command("token", slug, "--role", "host", "--seat", "host")
    listeners = server.listener(slug, seconds + 3, rendition="opus-48", listeners=HONEST, trust=True)
    time.sleep(2)
    before, watch = server.metrics(), Watch(server)
    watch.start()
    attacker = server.program(f"attack-{n}", "taskset", "-c", "1", *outside.command(*command))
    url = f"http://127.0.0.1:{server.port + 3}/c/{slug}/live.mp4?rendition=opus-48"
    found = {}
    opening = threading.Timer(2, lambda: found.update(opened=press(server, slug, token, "start")))
    opening.start()
    came, failed = ([], []) if server.tls else join([url] * int((seconds - 1) * 10), 0.1, bound=seconds + 4)
    attacker.wait(seconds + 8)
    back = 0.0 if server.tls else recovered(url)
    opening.join()
    watch.over.set()
    listeners.wait(seconds + 30)
    heard = listeners.report()
    after = server.metrics()
    speaker.stop()
    server.command("conversation", "end", slug)
    late = within(bounds(before, after, "hustings_tick_lateness_seconds"), 99.9) * 1000
    said = attacker.said().strip().splitlines()
    glitches = 100 * sum(one["glitch_seconds"] for one in heard) / max(sum(one["seconds"] for one in heard), 1e-9)
    return {
        "opened": found.get("opened"), "late": late, "glitches": glitches, "failed": len(failed),
        "p99": statistics.quantiles(came, n=100)[98] if len(came) > 1 else float("nan"),
        "memory": watch.memory_mb, "descriptors": watch.descriptors, "back": back,
        "named": named(before, after), "load": said[-1][:90] if said else "",
    }


def measure(quick):
    seconds = 4.0 if quick else SECONDS
    only = os.environ.get("ATTACK", "")
    done = []
    with Namespace() as outside:
        for tls, of in ((False, attacks), (True, attacks_by_tls)):
            environment = {"HUSTINGS_STAGE_ADVERTISE": "127.0.0.1"}
            with Server(cores="0", tls=tls, listen="0.0.0.0", environment=environment) as server:
                every = of(server, "SLUG", seconds)
                for n, (name, where, command) in enumerate(every):
                    if only not in name:
                        continue
                    say(f"attacks: {name}, at the {where}")
                    command = [str(word).replace("SLUG", f"event-{n}") for word in command]
                    met = round_of(server, outside, n, name, command, seconds)
                    done.append((name, where, met))
                    say(f"attacks: {json.dumps(met)}")
    return rows(done)


def rows(done):
    def worst(key, limit):
        bad = [(name, met[key]) for name, _, met in done if met[key] is None or not met[key] <= limit]
        return bad
    late = worst("opened", 2000)
    glitches, slow, lost = worst("glitches", 0.5), [b for b in worst("p99", 2000) if b[1] == b[1]], worst("failed", 0)
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
    ]
    line = lambda name, where, met: [name, where, met["load"].replace("|", "/"), "none" if met["opened"] is None else f"{met['opened']:.0f}", f"{met['late']:.0f}", f"{met['glitches']:.2f}", "" if met["p99"] != met["p99"] else f"{met['p99']:.0f}", met["failed"], f"{met['memory']:.0f}", f"{met['descriptors']:,}", f"{met['back']:.1f}", met["named"]]
    head = ["attack", "at the", "load", "opened, ms", "ticks late p99.9, ms", "glitch seconds, %", "first sound p99, ms", "heard nothing", "MB", "descriptors", "recovered, s", "known by"]
    return figures, table(head, [line(*one) for one in done])
