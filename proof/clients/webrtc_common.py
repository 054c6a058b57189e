"""What the WHIP and WHEP programs beside this file share: options, HTTP, a WAV file, one line of JSON and a bound.

No ICE server is ever asked: both ends are on this machine.
"""
import argparse
import asyncio
import json
import math
import sys
import urllib.error
import urllib.request
import wave
from urllib.parse import urljoin

import numpy as np

RATE = 48_000


def options(text, **more):
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--url", required=True, help="address of the conversation, such as http://127.0.0.1:8080/c/demo")
    parser.add_argument("--token", default="")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--output", default="", help="WAV file of what was heard")
    for name, default in more.items():
        parser.add_argument(f"--{name}", default=default, required=default is None)
    return parser.parse_args()


def run(seconds, story):
    """Prints what the coroutine returns; anything else is {"error": …} and status 1."""
    try:
        outcome = asyncio.run(asyncio.wait_for(story, seconds))
    except BaseException as error:  # whatever it was, whoever waits reads one line
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        sys.exit(1)
    print(json.dumps(outcome), flush=True)


async def request(method, url, token="", body=None):
    """(status, headers, text) of an SDP request; a refusal is an answer too."""
    headers = {"Content-Type": "application/sdp"} if body is not None else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    asked = urllib.request.Request(url, data=body.encode() if body is not None else None, headers=headers, method=method)

    def ask():
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read().decode()

    return await asyncio.get_running_loop().run_in_executor(None, ask)


async def exchange(url, token, offer):
    """POSTs an offer. Returns the answer's SDP and the address of the session."""
    status, headers, text = await request("POST", url, token, offer)
    if status != 201:
        raise RuntimeError(f"{url} answered {status}: {text.strip()}")
    location = headers.get("Location")
    if not location:
        raise RuntimeError("201 without Location")
    return text, urljoin(url, location)


class Take:
    """Mono samples at 48 kHz, as they come."""

    def __init__(self):
        self.blocks = []

    def add(self, samples):
        """A one-dimensional array of int16."""
        self.blocks.append(np.ascontiguousarray(samples, dtype=np.int16))

    def close(self, path):
        pcm = np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.int16)
        if path:
            with wave.open(path, "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(RATE)
                out.writeframes(pcm.tobytes())
        rms = math.sqrt(float(np.mean(pcm.astype(np.float64) ** 2))) / 32768 if len(pcm) else 0.0
        return {"recorded_s": len(pcm) / RATE, "rms_dbfs": round(20 * math.log10(max(rms, 1e-6)), 1)}


async def record(track, take, heard=None):
    """Records an aiortc track until it ends."""
    from aiortc.mediastreams import MediaStreamError

    try:
        while True:
            frame = await track.recv()
            take.add(frame.to_ndarray().reshape(-1, len(frame.layout.channels)).mean(axis=1))
            if heard:
                heard.set()
    except MediaStreamError:
        pass
