"""A server of ours on ports and a data folder of its own, and the people who visit it.

Everything is the real binary, started as anybody would start it, on loopback. What is started here ends with the `with`
block that started it, by its process id. HTTP goes without proxies. Absent: any look into the server other than what it
says of itself under /metrics, and what the kernel says of its process.
"""
import http.client
import json
import os
import resource
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


class Skipped(Exception):
    """What cannot be measured here, and why."""


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

    def __init__(self, arguments, folder, name, environment=None):
        self.out_path, self.err_path = folder / f"{name}.out", folder / f"{name}.err"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen([str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=os.environ | (environment or {}))
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

    def complaint(self):
        """The end of what it said of its troubles."""
        return self.err_path.read_text(errors="replace").strip()[-500:]

    def report(self):
        """The last line of its output, as JSON."""
        lines = self.said().strip().splitlines()
        if not lines:
            raise RuntimeError(f"{self.name} said nothing: {self.complaint()}")
        return json.loads(lines[-1])


def certificate(cert, key):
    """Writes a certificate for this machine alone, and its key: ECDSA P-256, as authorities give them."""
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(["openssl", "req", "-x509", *kind, *name, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)


def cpu_seconds(pid):
    """User and system time that a process and all below it have used; None once it is gone."""
    spent = [own_cpu_seconds(one) for one in tree(pid)]
    return None if spent[0] is None else sum(one or 0.0 for one in spent)


def machine_seconds(*kinds):
    """What the processors of this machine have spent so far in these ways, together (proc_stat(5))."""
    spent = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    told = dict(zip(("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"), spent))
    return sum(int(told[kind]) for kind in kinds) / os.sysconf("SC_CLK_TCK")


def own_cpu_seconds(pid):
    """User and system time that one process has used, and its children that have ended; None once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def anatomy(pid):
    """Resident kB (all, and without files), descriptors and threads of a process and all below it, summed."""
    every = []
    for one in tree(pid):
        try:
            every.append(own_anatomy(one))
        except (OSError, KeyError):
            # It ended between the two looks; of the process that was asked for it is said.
            if one == pid:
                raise
    return {key: sum(one[key] for one in every) for key in every[0]}


def own_anatomy(pid):
    """The same of one process."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    kb = {key: int(status[key].split()[0]) for key in ("VmRSS", "RssAnon")}
    return {"rss_kb": kb["VmRSS"], "anon_kb": kb["RssAnon"], "fds": len(os.listdir(f"/proc/{pid}/fd")), "threads": int(status["Threads"])}


def tree(pid):
    """A process and all below it: {pid: role}. The first is the `server`; an edge is known by its arguments."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    found = {pid: "server"}
    for _ in range(4):
        for child, parent in parents.items():
            if parent in found and child not in found:
                found[child] = role(child)
    return found


def role(pid):
    """`edge 2`, or the name of the program."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "gone"
    after = dict(zip(words, words[1:]))
    return f"{after['--role']} {after.get('--number', '')}".strip() if "--role" in after else Path(words[0]).name


def descriptors(needed, table="a process"):
    """Refuses what no descriptor table here can hold."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and needed > hard:
        raise Skipped(f"{table} would need {needed:,} descriptors and may have {hard:,}: raise the hard limit (ulimit -Hn)")


def overflows():
    """Connections that the kernel dropped because nobody took them from a full queue, on the whole machine, so far."""
    lines = Path("/proc/net/netstat").read_text().splitlines()
    found = {}
    for names, values in zip(lines[::2], lines[1::2]):
        found.update(zip(names.split()[1:], values.split()[1:]))
    return int(found.get("ListenOverflows", 0))


class Server:
    """One server and its visitors; on some of the machine's cores alone, if they are named; with so many processes for the
    audience, if that is said; over TLS with a certificate of its own, if it is asked for."""

    def __init__(self, cores=None, edges=None, tls=False, listen="127.0.0.1", environment=None):
        self.on = ["taskset", "-c", cores] if cores else []
        self.listen = listen
        self.environment = dict(environment or {})
        if edges is not None:
            self.environment["HUSTINGS_AUDIENCE_EDGES"] = str(edges)
        self.tls = tls

    def __enter__(self):
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="hustings-bench-")))
        self.data = self.folder / "data"
        self.port = row_of_ports()
        self.visitors = 0
        if self.tls:
            self.cert, self.key = self.folder / "cert.pem", self.folder / "key.pem"
            certificate(self.cert, self.key)
            self.environment |= {"HUSTINGS_TLS_CERT": str(self.cert), "HUSTINGS_TLS_KEY": str(self.key)}
        began = time.monotonic()
        self.process = self.program("server", *self.on, HUSTINGS, "serve", "--data", self.data, "--listen", f"{self.listen}:{self.port}", how=signal.SIGTERM, environment=self.environment)
        while not self.is_ready():
            if self.process.process.poll() is not None or time.monotonic() - began > 10:
                words = self.process.complaint()
                self.stack.close()
                if "HUSTINGS_AUDIENCE_EDGES" in words:
                    raise Skipped("this build has no processes for the audience alone")
                raise RuntimeError(f"the server is not ready: {words}")
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

    def cpu_by_role(self):
        """User and system time so far of each of its processes: {role: seconds}."""
        spent = {}
        for pid, name in tree(self.pid).items():
            spent[name] = spent.get(name, 0.0) + (own_cpu_seconds(pid) or 0.0)
        return spent

    def cpu_seconds(self):
        """The same, of all of them together."""
        return cpu_seconds(self.pid) or 0.0

    def anatomy(self):
        """Memory, descriptors and threads of all of its processes together."""
        return anatomy(self.pid)

    def audience_kb(self):
        """Resident kB without files of the processes that serve the audience: what the others took to begin they give back meanwhile."""
        edges = self.edges()
        return sum(own_anatomy(pid)["anon_kb"] for pid in edges) if edges else self.anatomy()["anon_kb"]

    def edges(self):
        """The processes for the audience."""
        return [pid for pid, role in tree(self.pid).items() if role.startswith("edge")]

    def audience(self):
        """Address and port of the audience's listener."""
        return f"127.0.0.1:{self.port + 3}"

    def program(self, name, *arguments, how=signal.SIGINT, environment=None):
        """Starts a program that ends with this server."""
        self.visitors += 1
        program = Program(arguments, self.folder, f"{name}-{self.visitors}", environment)
        self.stack.callback(program.stop, how=how)
        return program

    def file(self, name):
        return self.folder / name

    def url(self, slug):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/c/{slug}"

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
        extra += ["--trust", self.cert] if self.tls else []
        return self.program(f"speak-{slug}-{seat}", HUSTINGS, "speak", self.url(slug), sound, "--token", token, "--loop", *extra)

    def speakers(self, slugs, seats, sound):
        """Speakers of ours in one process, one on every seat of every conversation, who say a file in a loop."""
        links = self.file(f"links-{self.visitors}")
        origin = f"http://127.0.0.1:{self.port}"
        made = [self.command("token", slug, "--role", "speaker", "--seat", seat, "--name", seat, "--link", origin) for slug in slugs for seat in seats]
        links.write_text("\n".join(made))
        return self.program("speak-many", HUSTINGS, "speak", links, sound, "--loop")

    def listener(self, slug, seconds, tier="stream", rendition=None, output=None, listeners=1, trust=False):
        """A listener of ours, or many of them in one process; over TLS it has to trust this server's certificate."""
        extra = ["--rendition", rendition] if rendition else []
        extra += ["--trust", self.cert] if trust and self.tls else []
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

    def wait_until_at_most(self, name, value, bound=30):
        """Waits until a metric has at most this value."""
        end = time.monotonic() + bound
        while (found := self.metrics().get(name, 0)) > value:
            if time.monotonic() > end:
                raise RuntimeError(f"{name} is still {found:g} and not {value:g} after {bound} s")
            time.sleep(0.2)
