"""`quality/run`: sibilants of a real voice on every tier and rendition, and what is left of it on a line that loses packets.

    quality/run [--quick]

Three senders that encode differently, every way to hear, energy per band against the file that was spoken: what sees a lisp
(perceptual scores do not; see proof/measure). Loss is the kernel's, by nftables on the stage's UDP port alone, which needs
root. The section goes into bench/RESULTS.md.
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

import results
from house import CLIENTS, MEASURE, VOICE, Server, say
from reckon import quiet
from results import Row, table

METHOD = """
A real voice of 48 kHz (Debian's `alsa-utils`, 13 s in a loop) is sent by `hustings speak`, by Chromium through
`getUserMedia`, and by ffmpeg 9's WHIP muxer; all ways to hear are recorded at once. On frames of which more than 30 % of the
energy lies between 4 and 12 kHz, the energy per band is compared with the source, the level between 300 and 3,000 Hz taken
out (`measure sibilants`). Recording begins 3 s after the sender is on; 14 s with Chromium, which raises its bitrate first; 32 s with ffmpeg, which sends at 1.05 times the pace until
it has made up for the second of its own start: pauses are shortened for that, and what has other pauses than the source
cannot be laid beside it. Loss: 5 % of the datagrams towards the stage are dropped at random by nftables; a glitch second is
one in which a 20 ms frame deviates by 15 dB from the source, or is exactly zero (`measure gaps`).
"""
RENDITIONS = ["opus-96", "opus-48", "opus-24", "aac-96", "aac-48"]
WITHIN_DB = 1.0
LOSS = 5
# ffmpeg says so itself: "Resumed reading at pts 0.597 with rate 1.050 after a lag of 0.925s".
# A browser begins at a low bitrate and raises it; `live.ogg` begins with the 6 s before.
SETTLING_S = {"Chromium": 14, "ffmpeg 9": 32}
# A jitter buffer learns of a bad line from its first losses.
SETTLED_S = 8


def speaker(server, kind, seconds):
    """Starts a sender of one kind and waits until it is on stage."""
    url, token = server.live("voice"), server.token("voice", "guest")
    if kind == "hustings speak":
        server.speaker("voice", "guest", VOICE, token=token)
    elif kind == "Chromium":
        server.program("chromium", "node", CLIENTS / "speaker.mjs", "--url", url, "--token", token, "--microphone", VOICE, "--seconds", seconds)
    else:
        server.program("ffmpeg", CLIENTS / "ffmpeg_whip", url, token, VOICE, seconds)
    server.wait_for("hustings_speakers", 1)
    time.sleep(SETTLING_S.get(kind, 3))


def ears(server, seconds):
    """Every way to hear: (how, program, recording)."""
    out = []
    for tier in ("stream", "hls"):
        for rendition in RENDITIONS:
            recording = server.file(f"{tier}-{rendition}.wav")
            what = "`live.mp4`" if tier == "stream" else "HLS"
            out.append((f"{what} {rendition}", server.listener("voice", seconds, tier, rendition, recording), recording))
    recording = server.file("whep.wav")
    out.append(("WHEP", server.listener("voice", seconds, "whep", output=recording), recording))
    for name in ("live.ogg", "live.aac"):
        recording = server.file(f"{name}.wav")
        arguments = ["-v", "error", "-y", "-i", f"{server.url('voice')}/{name}", "-t", seconds, "-ac", 1, "-ar", 48000, recording]
        out.append((f"`{name}` by ffmpeg", server.program(name, "ffmpeg", *arguments), recording))
    return out


def measured(*arguments):
    done = subprocess.run([MEASURE, *map(str, arguments), "--looped"], capture_output=True, text=True, timeout=180)
    if done.returncode == 2:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def sibilants(kind, seconds):
    """Rows of one sender: how heard, dB in three bands; None where nothing was recorded."""
    with Server() as server:
        speaker(server, kind, seconds + 70)
        heard = ears(server, seconds)
        out = []
        for how, program, recording in heard:
            program.wait(seconds + 30)
            try:
                found = measured("sibilants", VOICE, recording)
                out.append((how, [b["db"] for b in found["bands"]], found["frames"]))
            except RuntimeError as why:
                say(f"quality: {kind}, {how}: {why} {program.err_path.read_text(errors='replace').strip()[-200:]}")
                out.append((how, None, 0))
        return out


@contextmanager
def loss(port, percent):
    """Datagrams towards a UDP port on loopback, dropped at random."""
    name = f"hustings_quality_{port}"
    chain = f"type filter hook input priority 0\niifname lo udp dport {port} numgen random mod 100 < {percent} drop"
    subprocess.run(["nft", "-f", "-"], input=f"table inet {name} {{\nchain input {{\n{chain}\n}}\n}}\n", text=True, check=True, timeout=10)
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", "inet", name], check=False, timeout=10)


def lossy(kind, seconds):
    """What `measure gaps` finds in live.mp4 with loss towards the stage, and without."""
    with Server() as server:
        speaker(server, kind, 2 * seconds + 60)
        found = []
        for percent in (0, LOSS):
            recording = server.file(f"lossy-{percent}.wav")
            if percent:
                with loss(server.port + 1, percent):
                    server.listener("voice", seconds, output=recording).wait(seconds + 30)
            else:
                server.listener("voice", seconds / 4, output=recording).wait(seconds + 30)
            found.append(measured("gaps", VOICE, recording))
        return found


def main():
    parser = argparse.ArgumentParser(prog="quality/run", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few samples, printed and not written: to try the script")
    given = parser.parse_args()
    # Told to stop, it takes its server, its clients and its rule in the kernel along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seconds, long = (14, 16) if given.quick else (28, 120)
    load = quiet(bound=5 if given.quick else int(os.environ.get("QUIET_S", 300)))
    kinds, rows, lines = ["hustings speak", "Chromium", "ffmpeg 9"], [], []
    for kind in kinds:
        say(f"quality: sibilants of {kind}")
        heard = sibilants(kind, seconds)
        bands = [db for _, found, _ in heard if found for db in found[:2]]
        worst = max(bands, key=abs, default=float("nan"))
        whole = all(found for _, found, _ in heard)
        rows.append(Row(f"sibilants from {kind}, worst of {len(heard)} ways to hear, 4–8 and 8–12 kHz", f"{worst:+.2f} dB", "±1 dB", whole and abs(worst) <= WITHIN_DB))
        lines += [[f"{kind} → {how}", frames, *(f"{db:+.2f}" for db in found or [float('nan')] * 3)] for how, found, frames in heard]
    details = table(["change in dB", "frames", "4–8 kHz", "8–12 kHz", "12–16 kHz"], lines)
    lost = []
    for kind in kinds[:2]:
        say(f"quality: {LOSS} % loss from {kind}")
        without, found = lossy(kind, long)
        settled = {int(at) for at in found["at"] if at >= SETTLED_S}
        shares = [("from the first lost packet on", found["glitch_seconds_percent"])]
        # The list of places ends at a hundred: beyond that only the whole can be told.
        if found["glitch_frames"] <= 100:
            shares.append((f"after {SETTLED_S} s of loss", 100 * len(settled) / (found["seconds"] - SETTLED_S)))
        for when, share in shares:
            rows.append(Row(f"{LOSS} % loss towards the stage from {kind}, glitch seconds {when}", f"{share:.1f} %", "1 %", share <= 1.0))
        for what, f in ((f"{kind}, no loss", without), (f"{kind}, {LOSS} % loss", found)):
            lost.append([what, f["seconds"], f["glitch_seconds"], f["glitch_frames"], f["frames"], f["dropouts"]])
    details += "\n\n" + table(["", "seconds", "with a glitch", "frames with one", "of frames", "dropouts"], lost)
    results.write("quality", "Sound: no lisp, and a bad line", "quality/run", METHOD, rows, details, load, given.quick)
    for row in rows:
        say(f"quality: {row.figure}: {row.measured} ({row.bar}) {'met' if row.met else 'NOT met'}")


if __name__ == "__main__":
    main()
