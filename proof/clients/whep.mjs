// A listener in Chromium over WHEP, by thirty lines of our own on a blank page.
//
//   node whep.mjs --url http://127.0.0.1:8083/c/demo --seconds 10 --output heard.wav
//
// `--nack 1` asks for lost packets again, which Chromium does for sound only when its offer says so. Prints
// {"packets_received":…,"packets_lost":…,"nacks":…,"concealed_ms":…,"srtp":…,"recorded_s":…,"rms_dbfs":…}.

import { blank, listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({ url: undefined, seconds: '10', output: '', nack: '', within: '10' });
const seconds = Number(given.seconds);
const within = Number(given.within);

await run(seconds + within + 20, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext({ bypassCSP: true });
  await listenIn(context);
  const page = await blank(context, given.url);
  await page.evaluate(join, { whep: `${given.url.replace(/\/$/, '')}/whep`, nack: Boolean(given.nack) });
  await until('it is connected', within, () => page.evaluate(() => window.proof.peers[0].connectionState === 'connected'));
  await page.evaluate(() => window.proof.recordTrack('heard', window.proof.peers[0].getReceivers()[0].track));
  await sleep(seconds);
  const facts = await page.evaluate(describe);
  const heard = await save(page, 'heard', given.output);
  const deleted = await page.evaluate(async () => (await fetch(window.proof.session, { method: 'DELETE' })).status);
  return { ...facts, ...heard, deleted };
});

async function join({ whep, nack }) {
  const peer = new RTCPeerConnection();
  peer.addTransceiver('audio', { direction: 'recvonly' });
  const offer = await peer.createOffer();
  const asks = (line, type) => `${line}a=rtcp-fb:${type} nack\r\n`;
  const sdp = nack ? offer.sdp.replace(/^a=rtpmap:(\d+) opus.*\r\n/m, asks) : offer.sdp;
  await peer.setLocalDescription({ type: 'offer', sdp });
  const answer = await fetch(whep, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: peer.localDescription.sdp });
  if (answer.status !== 201) throw new Error(`WHEP answered ${answer.status}: ${await answer.text()}`);
  window.proof.session = new URL(answer.headers.get('Location'), answer.url).href;
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
}

async function describe() {
  const facts = {};
  for (const s of (await window.proof.peers[0].getStats()).values()) {
    if (s.type === 'transport') facts.srtp = s.srtpCipher;
    if (s.type === 'remote-outbound-rtp') facts.reports = s.reportsSent;
    if (s.type === 'inbound-rtp') {
      facts.packets_received = s.packetsReceived;
      facts.packets_lost = s.packetsLost;
      facts.nacks = s.nackCount;
      facts.concealed_ms = Math.round((s.concealedSamples - (s.silentConcealedSamples ?? 0)) / 48);
    }
  }
  return facts;
}
