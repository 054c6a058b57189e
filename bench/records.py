"""Pages and lists over the records of a large house, on both databases: how long each takes at its 99th percentile.

Asked over loopback of the running server, so that each figure is all of it: the session, the queries, the page or the JSON. What a
page asks for afterwards is asked here, too. Absent: what goes through the whole log (its export and its verification), which
no page waits for; it is told without a bar.
"""
import http.client
import json
import os
import signal
import time

from house import HUSTINGS, Server, machine_seconds, say
from postgres import Postgres
from reckon import percentile
from results import Row, table
from town import Town

TITLE = "A large house's records"
ACCOUNTS, CONVERSATIONS, LINES, ACTS = 100_000, 10_000, 1_000_000, 300_000
BOUND_MS = 20
METHOD = f"""
{ACCOUNTS:,} accounts, {CONVERSATIONS:,} conversations ({CONVERSATIONS // 5:,} to come), {LINES:,} lines of chat, a tenth of them in one conversation, and
{ACTS:,} acts in the log (`bench/town.py`, seeded), in SQLite and in a private PostgreSQL as Debian sets it up. Each page and each list
is asked for over a kept connection, in turn with all others and 500 times, of other people, conversations and pages each time. The
figure is the whole answer at the client, of which the queries are a part. The start is from the call to `ready`.
"""


def asked(town):
    """{what: (whose cookie, path of the nth request)}"""
    chance, host, operator = town.chance, town.host, town.operator
    slug = lambda n: chance.choice(town.slugs)
    public = [s for n, s in enumerate(town.slugs) if n % 7 % 5 < 3]
    own = town.slugs[::10]
    person = lambda n: chance.choice(town.handles)
    api = "/api/v1"
    return {
        "the first page": (None, lambda n: "/"),
        "the first page, signed in": (host, lambda n: "/"),
        "a conversation's page": (None, lambda n: f"/c/{chance.choice(public)}"),
        "a conversation's page, its host": (host, lambda n: f"/c/{chance.choice(own)}"),
        "a conversation's calendar file": (None, lambda n: f"/c/{chance.choice(public)}/calendar.ics"),
        "the calendar": (None, lambda n: "/calendar.ics"),
        "pages: plan, account, people": (operator, lambda n: ("/plan", "/account", "/people")[n % 3]),
        "list of conversations": (None, lambda n: f"{api}/conversations"),
        "one conversation": (None, lambda n: f"{api}/conversations/{chance.choice(public)}"),
        "its invitations, its host": (host, lambda n: f"{api}/conversations/{chance.choice(own)}/invitations"),
        "my conversations, first page": (host, lambda n: f"{api}/me/conversations"),
        "my conversations, any page": (host, lambda n: f"{api}/me/conversations?after={chance.choice(own)}"),
        "me": (host, lambda n: f"{api}/me"),
        "my sessions": (host, lambda n: f"{api}/me/sessions"),
        "my passkeys": (host, lambda n: f"{api}/me/passkeys"),
        "accounts, any page": (operator, lambda n: f"{api}/accounts?after={person(n)}"),
        "accounts by the beginning of a handle": (operator, lambda n: f"{api}/accounts?prefix={person(n)[:chance.randrange(1, 9)]}"),
        "one account by handle": (operator, lambda n: f"{api}/accounts/{person(n)}"),
        "one account by id": (operator, lambda n: f"{api}/accounts/{chance.choice(town.ids)}"),
        "the log, any page": (operator, lambda n: f"{api}/audit?before={chance.randrange(1, town.acts)}"),
        "the log of one account": (operator, lambda n: f"{api}/audit?subject=account:{chance.choice(town.ids)}"),
        "the log of one actor": (operator, lambda n: f"{api}/audit?actor=account:{town.ids[1]}&before={chance.randrange(1, town.acts)}"),
        "the log of one kind of act": (operator, lambda n: f"{api}/audit?act=account.suspend&before={chance.randrange(1, town.acts)}"),
        "the log of one actor and kind that are rare together": (operator, lambda n: f"{api}/audit?actor=console&act=account.suspend&before={chance.randrange(1, town.acts)}"),
    }


class Asking:
    """One page or list, asked for over a connection of its own."""

    def __init__(self, port, cookie, path):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.fields = {"Cookie": f"hustings={cookie}"} if cookie else {}
        self.path, self.spent, self.largest, self.statuses = path, [], 0, set()

    def ask(self, n):
        where = self.path(n)
        began = time.perf_counter()
        self.connection.request("GET", where, headers=self.fields)
        answer = self.connection.getresponse()
        body = answer.read()
        # The first few find plans and pages cold.
        if n >= 0:
            self.spent.append((time.perf_counter() - began) * 1000)
        self.largest = max(self.largest, len(body))
        self.statuses.add(answer.status)


