"""A listener by aiortc, over WHEP.

    python aiortc_whep.py --url http://127.0.0.1:8080/c/demo --seconds 10 --output heard.wav
"""
import asyncio
import time

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from webrtc_common import Take, exchange, options, record, request, run


async def story(given):
    began = time.monotonic()
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("audio", direction="recvonly")
    take, heard = Take(), asyncio.Event()

    @peer.on("track")
    def came(track):
        asyncio.ensure_future(record(track, take, heard))

    await peer.setLocalDescription(await peer.createOffer())
    answer, session = await exchange(f"{given.url}/whep", given.token, peer.localDescription.sdp)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.wait_for(heard.wait(), 10)
    first = round(1000 * (time.monotonic() - began))
    await asyncio.sleep(given.seconds)
    status, _, _ = await request("DELETE", session, given.token)
    await peer.close()
    return {"first_audio_ms": first, "deleted": status, **take.close(given.output)}


given = options(__doc__)
run(given.seconds + 25, story(given))
