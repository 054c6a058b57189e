"""Sockets of many sources, for attackers in their namespace."""
import itertools
import random
import socket
import ssl
import sys
import time


def one_network():
    """Addresses of one /24, as somebody has who rents a server."""
    return itertools.cycle(f"10.77.16.{n}" for n in range(1, 255))


def many_networks():
    """Addresses of 48 networks, as a small botnet has."""
    return itertools.cycle(f"10.77.{16 + n % 48}.{1 + n // 48 % 254}" for n in range(48 * 254))


def few_networks():
    """Addresses of four networks, as somebody has who rents some servers."""
    return itertools.cycle(f"10.77.{16 + n % 4}.{1 + n // 4 % 254}" for n in range(4 * 254))


def connect(source, to, patience=3.0):
    """A connection, or None where it is refused."""
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    line.settimeout(patience)
    try:
        # Its port is chosen when it connects: each address then has all ports.
        line.setsockopt(socket.IPPROTO_IP, 24, 1)
        line.bind((source, 0))
        line.connect(to)
        return line
    except OSError:
        line.close()
        return None


def secure(line, to, protocol):
    """TLS on it, with one protocol offered; None where it fails."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols([protocol])
    try:
        return context.wrap_socket(line, server_hostname=to[0])
    except OSError:
        line.close()
        return None


def until(seconds):
    """Counts while there is time."""
    end = time.monotonic() + seconds
    for n in itertools.count():
        if time.monotonic() >= end:
            return
        yield n


def noise(n):
    return random.Random(n).randbytes(n)


def tell(**counts):
    """What was sent, as the last line."""
    import json
    print(json.dumps(counts))
    sys.stdout.flush()
