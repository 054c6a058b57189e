"""Listeners who join live.mp4 at given moments, each over connections of its own, and when each had its first sound.

A plain reader of sockets in one thread, independent of the client that Hustings ships: many joins at once cost it little, so
that it measures the server and not itself. The first sound is there once 200 ms of it have arrived in whole fragments, which
is what players want before they begin. It follows the redirect from the public address to the audience's as a browser does.
Absent: decoding, and a clock other than this process's.
"""
import selectors
import socket
import ssl
import time
from urllib.parse import urlsplit

ENOUGH_FRAMES = 10
FRAME_MS = 20


class Join:
    """One listener: connects, asks, follows, counts frames."""

    def __init__(self, url, selector, context=None):
        self.context, self.shaking = context, context is not None
        self.selector, self.began, self.first_ms, self.failed = selector, time.perf_counter(), None, None
        self.go(url)

    def go(self, url):
        parts = urlsplit(url)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex((parts.hostname, parts.port))
        self.shaking = self.context is not None
        query = f"?{parts.query}" if parts.query else ""
        self.ask = f"GET {parts.path}{query} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: */*\r\n\r\n".encode()
        self.query, self.head, self.body = query, b"", None
        self.selector.register(self.socket, selectors.EVENT_WRITE, self)

    def leave(self):
        if self.socket.fileno() >= 0:
            self.selector.unregister(self.socket)
            self.socket.close()

    def ready(self, mask):
        try:
            if self.shaking:
                return self.shake()
            if mask & selectors.EVENT_WRITE:
                self.socket.send(self.ask)
                self.selector.modify(self.socket, selectors.EVENT_READ, self)
                return
            data = self.socket.recv(262_144)
            # What TLS has opened already rings no bell.
            while self.context and self.socket.pending():
                data += self.socket.recv(262_144)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            return self.fail(str(error))
        if not data:
            return self.fail("the connection ended")
        self.take(data)

    def shake(self):
        """Goes on with the handshake of TLS."""
        if not isinstance(self.socket, ssl.SSLSocket):
            self.selector.unregister(self.socket)
            self.socket = self.context.wrap_socket(self.socket, server_hostname="127.0.0.1", do_handshake_on_connect=False)
            self.selector.register(self.socket, selectors.EVENT_READ, self)
        try:
            self.socket.do_handshake()
        except ssl.SSLWantReadError:
            return
        self.shaking = False
        self.selector.modify(self.socket, selectors.EVENT_WRITE, self)

    def fail(self, why):
        if self.first_ms is None:
            self.failed = why
        self.leave()

    def take(self, data):
        if self.first_ms is not None:
            return
        if self.body is None:
            self.head += data
            if b"\r\n\r\n" not in self.head:
                return
            head, data = self.head.split(b"\r\n\r\n", 1)
            lines = head.decode("latin-1").split("\r\n")
            fields = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
            status = int(lines[0].split()[1])
            if status in (301, 302, 307, 308):
                self.leave()
                return self.go(fields["location"])
            if status != 200:
                return self.fail(lines[0])
            self.chunked = fields.get("transfer-encoding") == "chunked"
            self.body = b""
        self.body += data
        if frames(unchunked(self.body) if self.chunked else self.body) >= ENOUGH_FRAMES:
            self.first_ms = (time.perf_counter() - self.began) * 1000


def unchunked(raw):
    """The bytes within HTTP/1.1 chunks, the last of which may be cut."""
    out, at = [], 0
    while (end := raw.find(b"\r\n", at)) >= 0:
        size = int(raw[at:end].split(b";")[0], 16)
        out.append(raw[end + 2:end + 2 + size])
        at = end + 2 + size + 2
        if size == 0:
            break
    return b"".join(out)


def frames(mp4):
    """Frames in whole fragments: `sample_count` of each `trun` whose `mdat` has arrived."""
    count, at, promised = 0, 0, 0
    while at + 8 <= len(mp4):
        size, kind = int.from_bytes(mp4[at:at + 4], "big"), mp4[at + 4:at + 8]
        if size < 8 or at + size > len(mp4):
            break
        if kind == b"moof":
            run = mp4.index(b"trun", at)
            promised = int.from_bytes(mp4[run + 8:run + 12], "big")
        if kind == b"mdat":
            count += promised
        at += size
    return count


def join(urls, each_s, hold_s=0.0, bound=15, trust=None):
    """Joins each address, one every `each_s` seconds (0: as fast as this thread can). Gives each listener's first sound in
    ms and the reasons of those who had none. Over TLS the certificate in the file `trust` is trusted."""
    context = ssl.create_default_context(cafile=trust) if trust else None
    selector = selectors.DefaultSelector()
    joins, began = [], time.perf_counter()
    waiting = list(reversed(urls))
    done_at = None
    while time.perf_counter() - began < bound:
        now = time.perf_counter()
        if waiting and now - began >= each_s * len(joins):
            joins.append(Join(waiting.pop(), selector, context))
        pause = max(0.0, each_s * len(joins) - (time.perf_counter() - began)) if waiting else 0.05
        for key, mask in selector.select(pause):
            key.data.ready(mask)
        if not waiting and all(j.first_ms is not None or j.failed for j in joins):
            done_at = done_at or now
            if now - done_at >= hold_s:
                break
    for j in joins:
        j.leave()
    return [j.first_ms for j in joins if j.first_ms is not None], [j.failed or "no sound in time" for j in joins if j.first_ms is None]
