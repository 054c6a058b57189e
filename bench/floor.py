"""Taking part: what reactions and chat cost the server and those who listen, and whether what is told is true and in time.

The same crowd twice: beside readers of events alone, and while people react and write over connections that they keep, each
with a token of its own and from many addresses, since both are limited. Every reader adds up what it is told; a reader whose
sums are not those of what was taken is counted.
"""
import http.client
import json
import os
import time

from house import MEASURE, VOICE, Server, descriptors, say
from listeners import Listeners, at, limits
from results import Row, table

TITLE = "Reactions and chat"
AUDIENCE = int(os.environ.get("AUDIENCE", 15_000))
OFFERED = 1000
METHOD = f"""
{AUDIENCE:,} listeners of `live.mp4` at `opus-48` whose gaps are watched and some hundreds who read `events`, without anybody who takes
part and while {OFFERED:,} acts a second are offered, half reactions and half lines of the chat, by 2,000 people over 64 kept connections
(`measure floor`). Server on the first core, clients on the second. The age of what is told is its media time against the wall
clock when it came, at every reader.
"""
SERVER, CLIENTS = "0", "1"
PATH = "/c/talk/live.mp4?rendition=opus-48&burst=1"


def tokens(server, people):
    """A file with a listener's token for each person, issued by the host over one kept connection."""
    host = server.command("token", "talk", "--role", "host", "--seat", "host").strip()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    fields = {"Authorization": f"Bearer {host}", "Content-Type": "application/json"}
    path = server.file("tokens")
    with open(path, "w") as out:
        for n in range(people):
            connection.request("POST", "/api/v1/conversations/talk/tokens", json.dumps({"role": "listener", "seat": f"p{n}", "name": f"Person {n}"}), fields)
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status != 201:
                raise RuntimeError(f"no token: {body}")
            out.write(body["token"] + "\n")
    connection.close()
    return path


def round_of(server, path, count, seconds, per_second, readers, seed):
    """One crowd beside readers, and perhaps people who act: what each met, and the share of a core."""
    crowd = Listeners(server, server.audience(), PATH, count, seconds + 10, seed=seed)
    crowd.wait_steady()
    arguments = ["--tokens", path, "--per-second", per_second, "--seconds", seconds, "--readers", readers]
    floor = server.program("floor", "taskset", "-c", CLIENTS, MEASURE, "floor", f"127.0.0.1:{server.port}", server.audience(), "talk", *arguments)
    end = time.monotonic() + 20
    while '"steady"' not in floor.said():
        if floor.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"nobody reads events: {floor.complaint()}")
        time.sleep(0.02)
    # The readers' snapshots are behind them.
    time.sleep(1)
    cpu, began = server.cpu_seconds(), time.monotonic()
    time.sleep(seconds - 2)
    share = (server.cpu_seconds() - cpu) / (time.monotonic() - began)
    floor.wait(30)
    took = floor.report()
    return crowd.met(), took, share


def measure(quick):
    count, seconds, people, readers = (50, 5, 400, 20) if quick else (AUDIENCE, 20, 2000, 300)
    offered = 200 if quick else OFFERED
    descriptors(count + readers + 200, "the server")
    with Server(cores=SERVER) as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        path = tokens(server, people)
        found = []
        for n, rate in enumerate((0, offered)):
            say(f"floor: {count:,} listeners, {rate:,} acts a second")
            server.wait_until_at_most('hustings_listeners{tier="stream"}', 0)
            found.append(round_of(server, path, count, seconds, rate, readers, n))
    (alone, _, before), (beside, took, during) = found
    cost = 100 * (during - before)
    gaps = [at(met, "largest_gap_ms", "p99") for met in (alone, beside)]
    lost = sum(met["lost"] + met["refused"] + met["away"] for met in (alone, beside))
    age = took["age_ms"] or [float("nan")] * 3
    is_true = took["true_readers"] == took["readers"] and took["failed"] == 0 and took["reactions"] > 0 and took["lines"] > 0
    rows = [
        Row(f"{offered:,} acts a second beside {count:,} listeners: of a core", f"{cost:.1f} %", "15 %", cost <= 15),
        Row("largest gap of listeners p99, without and with them", f"{gaps[0]:.0f} and {gaps[1]:.0f} ms", "750 ms", gaps[1] <= 750 and lost == 0),
        Row("readers whose sums are those of what was taken", f"{took['true_readers']} of {took['readers']}", "all", is_true),
        Row("age of what is told, p99 and oldest", f"{age[1]:.0f} and {age[2]:.0f} ms", "1,000 ms", age[1] <= 1000),
    ]
    answered = took["answered_ms"] or [float("nan")] * 3
    head = ["", "of a core", "largest gap p99 in ms", "largest of all in ms", "lost"]
    line = lambda name, met, share: [name, f"{share:.3f}", f"{at(met, 'largest_gap_ms', 'p99'):.0f}", f"{at(met, 'largest_gap_ms', 'max'):.0f}", met["lost"]]
    details = table(head, [line("nobody takes part", alone, before), line("they take part", beside, during)])
    details += f"\n\n{took['offered']:,} acts were offered: {took['reactions']:,} reactions and {took['lines']:,} lines were taken, {took['refused']:,} refused for their rate, {took['failed']:,} failed. "
    details += f"{took['shown']:,} lines were shown. An act was answered in {answered[0]:.1f} ms (median), {answered[1]:.1f} ms (p99). {limits([alone, beside])}"
    return rows, details
