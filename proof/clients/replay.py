"""An intruder on the path: sends every datagram again that goes to a UDP port of this machine, from the same source.

    python replay.py --port 9501 --seconds 5 --copies 3

Prints {"replayed": N}. What it sent itself has another time to live, by which it is told apart. Needs root.
"""
import argparse
import json
import socket
import struct
import time

TTL = 33


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def again(packet):
    """The same IPv4 packet with our time to live."""
    length = (packet[0] & 15) * 4
    header = bytearray(packet[:length])
    header[8], header[10:12] = TTL, b"\0\0"
    header[10:12] = struct.pack("!H", checksum(bytes(header)))
    # On loopback the kernel leaves UDP's checksum to hardware that is not there; 0 means none (RFC 768).
    udp = bytearray(packet[length:])
    udp[6:8] = b"\0\0"
    return bytes(header) + bytes(udp)


def is_theirs(packet, port):
    length = (packet[0] & 15) * 4
    return packet[0] >> 4 == 4 and packet[9] == 17 and packet[8] != TTL and packet[length + 2:length + 4] == struct.pack("!H", port)


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--copies", type=int, default=3)
given = parser.parse_args()

tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
tap.bind(("lo", 0))
tap.settimeout(0.2)
out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
replayed, end = 0, time.monotonic() + given.seconds
while time.monotonic() < end:
    try:
        packet, origin = tap.recvfrom(65_536)
    except TimeoutError:
        continue
    # Loopback shows every packet twice, going and coming.
    if origin[2] == socket.PACKET_OUTGOING or not is_theirs(packet, given.port):
        continue
    copy = again(packet)
    for _ in range(given.copies):
        out.sendto(copy, (socket.inet_ntoa(copy[16:20]), 0))
        replayed += 1
print(json.dumps({"replayed": replayed}), flush=True)
