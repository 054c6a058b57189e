"""A line that is too narrow: forty megabits a second for listeners worth sixty.

The line is a pair of virtual wires with a token bucket (`tc … tbf`) at the server's end; everybody is at the far end, in a network
of their own, and so are two speakers. The queue is what the kernel says waits in the bucket, looked at fifty times a second.
Absent: delay and loss of a real line, which this machine cannot make.
"""
import json
import os
import subprocess
import threading
import time
from pathlib import Path

from delay import CAPTURE_MS, silence
from house import HUSTINGS, MEASURE, ROOT, Server, Skipped, say
from listeners import Listeners, at
from namespace import SERVER, Namespace
from plot import panels
from reckon import clicks, delays_ms, percentile
from results import Row, table

TITLE = "A line that is too narrow"
MBITS, WORTH_MBITS = 40, 60
# A listener at 96 kbit/s with every header, as the gate reckons (`Line` in core/gate).
EACH_KBITS = 104
METHOD = f"""
`line.rate = {MBITS} Mbit/s` and nothing else is configured. The server's end of a virtual line is shaped to that rate by the kernel (tbf, room for
200 ms). At the far end two crowds of `measure crowd` come to `live.mp4?rendition=opus-96`, together worth {WORTH_MBITS} Mbit/s at {EACH_KBITS} kbit/s each, and
are watched for gaps; after 30 s one of them leaves. What they hear is noise, which takes all the bits that there are. Two speakers of another conversation
are at the far end too: one says coded clicks, the other hears them. *The line's queue* is the backlog that the kernel reports, every 20 ms, over the rate. Bits are those that left the interface.
"""


class Shaped(Namespace):
    """A namespace behind a shaped line."""

    def __enter__(self):
        super().__enter__()
        how = ["tc", "qdisc", "add", "dev", self.near, "root", "tbf", "rate", f"{MBITS}mbit", "burst", "16kb", "latency", "200ms"]
        done = subprocess.run(how, capture_output=True, text=True)
        if done.returncode:
            self.__exit__()
            raise Skipped(f"this kernel shapes no line: {done.stderr.strip()}")
        return self


class Watch(threading.Thread):
    """The backlog of the line, and what left by it."""

    def __init__(self, device):
        super().__init__(daemon=True)
        self.device, self.over, self.seen = device, threading.Event(), []
        self.sent = Path(f"/sys/class/net/{device}/statistics/tx_bytes")

    def look(self):
        done = subprocess.run(["tc", "-s", "-j", "qdisc", "show", "dev", self.device], capture_output=True, text=True)
        return next((q for q in json.loads(done.stdout or "[]") if q.get("kind") == "tbf"), {})

    def run(self):
        while not self.over.wait(0.02):
            found = self.look()
            self.seen.append((time.time(), found.get("backlog", 0) * 8 / (MBITS * 1000), found.get("drops", 0), int(self.sent.read_text())))


def rates(seen):
    """Mbit/s in each second: [(moment, rate)]."""
    out, (last_at, last_bytes) = [], (seen[0][0], seen[0][3])
    for moment, _, _, sent in seen:
        if moment - last_at >= 1:
            out.append((moment, (sent - last_bytes) * 8 / 1e6 / (moment - last_at)))
            last_at, last_bytes = moment, sent
    return out


class Inside(Listeners):
    """A crowd at the far end."""

    def __init__(self, server, outside, count, seconds, seed):
        self.count, self.seconds, self.patience, self.comes = count, seconds, 10, 10
        path = "/c/talk/live.mp4?rendition=opus-96&burst=1"
        how = ["--listeners", count, "--tables", 1, "--seconds", seconds, "--patience", 10, "--seed", seed, "--per-second", count / 10, "--over", "1000"]
        words = ["taskset", "-c", "1", *outside.command(MEASURE, "crowd", f"{SERVER}:{server.port + 3}", path, *how)]
        self.program = server.program("crowd", *words)


def measure(quick):
    stay, after = (8, 12) if quick else (30, 40)
    count = WORTH_MBITS * 1000 // EACH_KBITS // 2
    environment = {"HUSTINGS_LINE_RATE": f"{MBITS} Mbit/s", "HUSTINGS_STAGE_ADVERTISE": SERVER}
    with Shaped() as outside, Server(cores="0", listen="0.0.0.0", environment=environment) as server:
        sound, quietness, back = server.file("clicks.wav"), server.file("silence.wav"), server.file("back.wav")
        subprocess.run([MEASURE, "clicks", "make", str(sound)], check=True, capture_output=True, timeout=30)
        silence(quietness)
        noise = server.file("noise.wav")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "anoisesrc=r=48000:color=pink:amplitude=0.2:seed=7", "-t", "20", "-ac", "1", noise], check=True, timeout=20)
        server.live("talk")
        server.speaker("talk", "noise", noise)
        server.live("stage")
        url = f"http://{SERVER}:{server.port}/c/stage"
        speak = lambda seat, what, *more: server.program(f"speak-{seat}", *outside.command(HUSTINGS, "speak", url, what, "--token", server.token("stage", seat), "--loop", *more))
        speaker = speak("speaker", sound)
        other = speak("other", quietness, "--output", back)
        server.wait_for("hustings_speakers", 3)
        time.sleep(6)
        watch = Watch(outside.near)
        watch.start()
        came = time.time()
        say(f"narrow: twice {count} listeners come")
        # Ten seconds to come; the first leaves after its time, the second stays.
        leaves = Inside(server, outside, count, stay, 1)
        stays = Inside(server, outside, count, stay + after, 2)
        first = leaves.met()
        left = time.time()
        say(f"narrow: {count} have left")
        second = stays.met()
        ended = time.time()
        watch.over.set()
        watch.join()
        metrics = server.metrics()
        other.stop()
        speaker.stop()
        spoke, at_ms = speaker.report()["spoke_at_ms"] - CAPTURE_MS, other.report()["heard"]["at_ms"]
        heard = clicks(back)
        stage = [(at_ms / 1000 + moment, d) for (moment, _), d in zip(heard, delays_ms(heard, spoke, lambda moment: at_ms + 1000 * moment))]
        reports = {"speaker": speaker.report(), "other": other.report()}
    rate = rates(watch.seen)
    if os.environ.get("NARROW_KEEP"):
        with open(os.environ["NARROW_KEEP"], "w") as file:
            json.dump({"rate": rate, "seen": watch.seen, "stage": stage, "first": first, "second": second, "reports": reports, "metrics": metrics}, file)
    if not quick:
        draw(rate, watch.seen, stage, came, left)
    return rows(count, first, second, rate, watch.seen, stage, came, left, ended), details(first, second, rate, watch.seen, stage, reports, came, left)


