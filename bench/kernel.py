"""What the kernel's help is worth: a flood of connections from addresses that are not forged, with and without it.

The helper of `hustings kernel run` is started as an operator would, and the server finds the flooding network by itself. It takes
root and the program nft.
"""
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from house import HUSTINGS, PYTHON, ROOT, VOICE, Program, Server, Skipped, machine_seconds, say
from namespace import SERVER, Namespace
from reckon import median
from results import Row, table

TITLE = "Floods, with the kernel's help and without"
SECONDS, ROUNDS, HONEST = 15, int(os.environ.get("ROUNDS", 3)), 20
METHOD = f"""
An attacker in another network namespace, on the second core, opens connections from 254 addresses of one network as fast as it can, 500
at a time, and resets those that come to be (`bench/attack/tcp.py knock`). The server is on the first core, with {HONEST} listeners of
`live.mp4` by `hustings listen`. Counted is, over {SECONDS} s that begin 5 s after the flood: CPU of all of the server's processes and all
softirq and irq of the machine (`/proc/stat`), less what both were in the {SECONDS} s before the flood, and nothing of the attacker's own
processes; by packets that came from the attacker's side (`rx_packets` of the wire; with help, those that the rule has counted). What the
attacker's side of the wire costs in softirq is in both. {ROUNDS} rounds in turn.
"""


def received(outside):
    return int(Path(f"/sys/class/net/{outside.near}/statistics/rx_packets").read_text())


def dropped():
    said = subprocess.run(["nft", "-j", "list", "counter", "inet", "hustings", "dropped"], capture_output=True, text=True)
    if said.returncode:
        return 0
    return next(one["counter"]["packets"] for one in json.loads(said.stdout)["nftables"] if "counter" in one)


def one(outside, helped, folder):
    socket = f"/tmp/hustings-kernel-{os.getpid()}.sock"
    helper = Program([HUSTINGS, "kernel", "--socket", socket, "run"], folder, "helper") if helped else None
    try:
        environment = {"HUSTINGS_STAGE_ADVERTISE": "127.0.0.1"} | ({"HUSTINGS_GUARD_KERNEL": socket} if helped else {})
        if helper:
            end = time.monotonic() + 5
            while not os.path.exists(socket):
                if time.monotonic() > end or helper.process.poll() is not None:
                    raise Skipped(f"the kernel does not help here: {helper.complaint()}")
                time.sleep(0.05)
        with Server(cores="0", listen="0.0.0.0", environment=environment) as server:
            return flood(server, outside, helped)
    finally:
        if helper:
            helper.stop()


def flood(server, outside, helped):
    server.live("event")
    server.speaker("event", "guest", VOICE)
    server.wait_for("hustings_speakers", 1)
    listeners = server.listener("event", 2 * SECONDS + 12, rendition="opus-48", listeners=HONEST)
    time.sleep(3)
    look = lambda: (server.cpu_seconds(), machine_seconds("irq", "softirq"), dropped() if helped else received(outside))
    calm = look()
    time.sleep(SECONDS)
    before = look()
    attacker = server.program("attack", "taskset", "-c", "1", *outside.command(PYTHON, ROOT / "bench/attack/tcp.py", "knock", SERVER, server.port + 3, SECONDS + 6))
    time.sleep(5)
    began, at = look(), time.monotonic()
    time.sleep(SECONDS)
    ended, passed = look(), time.monotonic() - at
    attacker.wait(20)
    listeners.wait(30)
    heard = listeners.report()
    cpu = ended[0] - began[0] - (before[0] - calm[0])
    soft = ended[1] - began[1] - (before[1] - calm[1])
    packets = ended[2] - began[2]
    glitches = 100 * sum(one["glitch_seconds"] for one in heard) / max(sum(one["seconds"] for one in heard), 1e-9)
    met = {"packets": packets, "rate": packets / passed, "server_us": cpu * 1e6 / max(packets, 1), "softirq_us": soft * 1e6 / max(packets, 1), "glitches": glitches}
    met["us"] = met["server_us"] + met["softirq_us"]
    say(f"kernel: {'with' if helped else 'without'} help: {json.dumps(met)}; {attacker.said().strip()[-120:]}")
    return met


def measure(quick):
    found = {True: [], False: []}
    with Namespace() as outside, tempfile.TemporaryDirectory(prefix="hustings-bench-") as folder:
        for _ in range(1 if quick else ROUNDS):
            for helped in (False, True):
                found[helped].append(one(outside, helped, Path(folder)))
    of = lambda helped, what: median([met[what] for met in found[helped]])
    ratio = of(True, "us") / of(False, "us")
    worst = max(met["glitches"] for met in found[True])
    rows = [
        Row("CPU by dropped packet with the kernel's help, of that by packet without it", f"{100 * ratio:.0f} %", "20 %", ratio <= 0.2),
        Row("honest listeners' seconds with a glitch, with the kernel's help, worst round", f"{worst:.2f} %", "0.5 %", worst < 0.5),
    ]
    head = ["", "packets a second", "server, µs a packet", "softirq, µs a packet", "together, µs", "glitch seconds, %"]
    line = lambda name, helped: [name, f"{of(helped, 'rate'):,.0f}", f"{of(helped, 'server_us'):.2f}", f"{of(helped, 'softirq_us'):.2f}", f"{of(helped, 'us'):.2f}", f"{of(helped, 'glitches'):.2f}"]
    return rows, table(head, [line("without", False), line("with", True)])
