"""How long a listener of the stream tier waits for the first sound, when the rendition is hot and when nobody had it.

Cold is measured with real first requests: a rendition is asked for once and then left to cool, in many conversations and
rounds, because of 200 joins of one cold rendition 199 would find it hot.
"""
import time

from arrivals import join
from house import VOICE, Server, say
from reckon import tail
from results import Row, table

TITLE = "First audio on the stream tier"
METHOD = """
A join goes from the call of connect() until 200 ms of sound have arrived from `live.mp4`, over the redirect from the public
address to the audience's: two connections, both on the clock. *At once*: one thread opens all connections as fast as it can,
so that the last waits for the first ones' service too. *Paced*: 200 a second. *Cold*: nobody had asked for
the rendition in the last 25 s, so the server encodes what was just said before it can answer; once for 200 joins of one
rendition, and with one join each of many renditions, in 20 conversations with a speaker.
The last row is `hustings listen --listeners`, the client that we ship, whose own work is in its figure.
"""
# RENDITION_COOLING_SECONDS of the server is 20.
COOLING_S = 25
COLD = ["opus-96", "opus-48"]


def cold(slugs, server, rounds):
    """Each conversation and rendition once a round, ten a second."""
    heard, failed = [], []
    for n in range(rounds):
        if n:
            time.sleep(COOLING_S)
        urls = [f"{server.url(slug)}/live.mp4?rendition={r}" for r in COLD for slug in slugs]
        some, lost = join(urls, 0.1)
        heard, failed = heard + some, failed + lost
        say(f"joins: cold round {n + 1} of {rounds}")
    return heard, failed


def measure(quick):
    count, rooms, rounds = (40, 4, 2) if quick else (200, 20, 5)
    with Server() as server:
        slugs = [f"room-{n}" for n in range(rooms)]
        for slug in slugs:
            server.live(slug)
            server.speaker(slug, "guest", VOICE)
        server.wait_for("hustings_speakers", rooms)
        # The ring of sound that a cold rendition is filled from holds 8 s.
        time.sleep(10)
        chilled, lost = cold(slugs, server, rounds)
    with Server() as server:
        url = f"{server.live('talk')}/live.mp4"
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        warm = server.listener("talk", 120)
        time.sleep(3)
        at_once, lost_at_once = join([url] * count, 0.0)
        time.sleep(2)
        paced, lost_paced = join([url] * count, 0.005)
        time.sleep(2)
        stormed, lost_stormed = join([f"{url}?rendition=opus-48"] * count, 0.0)
        time.sleep(2)
        ours = server.listener("talk", 2, listeners=count)
        ours.wait(30)
        shipped = [r["first_audio_ms"] for r in ours.report()]
        warm.stop()
    rows, lines = [], []
    for what, times, failed in [
        (f"{count} joins at once, hot", at_once, lost_at_once),
        (f"{count} joins at 200/s, hot", paced, lost_paced),
        (f"{count} joins at once of a cold rendition", stormed, lost_stormed),
        (f"{len(chilled)} joins at 10/s, each of a cold rendition", chilled, lost),
        (f"{count} joins at once by `hustings listen`, hot", shipped, ["silent"] * (count - len(shipped))),
    ]:
        p50, _, p99, _ = tail(times)
        rows.append(Row(f"first audio, {what}, p50", f"{p50:.0f} ms", "100 ms", not failed and p50 <= 100))
        rows.append(Row(f"first audio, {what}, p99", f"{p99:.0f} ms", "300 ms", not failed and p99 <= 300))
        lines.append([what, len(failed), *(f"{x:.0f}" for x in tail(times))])
    return rows, table(["first audio in ms", "without sound", "p50", "p95", "p99", "max"], lines)
