"""What the sketches of the evidence cost a server that 15,000 come to within three seconds, and that they then listen to.

Both ways of finding out are stated: the thread of the evidence has a time of its own in the kernel; what is done on other threads
(an arrival, a sketch on its way over the link) is so many times what it costs by the piece (`hustings-verdicts costs`).
"""
import json
import os
import subprocess
import time
from pathlib import Path

from house import ROOT, VOICE, Server, descriptors, say
from listeners import Listeners
from results import Row

VERDICTS = os.environ.get("VERDICTS", str(ROOT / "target/release/hustings-verdicts"))
TITLE = "What the sketches cost"
LISTENERS, STORM_S, HOLD_S = 15_000, 3, 40
METHOD = f"""
{LISTENERS:,} listeners of `live.mp4` call within {STORM_S} s (`measure crowd` on the second core, the server on the first) and listen for
{HOLD_S} s, over the end of a minute. The server's CPU is that of all its processes from before the first call to the end. The sketches' part is
what the kernel says of the thread of the evidence in the stage's process (which also looks at counters and writes the records), and beside
it arrivals and sketches on the link, each so many times as it was counted, at what it costs by the piece in a loop here.
"""


def thread_s(pid, name):
    """CPU of the threads of this name of a process, in seconds, to a hundredth; by schedstat to the nanosecond where there is one."""
    spent = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            spent += int((task / "schedstat").read_text().split()[0]) / 1e9
    return spent


def measure(quick):
    count = 1000 if quick else LISTENERS
    descriptors(count + 200, "the server")
    said = subprocess.run([VERDICTS, "costs"], capture_output=True, text=True, timeout=120, check=True)
    piece = json.loads(said.stdout)
    with Server(cores="0") as server:
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        time.sleep(3)
        accepted = 'hustings_audience_connections_total{fate="accepted"}'
        before, own, at, moment = server.cpu_seconds(), thread_s(server.pid, "evidence"), server.metrics()[accepted], time.monotonic()
        met = Listeners(server, server.audience(), "/c/talk/live.mp4?rendition=opus-48&burst=1", count, 5 if quick else HOLD_S, storm=STORM_S).met()
        cpu, evidence = server.cpu_seconds() - before, thread_s(server.pid, "evidence") - own
        arrivals, passed = server.metrics()[accepted] - at, time.monotonic() - moment
        edges = len(server.edges())
    beside = (arrivals * piece["arrive_ns"] + passed * edges * (piece["write_ns"] + piece["read_ns"])) / 1e9
    share = 100 * (evidence + beside) / cpu
    say(f"sketches: {json.dumps({'cpu': cpu, 'evidence': evidence, 'beside': beside, 'arrivals': arrivals, 'passed': passed, 'heard': met['heard']} | piece)}")
    words = (
        f"Server {cpu:.2f} s of CPU in {passed:.0f} s, with {arrivals:,.0f} connections and {edges} processes of the audience. Thread of the evidence {evidence:.3f} s; "
        f"arrivals and the link {beside:.3f} s at most, for a link's sketch is seldom as full as the one that was timed: {piece['arrive_ns']} ns an arrival, {piece['write_ns'] / 1000:.0f} and {piece['read_ns'] / 1000:.0f} µs to "
        f"write and read the fullest sketch of {piece['bytes'] / 1000:.0f} kB, {piece['merge_ns'] / 1000:.0f} µs to merge one, {piece['minute_ns'] / 1000:.0f} µs for a minute's figures and finding."
    )
    return [Row(f"sketches, of the server's CPU: {count:,} listeners who come within {STORM_S} s and stay", f"{share:.2f} %", "3 %", share < 3)], words
