"""Icecast from Debian on a port of its own, fed with our stream: the peer of the stream tier."""
import base64
import http.client
import os
import shutil
import socket
import threading
import time

from house import row_of_ports

CONFIG = """<icecast><limits><clients>20000</clients><sources>2</sources><queue-size>524288</queue-size><burst-size>65536</burst-size></limits>
<authentication><source-password>bench</source-password><admin-user>admin</admin-user><admin-password>bench</admin-password></authentication>
<hostname>127.0.0.1</hostname><listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>{folder}</basedir><logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><loglevel>1</loglevel></logging>{owner}</icecast>"""
SOURCE = b"SOURCE /live.ogg HTTP/1.0\r\nAuthorization: Basic " + base64.b64encode(b"source:bench") + b"\r\nContent-Type: application/ogg\r\n\r\n"


class Icecast:
    """A running one; `pid`, `addr` and `path` are for its listeners."""

    path = "/live.ogg"

    def __init__(self, server, slug, cores):
        folder, port = server.folder / "icecast", row_of_ports()
        folder.mkdir()
        owner = ""
        if os.getuid() == 0:
            # It refuses to run as root.
            owner = "<security><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>"
            shutil.chown(folder, "nobody", "nogroup")
            server.folder.chmod(0o755)
        config = folder / "icecast.xml"
        config.write_text(CONFIG.format(port=port, folder=folder, owner=owner))
        self.process = server.program("icecast", "taskset", "-c", cores, "icecast2", "-c", config)
        self.pid, self.addr = self.process.pid, f"127.0.0.1:{port}"
        self.theirs = self.reach(port)
        server.stack.callback(self.theirs.close)
        self.ours = http.client.HTTPConnection("127.0.0.1", server.port + 3, timeout=20)
        server.stack.callback(self.ours.close)
        self.ours.request("GET", f"/c/{slug}/live.ogg?rendition=opus-48")
        self.sound = self.ours.getresponse()
        self.theirs.sendall(SOURCE)
        answer = self.theirs.recv(1000)
        if b" 200 " not in answer:
            raise RuntimeError(f"Icecast does not take our stream: {answer[:80]}")
        threading.Thread(target=self.feed, daemon=True).start()
        time.sleep(2)

    def reach(self, port):
        for _ in range(200):
            if self.process.process.poll() is not None:
                break
            try:
                return socket.create_connection(("127.0.0.1", port), 5)
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"Icecast does not listen: {self.process.complaint()}")

    def feed(self):
        try:
            while data := self.sound.read1(65536):
                self.theirs.sendall(data)
        except (OSError, ValueError, AttributeError):
            # The connection was closed under it: the measurement is over.
            pass


def is_there():
    return bool(shutil.which("icecast2"))
