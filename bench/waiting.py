"""Tickets and the queue: what a core verifies and answers, what the poll interval is then, and what a cache leaves to do.

The server has the first core and the clients the second; a rate is what one core of the server does, by its own processor time, so
that a slow client changes nothing. Absent: the waiting room in a browser, which is a story (`a-page-that-waits`), and sixty-four who
use one ticket, SIGKILL and another network, which are too (`a-ticket-is-one-seat`).
"""
import http.client
import json
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

from house import HUSTINGS, MEASURE, ROOT, VOICE, Server, row_of_ports, say
from opening import crowd
from reckon import median, spread
from results import Row, table

TITLE = "Tickets and the queue"
ROUNDS = 3
POLLS = {"in clear": 8000, "by resumed TLS": 4000}
MILLION = 1_000_000
METHOD = f"""
*Tickets*: `measure`'s example `tickets`, one thread. *Polls*: `GET /c/SLUG/queue.json` while somebody waits, each over a new connection that
is closed after it (`measure polls`, two threads on the second core); by TLS each resumes the session of the one before. A rate is
polls for a second of the server's processor time, user and system, the kernel's work included. {ROUNDS} rounds, the median with its
range. *Interval*: what `queue.json` says while so many hold places (by `hustings rehearse`), against what follows from half of the
4,000 polls a second that the gate reckons with where nothing was measured. *A million* is simulated by the real gate, on one node
of 5,000 listeners and 500 joins a second. *Behind Varnish* two threads ask without a pause, with the recipe of `deploy/`.
"""


def server_of(tls):
    return Server(cores="0", edges=1, tls=tls, environment={"HUSTINGS_GATE_LISTENERS": "1", "HUSTINGS_GATE_JOINS_PER_SECOND": "1"})


def polls(server, port, connections, *more):
    client = server.program("polls", "taskset", "-c", "1", MEASURE, "polls", f"127.0.0.1:{port}", "/c/talk/queue.json", "--connections", connections, "--threads", 2, *more)
    client.wait(60 + connections / 100)
    return client.report()


