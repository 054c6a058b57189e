"""What one conversation costs: four speakers, every rendition in use, as a share of one core."""
import subprocess
import time

from house import VOICE, Server
from results import Row, table

TITLE = "CPU of one conversation"
METHOD = """
Four `hustings speak` with real WebRTC, each saying another voice or another place of it without a pause, and one listener of
the stream tier for each rendition. CPU is user and system time of the server's processes from the kernel, over the seconds
named; what its encoders take of that is from `/metrics` (program sound; the encodes of the N−1 mixes are in *everything else*).
"""
RENDITIONS = ["opus-96", "opus-48", "aac-96"]


def voices(server):
    """The real voice, and the same from another place on, so that the four are never in step."""
    out = []
    for n in range(4):
        path = server.file(f"voice-{n}.wav")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "1", "-ss", str(3 * n), "-i", str(VOICE), "-t", "12", str(path)], check=True, timeout=20)
        out.append(path)
    return out


def spend(server, seconds):
    """CPU and metrics over so many seconds."""
    before, cpu, began = server.metrics(), server.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    after, used, took = server.metrics(), server.cpu_seconds() - cpu, time.monotonic() - began
    return used, took, {key: value - before.get(key, 0) for key, value in after.items()}


def measure(quick):
    seconds = 5 if quick else 60
    with Server() as server:
        idle, took, _ = spend(server, 3)
        idle = 100 * idle / took
        server.live("talk")
        for n, voice in enumerate(voices(server)):
            server.speaker("talk", f"guest-{n}", voice)
        server.wait_for("hustings_speakers", 4)
        time.sleep(2)
        one = 100 * (lambda s: s[0] / s[1])(spend(server, seconds / 2))
        for rendition in RENDITIONS:
            server.listener("talk", seconds + 30, rendition=rendition)
        server.wait_for('hustings_listeners{tier="stream"}', len(RENDITIONS))
        time.sleep(2)
        used, took, grown = spend(server, seconds)
    share = 100 * used / took
    encoders = {r: 100 * grown.get(f'hustings_encode_seconds_total{{rendition="{r}"}}', 0) / took for r in RENDITIONS}
    lines = [["encode " + r, f"{x:.2f} %"] for r, x in encoders.items()]
    lines.append(["everything else: WebRTC of four, decode, mixes, N−1 encodes, packing", f"{share - sum(encoders.values()):.2f} %"])
    details = table(["of one core", f"over {took:.0f} s"], lines)
    details += f"\n\nThe server without a conversation: {idle:.1f} %; with the four speakers and no listener: {one:.1f} %."
    return [Row("CPU of one conversation, 4 speakers, 3 renditions", f"{share:.1f} % of a core", "8 %", share <= 8)], details
