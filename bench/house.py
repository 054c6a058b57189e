"""A server of ours on ports and a data folder of its own, and the people who visit it.

Everything is the real binary, started as anybody would start it, on loopback. What is started here ends with the `with`
block that started it, by its process id. HTTP goes without proxies. Absent: any look into the server other than what it
says of itself under /metrics, and what the kernel says of its process.
"""
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HUSTINGS = os.environ.get("HUSTINGS", str(ROOT / "target/release/hustings"))
MEASURE = os.environ.get("MEASURE", str(ROOT / "target/release/measure"))
CLIENTS = ROOT / "proof/clients"
VOICE = ROOT / ".tools/sounds/voice.wav"
PYTHON = ROOT / ".tools/venv/bin/python"


def say(words):
    """One line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


def row_of_ports():
    """The first of five neighbouring ports that nobody uses, below the range from which the kernel serves port 0."""
    for base in range(21_000 + os.getpid() % 900 * 10, 32_000, 10):
        try:
            for port in range(base, base + 5):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET, kind) as s:
                        s.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue
    raise RuntimeError("no five neighbouring ports are free")


class Program:
    """A process whose output goes to a file, and which is ended by a signal and waited for."""

    def __init__(self, arguments, folder, name):
        self.out_path, self.err_path = folder / f"{name}.out", folder / f"{name}.err"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen([str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.name, self.pid = name, self.process.pid

    def stop(self, bound=10, how=signal.SIGINT):
        """Ends it, by force after `bound` seconds."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.wait(bound)

    def wait(self, bound):
        """Waits for its end, which comes by force after `bound` seconds; gives its exit status."""
        try:
            return self.process.wait(bound)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(5)

    def said(self):
        return self.out_path.read_text(errors="replace")

    def report(self):
        """The last line of its output, as JSON."""
        lines = self.said().strip().splitlines()
        if not lines:
            raise RuntimeError(f"{self.name} said nothing: {self.err_path.read_text(errors='replace').strip()[-300:]}")
        return json.loads(lines[-1])


def stat(pid):
    """The fields of a process after its name; None once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None


def tree(pid):
    """A process and all that it has started, as far as they live."""
    parents = {int(p): int(fields[1]) for p in os.listdir("/proc") if p.isdigit() and (fields := stat(p))}
    found = [pid] if pid in parents else []
    for p in found:
        found += [child for child, parent in parents.items() if parent == p]
    return found


def cpu_seconds(pid):
    """User and system time that a process and those that it has started have used, the ended ones too; None once it is gone."""
    if stat(pid) is None:
        return None
    return sum(sum(map(int, fields[11:15])) for p in tree(pid) if (fields := stat(p))) / os.sysconf("SC_CLK_TCK")


def anatomy(pid):
    """Resident kB (all, and without files), descriptors and threads of a process and of those that it has started."""
    whole = {"rss_kb": 0, "anon_kb": 0, "fds": 0, "threads": 0}
    for p in tree(pid):
        status = dict(line.split(":", 1) for line in Path(f"/proc/{p}/status").read_text().splitlines() if ":" in line)
        kb = {key: int(status[key].split()[0]) for key in ("VmRSS", "RssAnon")}
        one = {"rss_kb": kb["VmRSS"], "anon_kb": kb["RssAnon"], "fds": len(os.listdir(f"/proc/{p}/fd")), "threads": int(status["Threads"])}
        whole = {key: whole[key] + one[key] for key in whole}
    return whole


class Server:
    """One server and its visitors; on some of the machine's cores alone, if they are named."""

    def __init__(self, cores=None):
        self.on = ["taskset", "-c", cores] if cores else []

    def __enter__(self):
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="hustings-bench-")))
        self.data = self.folder / "data"
        self.port = row_of_ports()
        self.visitors = 0
        began = time.monotonic()
        self.process = self.program("server", *self.on, HUSTINGS, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", how=signal.SIGTERM)
        while not self.is_ready():
            if self.process.process.poll() is not None or time.monotonic() - began > 10:
                words = self.process.err_path.read_text(errors="replace")
                self.stack.close()
                raise RuntimeError(f"the server is not ready: {words[-500:]}")
            time.sleep(0.002)
        self.ready_ms = (time.monotonic() - began) * 1000
        self.pid = self.process.pid
        return self

    def __exit__(self, *why):
        self.stack.close()

    def is_ready(self):
        try:
            return self.private("/readyz")[0] == 200
        except OSError:
            return False

    def program(self, name, *arguments, how=signal.SIGINT):
        """Starts a program that ends with this server."""
        self.visitors += 1
        program = Program(arguments, self.folder, f"{name}-{self.visitors}")
        self.stack.callback(program.stop, how=how)
        return program

    def file(self, name):
        return self.folder / name

    def url(self, slug):
        return f"http://127.0.0.1:{self.port}/c/{slug}"

    def private(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port + 4, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metrics(self):
        """What /metrics says: sample with labels -> value."""
        lines = (line for line in self.private("/metrics")[1].splitlines() if line and line[0] != "#")
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def command(self, *arguments):
        done = subprocess.run([HUSTINGS, *map(str, arguments), "--data", str(self.data)], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout.strip()

    def live(self, slug):
        """Makes a conversation and goes live; gives its address."""
        self.command("conversation", "create", slug, "--title", "A measurement")
        self.command("conversation", "start", slug)
        return self.url(slug)

    def token(self, slug, seat):
        return self.command("token", slug, "--role", "speaker", "--seat", seat, "--name", seat)

    def speaker(self, slug, seat, sound, output=None, token=None):
        """A speaker of ours, who says a file in a loop."""
        token = token or self.token(slug, seat)
        extra = ["--output", output] if output else []
        return self.program(f"speak-{slug}-{seat}", HUSTINGS, "speak", self.url(slug), sound, "--token", token, "--loop", *extra)

    def speakers(self, slugs, seats, sound):
        """Speakers of ours in one process, one on every seat of every conversation, who say a file in a loop."""
        links = self.file(f"links-{self.visitors}")
        origin = f"http://127.0.0.1:{self.port}"
        made = [self.command("token", slug, "--role", "speaker", "--seat", seat, "--name", seat, "--link", origin) for slug in slugs for seat in seats]
        links.write_text("\n".join(made))
        return self.program("speak-many", HUSTINGS, "speak", links, sound, "--loop")

    def listener(self, slug, seconds, tier="stream", rendition=None, output=None, listeners=1):
        """A listener of ours, or many of them in one process."""
        extra = ["--rendition", rendition] if rendition else []
        extra += ["--output", output] if output else []
        arguments = ["listen", self.url(slug), "--tier", tier, "--seconds", seconds, "--listeners", listeners, "--json"]
        return self.program(f"listen-{slug}", HUSTINGS, *arguments, *extra)

    def wait_for(self, name, value, bound=20):
        """Waits until a metric has at least, or for 0 exactly, this value."""
        end = time.monotonic() + bound
        while time.monotonic() < end:
            found = self.metrics().get(name, 0)
            if found >= value if value else found == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"{name} is {found:g} and not {value:g} after {bound} s")