def rate(server, connections, *more):
    """Polls for a second of the server's time."""
    polls(server, server.port, connections // 10, *more)
    before = server.cpu_seconds()
    said = polls(server, server.port, connections, *more)
    spent = server.cpu_seconds() - before
    if said["failed"] or "--tls" in more and said["resumed"] != connections:
        raise RuntimeError(f"of {connections} polls {said['failed']} failed and {said['resumed']} resumed")
    return connections / spent


def asked_interval(server, slug="talk"):
    """The poll interval and how many wait, as `queue.json` says them."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    line.request("GET", f"/c/{slug}/queue.json")
    said = json.loads(line.getresponse().read())
    line.close()
    return said["poll_s"], said["waiting"]


def cached(server, seconds):
    """Polls through Varnish: answers a second, and how many the server saw a second."""
    if not shutil.which("varnishd"):
        return None
    port = row_of_ports() + 1
    text = (ROOT / "deploy/varnish.vcl").read_text().replace('"8083"', f'"{server.port}"')
    # The pages' listener answers for the queue; whatever it answers to this probe will do.
    text = re.sub(r'\.url = "[^"]*";\s*\.expected_response = \d+;', '.url = "/healthz";\n        .expected_response = 404;', text)
    (server.folder / "cache.vcl").write_text(text)
    work = server.folder / "varnish"
    server.program("varnish", *server.on, "varnishd", "-F", "-j", "none", "-n", work, "-a", f"127.0.0.1:{port}", "-f", server.folder / "cache.vcl", "-s", "malloc,64m")
    time.sleep(3)
    server.program("log", "varnishncsa", "-b", "-n", work, "-w", server.folder / "asked", "-F", "%{%s}t %U%q")
    time.sleep(2)
    met, over = [], threading.Event()
    asker = threading.Thread(target=lambda: [met.append(polls(server, port, 1000)) for _ in iter(over.is_set, True)])
    began = time.monotonic()
    asker.start()
    time.sleep(seconds)
    over.set()
    asker.join()
    took = time.monotonic() - began
    time.sleep(1.5)
    seen = sum("queue.json" in line for line in (server.folder / "asked").read_text().splitlines())
    failed = sum(one["failed"] for one in met)
    return sum(one["done"] for one in met) / took, seen / took, failed


def million(folder, listeners):
    """A million at one node."""
    model = {
        "version": 1, "measured_ms": 1, "program": "0.1.0",
        "machine": {"cpu": "assumed", "cores_percent": 100, "memory_mib": 8000, "descriptors": 20000},
        "tiers": {"stream": {"cpu_us_per_listener_second": 11.0, "cpu_us_per_join": 150.0, "joins_per_second_at_knee": 500.0, "listeners_at_knee": 5000, "line_bits_per_listener": 106000.0}},
    }
    path = Path(folder) / "assumed.json"
    path.write_text(json.dumps(model))
    words = [HUSTINGS, "rehearse", "--simulate", listeners, "--arrivals", f"{listeners}/min", "--nodes", 1, "--model", path, "--json"]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=500, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    return json.loads(done.stdout)


def measure(quick):
    rounds, connections, waiting, seconds = (1, 1000, 500, 4) if quick else (ROUNDS, 10_000, 12_000, 15)
    rates = {name: [] for name in POLLS}
    example = Path(MEASURE).parent / "examples/tickets"
    tickets = json.loads(subprocess.run([example], capture_output=True, text=True, timeout=120).stdout) if example.exists() else None
    for tls, name in ((False, "in clear"), (True, "by resumed TLS")):
        with server_of(tls) as server:
            server.live("talk")
            server.speaker("talk", "guest", VOICE)
            server.wait_for("hustings_speakers", 1)
            for n in range(rounds):
                say(f"queue: round {n + 1}: polls {name}")
                rates[name].append(rate(server, connections, *(["--tls"] if tls else [])))
            if tls:
                continue
            run = crowd(server, "talk", waiting, 10, 6)
            time.sleep(13)
            interval, waits = asked_interval(server)
            run.wait(30)
            say("queue: behind Varnish")
            through = cached(server, seconds)
            simulated = million(server.folder, MILLION // (10 if quick else 1))
    return rows(rates, tickets, interval, waits, through, simulated), details(rates, tickets, interval, waits, through, simulated)


def rows(rates, tickets, interval, waits, through, simulated):
    out = []
    if tickets:
        out.append(Row("tickets verified a second on one core", f"{tickets['verified_per_second']:,.0f}", "400,000", tickets["verified_per_second"] >= 400_000))
        out.append(Row(f"of {tickets['forgeries']:,} forged tickets: taken", f"{tickets['taken']}", "0", tickets["taken"] == 0))
    for name, bar in POLLS.items():
        out.append(Row(f"polls a second on one core, {name}", spread(rates[name], ",.0f"), f"{bar:,}", median(rates[name]) >= bar))
    follows = max(5, -(-2 * waits // 2000))
    out.append(Row(f"poll interval while {waits:,} wait", f"{interval} s", f"{follows} s", abs(interval - follows) <= 1))
    most, allowed = simulated["polls_per_second_max"], int(median(rates["in clear"]))
    out.append(Row(f"{simulated['listeners']:,} come to one node of 5,000 (simulated): polls in the busiest second", f"{most:,}", f"one core's {allowed:,}", most <= allowed))
    if through:
        out.append(Row("behind a cache: requests a second that the server sees", f"{through[1]:.2f} of {through[0]:,.0f}, {through[2]} failed", "1 a second", through[1] <= 1.1 and not through[2]))
    return out


def details(rates, tickets, interval, waits, through, simulated):
    busiest = max(simulated["seconds"], key=lambda s: s["waiting"])
    out = f"Of the simulated {simulated['still_waiting']:,} still waited at the end, at most {busiest['waiting']:,} at once; {simulated['hearing_max']:,} heard; {simulated['refused']:,} were refused."
    if not through:
        out += " Varnish is not installed here (`make setup` does), so nothing is said of a cache."
    if not tickets:
        out += " Tickets were not measured: `cargo build -p hustings-measure --example tickets`."
    return out
