"""A town of records from a seed: as many as a large house has after years, in the tables of the server.

Rows go straight into the tables, many at once; the schema is the server's own, made by its start. The log's chain is as the
server writes it, so that the server can verify it. Times lie around the moment at which it is made.
"""
import base64
import hashlib
import json
import random
import sqlite3
import struct

DAY_MS = 24 * 3600 * 1000


def digest(secret):
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).rstrip(b"=").decode()


class Town:
    """What is made, and whom and what to ask for."""

    def __init__(self, now_ms, accounts, conversations, lines, acts):
        self.now_ms, self.chance = now_ms, random.Random(2026)
        self.accounts, self.conversations, self.lines, self.acts = accounts, conversations, lines, acts
        self.ids = [f"{n:016x}" for n in self.chance.sample(range(1 << 62), accounts)]
        self.handles = [f"{self.chance.choice(('ann', 'bo', 'cleo', 'dan', 'eve', 'finn'))}-{n}" for n in range(accounts)]
        self.slugs = [f"{self.chance.choice(('evening', 'reading', 'council', 'budget'))}-{n}" for n in range(conversations)]
        # The first is the host of one in ten conversations, the second an operator.
        self.host, self.operator = "host-secret", "operator-secret"

    def tables(self):
        """(table, columns, rows) in the order of what refers to what."""
        for name in ("account", "session", "passkey", "conversation", "host", "invitation", "seat", "line", "question", "poll", "vote", "muted", "grant", "act"):
            table, columns = getattr(self, f"{name}_columns")
            yield table, columns, getattr(self, f"{name}_rows")()

    account_columns = ("accounts", "id handle name email password role affiliation interests created_ms suspended_ms suspended_reason")

    def account_rows(self):
        for n, (id, handle) in enumerate(zip(self.ids, self.handles)):
            gone = n % 100 == 99
            role = "operator" if n == 1 else "host" if n % 50 == 0 else "moderator" if n % 1000 == 7 else "member"
            made = self.now_ms - self.chance.randrange(3 * 365 * DAY_MS)
            yield id, handle, f"Person {n}", f"p{n}@example.org", None, role, "A party" if n % 5 == 0 else None, "Housing" if n % 9 == 0 else None, made, made + 1000 if gone else None, "Threats" if gone else None

    session_columns = ("sessions", "hash id account label created_ms seen_ms")

    def session_rows(self):
        for n, secret in ((0, self.host), (1, self.operator)):
            for k in range(20):
                yield digest(secret if k == 0 else f"{secret}-{k}"), f"s{n}-{k}", self.ids[n], "Firefox on Linux", self.now_ms - 1000, self.now_ms + k
        for n in range(2, self.accounts):
            if n % 100 != 99 and n % 2:
                yield digest(f"secret-{n}"), f"s{n}", self.ids[n], "Safari on iOS", self.now_ms - 5000, self.now_ms - 1000

    passkey_columns = ("passkeys", "id account name credential created_ms used_ms")

    def passkey_rows(self):
        for n in range(0, self.accounts, 2):
            yield f"key-{n}", self.ids[n], "Phone", json.dumps({"cred": "x" * 300}), self.now_ms - 5000, None

    conversation_columns = ("conversations", "slug title phase starts_ms created_ms ended_ms epoch_ms live_since description language tags guests zone length_min visibility version series created_by changed_ms")

    def conversation_rows(self):
        for n, slug in enumerate(self.slugs):
            # One in five is still to come; the others are over, as many a day as a house of that size has.
            planned = n % 5 == 0
            at = self.now_ms + DAY_MS + n * 600_000 if planned else self.now_ms - 3600_000 - n * 8_640_000
            phase = "scheduled" if planned else "cancelled" if n % 37 == 0 else "ended"
            made = at - 30 * DAY_MS
            ended = None if planned else at + 3600_000
            visibility = ("public", "public", "public", "unlisted", "invited")[n % 7 % 5]
            by = self.ids[0] if n % 10 == 0 else self.ids[n % self.accounts]
            guests = json.dumps([{"name": f"Guest {g}", "affiliation": "Who knows"} for g in range(3)])
            yield slug, f"An evening about number {n}", phase, at, made, ended, None if planned else at, None if planned else 0, "What it is about. " * 20, "en", json.dumps(["housing", "budget"]), guests, "Europe/Berlin", 90, visibility, 1, f"series-{n // 20}" if n % 3 == 0 else None, by, made

    host_columns = ("hosts", "slug account role")

    def host_rows(self):
        for n, slug in enumerate(self.slugs):
            who = [0 if n % 10 == 0 else n % self.accounts, (n + 1) % self.accounts, (n + 2) % self.accounts]
            for k, account in enumerate(dict.fromkeys(who)):
                yield slug, self.ids[account], ("host", "cohost", "speaker")[k]

    invitation_columns = ("invitations", "id slug role label name secret_hash uses_max uses expires_ms revoked_ms created_by created_ms")

    def invitation_rows(self):
        for n, slug in enumerate(self.slugs):
            for k in range(100 if n % 100 == 0 else 3):
                yield f"i{n}-{k}", slug, "speaker", "A guest", f"Guest {k}", digest(f"invitation-{n}-{k}"), 1, 1, None, None, "console", self.now_ms - k

    seat_columns = ("invitation_seats", "invitation number slug seat name expires_ms revoked")

    def seat_rows(self):
        for n, slug in enumerate(self.slugs):
            for k in range(3):
                yield f"i{n}-{k}", 1, slug, f"seat{n}x{k}", f"Guest {k}", self.now_ms + DAY_MS, int(n % 50 == 0)

    line_columns = ("floor_lines", "slug id person name role text hidden")

    def line_rows(self):
        # A tenth of all lines in one conversation, the others everywhere.
        for n in range(self.lines):
            slug = self.slugs[0 if n % 10 == 0 else n % self.conversations]
            yield slug, n + 1, n % 5000, f"Person {n % 5000}", "", f"What somebody said, and it was number {n} of the evening", int(n % 97 == 0)

    question_columns = ("floor_questions", "slug id person name text state")

    def question_rows(self):
        for n in range(2 * self.conversations):
            yield self.slugs[n % self.conversations], n + 1, n % 5000, f"Person {n % 5000}", f"Why is it number {n}?", ("new", "accepted", "answered")[n % 3]

    poll_columns = ("floor_polls", "slug id question answers closes_ms closed")

    def poll_rows(self):
        for n in range(self.conversations):
            yield self.slugs[n], n + 1_000_000_000, "Which?", json.dumps(["This", "That"]), None, 1

    vote_columns = ("floor_votes", "slug item person choice")

    def vote_rows(self):
        for n in range(20 * self.conversations):
            conversation = n % self.conversations
            yield self.slugs[conversation], conversation + 1, n, 0
        for n in range(5 * self.conversations):
            yield self.slugs[0], 1_000_000_000, n, n % 2

    muted_columns = ("floor_muted", "slug person")

    def muted_rows(self):
        for n in range(self.conversations):
            yield self.slugs[n], n

    grant_columns = ("grants", "slug seat decision decided_ms")

    def grant_rows(self):
        for n in range(2 * self.conversations):
            yield self.slugs[n % self.conversations], f"seat{n}", "banned", self.now_ms - n

    act_columns = ("audit_log", "seq at_ms actor act subject reason details previous hash")

    def act_rows(self):
        previous = ""
        for seq in range(1, self.acts + 1):
            subject = f"account:{self.ids[seq % self.accounts]}"
            actor = "console" if seq % 3 else f"account:{self.ids[1]}"
            act, reason, details = ("account.create", "account.link", "account.suspend")[seq % 3], "" if seq % 3 else "Threats", "{}"
            at = self.now_ms - (self.acts - seq) * 1000
            sum = hashlib.sha256(struct.pack(">QQ", seq, at))
            for text in (actor, act, subject, reason, details, previous):
                raw = text.encode()
                sum.update(struct.pack(">Q", len(raw)) + raw)
            hash = base64.urlsafe_b64encode(sum.digest()).rstrip(b"=").decode()
            yield seq, at, actor, act, subject, reason, details, previous, hash
            previous = hash
        self.last = previous

    def into_sqlite(self, path):
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA synchronous = OFF")
            for table, columns, rows in self.tables():
                names = columns.split()
                db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)
            db.execute("UPDATE audit_head SET seq = ?, hash = ?", (self.acts, self.last))
        db.close()

    def into_postgres(self, postgres):
        def lines(rows):
            for row in rows:
                yield "\t".join("\\N" if value is None else str(value).replace("\\", "\\\\") for value in row) + "\n"
        for table, columns, rows in self.tables():
            postgres.sql(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN", lines(rows))
        postgres.sql(f"UPDATE audit_head SET seq = {self.acts}, hash = '{self.last}'")
        # What it does by itself within a minute.
        postgres.sql("VACUUM ANALYZE")
        postgres.sql("CHECKPOINT")