def on(name, town, url, fill, count):
    """What one database gives: {what: (p50, p99, bytes)}, the start in ms, and the whole log in s."""
    server = Server()
    server.environment |= {"HUSTINGS_STORE_URL": url} if url else {}
    with server:
        server.process.stop(how=signal.SIGTERM)
        began = time.monotonic()
        fill(server)
        say(f"records: {name}: filled in {time.monotonic() - began:.0f} s")
        starts = []
        for _ in range(3):
            began = time.monotonic()
            server.process = server.program("server", HUSTINGS, "serve", "--data", server.data, "--listen", f"127.0.0.1:{server.port}", how=signal.SIGTERM, environment=server.environment)
            while "ready" not in server.process.said().split():
                if server.process.process.poll() is not None or time.monotonic() - began > 60:
                    raise RuntimeError(f"the server does not start: {server.process.complaint()}")
                time.sleep(0.005)
            starts.append((time.monotonic() - began) * 1000)
            if len(starts) < 3:
                server.process.stop(how=signal.SIGTERM)
        found = {}
        pages = {what: Asking(server.port, cookie, path) for what, (cookie, path) in asked(town).items()}
        began, before = time.monotonic(), machine_seconds("steal")
        for n in range(-3, count):
            for page in pages.values():
                page.ask(n)
        lost = (machine_seconds("steal") - before) / (time.monotonic() - began)
        for what, page in pages.items():
            page.connection.close()
            if not page.statuses <= {200, 404} or page.statuses == {404}:
                raise RuntimeError(f"{what}: answered {page.statuses}")
            found[what] = percentile(page.spent, 50), percentile(page.spent, 99), page.largest
            say(f"records: {name}: {what}: p50 {found[what][0]:.1f} ms, p99 {found[what][1]:.1f} ms, {page.largest} bytes")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        began = time.monotonic()
        connection.request("GET", "/api/v1/audit/verified", headers={"Cookie": f"hustings={town.operator}"})
        whole = json.loads(connection.getresponse().read())
        if whole.get("acts") != town.acts:
            raise RuntimeError(f"the log does not hold: {whole}")
        return found, max(starts), time.monotonic() - began, lost


def measure(quick):
    count = 50 if quick else 500
    sizes = [size // (20 if quick else 1) for size in (ACCOUNTS, CONVERSATIONS, LINES, ACTS)]
    only = os.environ.get("RECORDS", "SQLite PostgreSQL").split()
    now_ms = int(time.time() * 1000)
    results = {}
    if "SQLite" in only:
        town = Town(now_ms, *sizes)
        results["SQLite"] = on("SQLite", town, None, lambda server: town.into_sqlite(server.data / "hustings.db"), count)
    if "PostgreSQL" in only:
        again = Town(now_ms, *sizes)
        with Postgres() as postgres:
            results["PostgreSQL"] = on("PostgreSQL", again, postgres.url(), lambda server: again.into_postgres(postgres), count)
    rows = []
    for name, (found, start_ms, *_) in results.items():
        slowest = max(found, key=lambda what: found[what][1])
        late = [what for what in found if found[what][1] > BOUND_MS]
        rows.append(Row(f"{name}: the slowest of {len(found)} pages and lists at p99: {slowest}", f"{found[slowest][1]:.1f} ms", f"{BOUND_MS} ms", not late))
        rows.append(Row(f"{name}: start-up over these records, slowest of 3", f"{start_ms:.0f} ms", "1,000 ms", start_ms < 1000))
    names = list(results)
    head = ["p50 / p99 in ms", *names, "largest answer in kB"]
    lines = [[what, *(f"{results[name][0][what][0]:.1f} / {results[name][0][what][1]:.1f}" for name in names), f"{results[names[0]][0][what][2] / 1000:.1f}"] for what in results[names[0]][0]]
    told = ", ".join(f"{seconds:.1f} s in {name}" for name, (_, _, seconds, _) in results.items())
    away = ", ".join(f"{lost:.1%} beside {name}" for name, (*_, lost) in results.items())
    return rows, table(head, lines) + f"\n\nThe whole log of {sizes[3]:,} acts is verified in {told}. Of a core, taken from outside this machine meanwhile: {away}."
