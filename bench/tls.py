"""What TLS costs: handshakes beside a bare loop of rustls, listeners beside those in clear, in one run.

The server has the first core and the clients the second. What counts is processor time for a handshake and for a listener, so
that a slow client changes nothing. Contenders take turns; a ratio is of neighbours.
"""
import os
import time

from audience import Costs, gone, idle, watch
from house import MEASURE, VOICE, Server, descriptors, row_of_ports, say
from listeners import Listeners, at, limits
from reckon import median, spread
from results import Row, table

TITLE = "What TLS costs"
METHOD = """
*Handshakes*: TLS 1.3 with X25519 and a certificate of ECDSA P-256, from `measure handshakes` on the second core; each ends when the
tickets have come. *Bare* is a loop that accepts, does the handshake by rustls and closes (`measure bare-tls`). A rate is what one
core does: connections for a second of the process's own time, user and system, the kernel's work for the connection included.
*Listeners*: `opus-48` over `live.mp4`, the same crowd in clear and over TLS, each on a server of its own; what the conversation takes
with one listener is left out. {rounds} rounds, the median with its range.
"""
ROUNDS = 3
METHOD = METHOD.format(rounds=ROUNDS)
SERVER, CLIENT = "0", "1"
# Of a core in a second: what is promised if the machine is fast enough for a bare loop to do it.
HANDSHAKES = {"full": 2500, "resumed": 8000}


def shake(server, addr, kind, connections):
    """So many handshakes; all must succeed, and be of their kind."""
    client = server.program("handshakes", "taskset", "-c", CLIENT, MEASURE, "handshakes", addr, f"--{kind}", "--connections", connections, "--threads", 2)
    client.wait(30 + connections / 50)
    said = client.report()
    if said["failed"] or (said["resumed"] == connections) != (kind == "resumed"):
        raise RuntimeError(f"of {connections} handshakes {said['failed']} failed and {said['resumed']} resumed")


def ours(server, kind, connections):
    """Handshakes that a core of ours does in a second."""
    before = server.cpu_seconds()
    shake(server, server.audience(), kind, connections)
    return connections / (server.cpu_seconds() - before)


def bare(server, kind, connections):
    """The same of the loop."""
    addr = f"127.0.0.1:{row_of_ports()}"
    # Each thread of the client does one in full before it can resume.
    all_of_them = connections + (2 if kind == "resumed" else 0)
    loop = server.program("bare-tls", "taskset", "-c", SERVER, MEASURE, "bare-tls", addr, "--cert", server.cert, "--key", server.key, "--connections", all_of_them)
    time.sleep(0.5)
    shake(server, addr, kind, connections)
    loop.wait(30)
    return 1e6 / loop.report()["us_per_handshake"]


def measure(quick):
    connections, listeners, seconds, rounds = (300, 200, 2, 1) if quick else (20_000, int(os.environ.get("TLS", 10_000)), 12, ROUNDS)
    descriptors(listeners + 200, "the server")
    rates = {kind: ([], []) for kind in HANDSHAKES}
    costs = {"in clear": Costs(), "over TLS": Costs()}
    for n in range(1, rounds + 1):
        with Server(cores=SERVER, edges=1, tls=True) as server:
            for kind, (mine, floor) in rates.items():
                say(f"tls: round {n}: {kind} handshakes")
                mine.append(ours(server, kind, connections))
                floor.append(bare(server, kind, connections))
        for name, cost in costs.items():
            say(f"tls: round {n}: {listeners:,} listeners {name}")
            listen(name == "over TLS", cost, listeners, seconds, n)
    return rows(rates, costs, listeners), details(rates, costs, listeners)


def listen(tls, cost, listeners, seconds, n):
    with Server(cores=SERVER, edges=1, tls=tls) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        path, more = "/c/talk/live.mp4?rendition=opus-48&burst=1", ["--tls"] if tls else []
        stay = Listeners(server, server.audience(), path, 1, 3600, seed=n, more=more)
        stay.wait_steady()
        time.sleep(2)
        alone = idle(server, min(8, 2 * seconds))
        # Handshakes in full, which a storm of all at once would queue for.
        crowd = lambda hold: Listeners(server, server.audience(), path, listeners, hold, rate=1500, seed=n, more=more)
        watch(crowd, server.cpu_seconds, server.audience_kb, alone, cost, seconds)
        gone(server)
        stay.send_away()


def rows(rates, costs, listeners):
    out = []
    for kind, (mine, floor) in rates.items():
        bar = min(HANDSHAKES[kind], 0.9 * median(floor))
        out.append(Row(f"{kind} handshakes a second on one core", spread(mine, ",.0f"), f"{HANDSHAKES[kind]:,}, or 90 % of bare: {bar:,.0f}", median(mine) >= bar))
    clear, sealed = costs["in clear"], costs["over TLS"]
    ratios = [a / b for a, b in zip(sealed.net, clear.net)]
    out.append(Row(f"{listeners:,} listeners over TLS: CPU against those in clear", spread(ratios), "1.6", median(ratios) <= 1.6))
    grown = max(sealed.grown)
    out.append(Row(f"{listeners:,} listeners over TLS: resident memory each", f"{grown:.0f} bytes", "8,192 bytes", grown <= 8192))
    return out


def details(rates, costs, listeners):
    lines = [[kind, spread(mine, ",.0f"), spread(floor, ",.0f"), spread([a / b for a, b in zip(mine, floor)])] for kind, (mine, floor) in rates.items()]
    words = table(["handshakes a second on one core", "ours", "bare rustls", "ratio"], lines)
    lines = [
        [name, spread(cost.net, ".1f"), f"{max(cost.grown):.0f}", f"{max(at(m, 'largest_gap_ms', 'p99') for m in cost.met):.0f}", f"{max(at(m, 'first_audio_ms', 'p99') for m in cost.met):.0f}", sum(m["lost"] + m["refused"] for m in cost.met)]
        for name, cost in costs.items()
    ]
    words += "\n\n" + table([f"{listeners:,} listeners", "µs of CPU per listener-second", "bytes each", "largest gap p99 in ms", "first audio p99 in ms", "lost or refused"], lines)
    return words + "\n\n" + limits([m for cost in costs.values() for m in cost.met])