def per_listener(rate, count, begin, end):
    """kbit/s for each of so many, each second."""
    return [(moment, 1000 * mbits / count) for moment, mbits in rate if begin <= moment < end]


def risen(rate, count, left, ended):
    """Seconds after which each hears full bitrate again, and stays so for three seconds."""
    each = per_listener(rate, count, left + 1, ended - 2)
    for n in range(len(each) - 2):
        if all(kbits >= 90 for _, kbits in each[n:n + 3]):
            return each[n][0] - left
    return None


def rows(count, first, second, rate, seen, stage, came, left, ended):
    both = [first, second]
    gaps = sum(m["largest_gap_ms"]["over"][0] for m in both if m["largest_gap_ms"])
    worst = max(at(m, "largest_gap_ms", "max") for m in both)
    deaf = sum(m["listeners"] - m["heard"] + m["lost"] + m["refused"] for m in both)
    queue, drops = max(q for _, q, _, _ in seen), seen[-1][2] - seen[0][2]
    rose = risen(rate, count, left, ended)
    clicked = [d for moment, d in stage if came <= moment < left]
    # A click is said every second; one that is missing was lost on its way.
    missing = max(0, round(left - came) - 2 - len(clicked))
    return [
        Row(f"of {2 * count} listeners on a line of {MBITS} Mbit/s: with a gap above 1 s", f"{gaps} (largest {worst:.0f} ms), {deaf} without sound", "0", gaps == 0 and deaf == 0),
        Row("the line's queue, at most", f"{queue:.0f} ms, {drops} packets dropped", "50 ms", queue <= 50 and drops == 0),
        Row("clicks from speaker to speaker by that line: lost", f"{missing} of {len(clicked)}", "0", missing == 0),
        Row("half leave: everybody hears full bitrate again after", "not seen" if rose is None else f"{rose:.0f} s", "30 s", rose is not None and rose <= 30),
    ]


def details(first, second, rate, seen, stage, reports, came, left):
    mean = lambda begin, end: (lambda found: sum(found) / max(len(found), 1))([m for moment, m in rate if begin <= moment < end])
    calm, busy = [d for moment, d in stage if moment < came], [d for moment, d in stage if came <= moment < left]
    queues = [q for moment, q, _, _ in seen if moment >= came]
    out = f"Sent: {mean(came + 15, left - 1):.1f} Mbit/s with everybody there, at most {max(m for _, m in rate):.1f} in a second. The queue: p99 {percentile(queues, 99):.1f} ms, the most {max(queues):.1f} ms, in {len(queues):,} looks."
    out += f" Speaker to speaker: p95 {percentile(calm, 95):.0f} ms before and {percentile(busy, 95):.0f} ms with everybody there."
    out += "\n\n" + table(["crowd", "heard", "first audio p99, ms", "largest gap p50, p99, most, ms"], [[name, f"{m['heard']:,}", f"{at(m, 'first_audio_ms', 'p99'):.0f}", ", ".join(f"{at(m, 'largest_gap_ms', p):.0f}" for p in ("p50", "p99", "max"))] for name, m in (("leaves", first), ("stays", second))])
    return out + "\n\n![The line](narrow.svg)"


def draw(rate, seen, stage, came, left):
    base = came - 2
    span = list(range(0, int(rate[-1][0] - base) + 1))
    by = lambda pairs: {int(moment - base): value for moment, value in pairs}
    worst = {}
    for moment, queue, _, _ in seen:
        worst[int(moment - base)] = max(worst.get(int(moment - base), 0), queue)
    mbits, delay = by(rate), by(stage)
    drawn = [("Mbit/s on the line", {"sent": [mbits.get(n) for n in span]}), ("ms", {"the line's queue, most in a second": [worst.get(n) for n in span]}), ("ms", {"speaker to speaker": [delay.get(n) for n in span]})]
    (ROOT / "bench/narrow.svg").write_text(panels(f"Listeners worth {WORTH_MBITS} Mbit/s on a line of {MBITS}; half leave at {left - base:.0f} s", span, drawn, unit="s"))
