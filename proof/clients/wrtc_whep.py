"""A listener by libwebrtc itself, over WHEP, with its statistics: what a native application would see.

    python wrtc_whep.py --url http://127.0.0.1:8080/c/demo --seconds 10 --output heard.wav
"""
import asyncio
import time

import numpy as np
import webrtc

from webrtc_common import Take, exchange, options, request, run


async def gathered(peer):
    while peer.ice_gathering_state != "complete":
        await asyncio.sleep(0.02)


async def listen(track, take, heard):
    reader = webrtc.MediaStreamTrackProcessor(webrtc.MediaStreamTrackProcessorInit(track=track)).readable.get_reader()
    while True:
        result = await reader.read()
        if result.done:
            return
        data = result.value
        assert data.sample_rate == 48_000, data.sample_rate
        frames = data.number_of_frames
        plane = np.zeros(frames, np.float32)
        data.copy_to(memoryview(plane), webrtc.AudioDataCopyToOptions(plane_index=0, format="f32-planar"))
        data.close()
        heard.set()
        take.add(np.clip(np.round(plane * 32767), -32768, 32767))


async def story(given):
    began = time.monotonic()
    webrtc.allow_loopback()
    peer = webrtc.RTCPeerConnection()
    transceiver = peer.add_transceiver("audio", webrtc.RTCRtpTransceiverInit(direction="recvonly"))
    take, heard = Take(), asyncio.Event()
    await peer.set_local_description(await peer.create_offer())
    await asyncio.wait_for(gathered(peer), 5)
    answer, session = await exchange(f"{given.url}/whep", given.token, peer.local_description.sdp)
    await peer.set_remote_description(webrtc.RTCSessionDescriptionInit(type="answer", sdp=answer))
    reading = asyncio.ensure_future(listen(transceiver.receiver.track, take, heard))
    first = asyncio.ensure_future(heard.wait())
    await asyncio.wait({reading, first}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    if reading.done():
        reading.result()
    if not heard.is_set():
        raise RuntimeError(f"no sound within 10 s; the connection is {peer.connection_state}")
    first_ms = round(1000 * (time.monotonic() - began))
    await asyncio.sleep(given.seconds)
    facts = {}
    for stats in (await peer.get_stats()).values():
        row = stats if isinstance(stats, dict) else stats.to_json()
        if row.get("type") == "inbound-rtp":
            keys = ("packetsReceived", "packetsLost", "jitter", "concealmentEvents", "concealedSamples", "silentConcealedSamples", "totalSamplesReceived", "jitterBufferDelay", "jitterBufferEmittedCount")
            facts = {key: row.get(key) for key in keys}
    reading.cancel()
    status, _, _ = await request("DELETE", session, given.token)
    peer.close()
    return {"first_audio_ms": first_ms, "deleted": status, **facts, **take.close(given.output)}


given = options(__doc__)
run(given.seconds + 25, story(given))
