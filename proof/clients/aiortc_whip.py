"""A speaker by aiortc: sends a file over WHIP in a loop, in real time, and records the return.

    python aiortc_whip.py --url http://127.0.0.1:8080/c/demo --token T --file voice.wav --seconds 10 --output heard.wav

`--payload ff00` sends these bytes (in hex) in place of every Opus packet.
"""
import asyncio
import time

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer

from webrtc_common import Take, exchange, options, record, request, run


def send_instead(payload):
    """Makes aiortc's encoder give these bytes."""
    from aiortc.codecs import opus

    encode = opus.OpusEncoder.encode

    def instead(self, frame, force_keyframe=False):
        packets, timestamp = encode(self, frame, force_keyframe)
        return [payload for _ in packets], timestamp

    opus.OpusEncoder.encode = instead


async def story(given):
    if given.payload:
        send_instead(bytes.fromhex(given.payload))
    began = time.monotonic()
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    voice = MediaPlayer(given.file, loop=True)
    peer.addTransceiver(voice.audio, direction="sendrecv")
    take, on = Take(), asyncio.Event()

    @peer.on("connectionstatechange")
    def changed():
        if peer.connectionState == "connected":
            on.set()

    @peer.on("track")
    def came(track):
        asyncio.ensure_future(record(track, take))

    await peer.setLocalDescription(await peer.createOffer())
    answer, session = await exchange(f"{given.url}/whip", given.token, peer.localDescription.sdp)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.wait_for(on.wait(), 10)
    on_s = round(time.monotonic() - began, 3)
    await asyncio.sleep(given.seconds)
    status, _, _ = await request("DELETE", session, given.token)
    await peer.close()
    return {"on_s": on_s, "deleted": status, **take.close(given.output)}


given = options(__doc__, file=None, payload="")
run(given.seconds + 25, story(given))
