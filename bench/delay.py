"""Delay by coded clicks: from a microphone to another speaker, to listeners of live.mp4, to the page in Chromium.

Every second of the spoken sound says which second it is, so a delay is read from the sound that was heard and from two
clock readings on one machine, not from timestamps that the server under test wrote. Many joins are sampled and not one,
because a listener's delay is decided by the moment at which it joins.
"""
import json
import subprocess
import time
from contextlib import suppress

from house import CLIENTS, MEASURE, Server, say
from reckon import clicks, clock_of, delays_ms, percentile, tail
from results import Row, table

TITLE = "Delay"
METHOD = """
A speaker sends coded clicks (`measure clicks`): chirps whose distance in each second says which second it is. The delay of
each click is the moment it is heard less the moment it is said. *Said* is, for `hustings speak`, the sending of a frame less
the 20 ms that a microphone needs to fill it; for Chromium, its microphone as recorded by Web Audio in the same browser.
*Heard* is, for `hustings listen`, its loudspeaker behind a player's buffer of 200 ms; for Chromium, the sound of the media
element, or of the received track behind the browser's own jitter buffer, as rendered by Web Audio, which adds up to 20 ms of
its own; for `hustings speak`, the arrival of the packet: nothing is buffered there. Listeners join at different moments.
"""
CAPTURE_MS = 20
BARS = {"speaker": 200, "mp4": 1200, "page": 1500}


def node(server, script, *arguments):
    return server.program(script, "node", CLIENTS / script, *arguments)


def from_chromium(program, recording, spoke_at_ms):
    said = program.report()
    if "error" in said:
        raise RuntimeError(f"{program.name}: {said['error']}")
    return delays_ms(clicks(recording), spoke_at_ms, clock_of(said))


def streams(server, joins, each_s):
    """Listeners who join one after the other, at moments that drift through all phases of a part."""
    listeners = []
    for n in range(joins):
        recording = server.file(f"mp4-{n}.wav")
        listeners.append((server.listener("delay", each_s, output=recording), recording))
        time.sleep(1.0 + 0.037)
    for listener, _ in listeners:
        listener.wait(each_s + 15)
    return listeners


def stream_delays(listeners, spoke_at_ms):
    out, stalled = [], 0
    for listener, recording in listeners:
        report = listener.report()
        # After a stall the recording no longer says when it was heard.
        stalled += report["stalls"] > 0
        if not report["stalls"]:
            out += delays_ms(clicks(recording), spoke_at_ms, lambda at: report["first_audio_at_ms"] + 1000 * at)
    return out, stalled


def between_browsers(server, sound, seconds):
    """Two Chromium speakers: what the first says into its microphone, until the second hears it."""
    said, heard = server.file("said.wav"), server.file("browser-heard.wav")
    guests = []
    for seat, more in (("ada", ["--microphone", sound, "--said", said]), ("ben", ["--microphone", server.file("silence.wav"), "--output", heard])):
        token = server.token("browsers", seat)
        guests.append(node(server, "speaker.mjs", "--url", server.url("browsers"), "--token", token, "--seconds", seconds, *more))
    for guest in guests:
        guest.wait(seconds + 40)
    first, second = guests[0].report(), guests[1].report()
    for report in (first, second):
        if "error" in report:
            raise RuntimeError(report["error"])
    spoken = clicks(said)
    mouth, ear = clock_of(first["said"]), clock_of(second)
    # When code 0 was said, by each click that the microphone's recording holds; the middle one, for the clock's jitter.
    zero = percentile([mouth(at) - 1000 * code for at, code in spoken if code >= spoken[0][1]], 50)
    return delays_ms(clicks(heard), zero, ear)


def silence(path, seconds=10):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", str(seconds), str(path)], check=True, timeout=20)


def measure(quick):
    joins, each_s, loads, page_s, return_s = (3, 4, 1, 6, 10) if quick else (60, 5, 8, 15, 60)
    with Server() as server:
        sound, quietness = server.file("clicks.wav"), server.file("silence.wav")
        subprocess.run([MEASURE, "clicks", "make", str(sound)], check=True, capture_output=True, timeout=30)
        silence(quietness)
        server.live("delay")
        speaker = server.speaker("delay", "speaker", sound)
        back = server.file("back.wav")
        other = server.speaker("delay", "other", quietness, output=back)
        server.wait_for("hustings_speakers", 2)
        say("delay: listeners of live.mp4, one a second")
        listeners = streams(server, joins, each_s)
        other.stop()
        say("delay: the page in Chromium")
        pages = []
        for n in range(loads):
            recording = server.file(f"page-{n}.wav")
            page = node(server, "listener.mjs", "--url", server.url("delay"), "--seconds", page_s, "--output", recording)
            page.wait(page_s + 60)
            pages.append((page, recording))
        say("delay: another speaker in Chromium")
        heard = server.file("chromium.wav")
        guest = node(server, "speaker.mjs", "--url", server.url("delay"), "--token", server.token("delay", "browser"), "--microphone", quietness, "--seconds", return_s, "--output", heard)
        guest.wait(return_s + 40)
        speaker.stop()
        spoke = speaker.report()["spoke_at_ms"] - CAPTURE_MS
        say("delay: from one Chromium to another")
        server.live("browsers")
        browsers = between_browsers(server, sound, return_s)
        at_ms = other.report()["heard"]["at_ms"]
        wire = delays_ms(clicks(back), spoke, lambda at: at_ms + 1000 * at)
        mp4, stalled = stream_delays(listeners, spoke)
        shown, said_by_page = [], []
        for page, recording in pages:
            with suppress(json.JSONDecodeError):
                shown += from_chromium(page, recording, spoke)
                said_by_page.append(page.report()["delay_ms"])
        measured = [
            ("microphone to another speaker, on the wire", "speaker", wire),
            ("microphone to another speaker in Chromium", "speaker", from_chromium(guest, heard, spoke)),
            ("Chromium's microphone to another Chromium", "speaker", browsers),
            ("microphone to a `live.mp4` listener", "mp4", mp4),
            ("microphone to the page in Chromium", "page", shown),
        ]
    rows = [Row(f"{what}, p95", f"{tail(d)[1]:.0f} ms", f"{BARS[bar]:,} ms", bool(d) and tail(d)[1] <= BARS[bar]) for what, bar, d in measured]
    details = table(["delay in ms", "clicks", "p50", "p95", "p99", "max"], [[w, len(d), *(f"{x:.0f}" for x in tail(d))] for w, _, d in measured])
    details += f"\n\n{joins} joins of `live.mp4` ({stalled} with a stall, left out), {loads} loads of the page, whose own account of its delay was {said_by_page} ms."
    return rows, details
