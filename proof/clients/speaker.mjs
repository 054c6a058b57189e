// A speaker in Chromium, whose microphone plays a WAV in a loop, and what that speaker hears.
//
//   node speaker.mjs --url http://127.0.0.1:8080/c/demo --token T --microphone voice.wav --seconds 10 --output heard.wav
//
// --via raw   WHIP by thirty lines of our own on a blank page: proves the server whatever the pages do (default)
// --via page  opens /c/{slug}#t=TOKEN and presses what a guest presses
//
// `--at 127.0.0.1` opens the URL's name at that address, whoever signed its certificate: for names that only a test knows.
//
// Prints {"on_s":…,"transport":"udp"|"tcp","sent_codec":…,"recorded_s":…,"rms_dbfs":…}. `--events 1` prints a line
// {"event":"on"} as soon as the speaker is on, for whoever waits to begin. `--said FILE` records the microphone too and adds
// {"said":{"recorded_at_ms":…}}, from which the delay to anybody's recording can be told.

import { blank, listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({
  url: undefined, token: undefined, microphone: undefined, seconds: '10', output: '', via: 'raw', whip: '', within: '10', events: '', said: '',
  at: '',
});
const seconds = Number(given.seconds);
const within = Number(given.within);

await run(seconds + within + 20, async (launch) => {
  const args = given.at ? [`--host-resolver-rules=MAP ${new URL(given.url).hostname} ${given.at}`] : [];
  const browser = await launch({ microphone: given.microphone, args });
  const context = await browser.newContext({ permissions: ['microphone'], bypassCSP: true, ignoreHTTPSErrors: Boolean(given.at) });
  await listenIn(context);
  const began = performance.now();
  const page = given.via === 'page' ? await throughPage(context) : await raw(context);

  const connected = () => page.evaluate(() => window.proof.peers.some((p) => p.connectionState === 'connected'));
  await until('the speaker is on', within, connected);
  const on_s = Math.round(performance.now() - began) / 1000;
  if (given.events) console.log(JSON.stringify({ event: 'on', on_s, port: (await page.evaluate(describe)).port }));

  await page.evaluate(async (said) => {
    const peer = window.proof.peers.findLast((p) => p.connectionState === 'connected');
    await window.proof.recordTrack('return', peer.getReceivers()[0].track);
    if (said) await window.proof.record('microphone', new MediaStream([peer.getSenders()[0].track]));
  }, given.said);
  await sleep(seconds);
  const facts = await page.evaluate(describe);
  const heard = await save(page, 'return', given.output);
  if (given.via === 'raw') await page.evaluate(() => fetch(window.proof.session, { method: 'DELETE', headers: window.proof.bearer }));
  const said = given.said ? { said: await save(page, 'microphone', given.said) } : {};
  return { on_s, ...facts, ...heard, ...said };
});

async function raw(context) {
  const page = await blank(context, given.url);
  const whip = given.whip || `${given.url.replace(/\/$/, '')}/whip`;
  await page.evaluate(async ({ whip, token }) => {
    // A measurement's microphone: nothing between the file and the encoder.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const microphone = await navigator.mediaDevices.getUserMedia({ audio });
    const peer = new RTCPeerConnection();
    peer.addTransceiver(microphone.getAudioTracks()[0], { direction: 'sendrecv', streams: [microphone] });
    // As our page: the shortest buffer that the line allows.
    for (const receiver of peer.getReceivers()) receiver.jitterBufferTarget = 0;
    const offer = await peer.createOffer();
    // As our page: Chromium sends lost sound again when the offer says so.
    const sdp = offer.sdp.replace(/^a=rtpmap:(\d+) opus.*\r\n/m, (line, type) => `${line}a=rtcp-fb:${type} nack\r\n`);
    await peer.setLocalDescription({ type: 'offer', sdp });
    const gathered = new Promise((done) => {
      peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && done();
    });
    await Promise.race([gathered, new Promise((done) => setTimeout(done, 2000))]);
    window.proof.bearer = { Authorization: `Bearer ${token}` };
    const answer = await fetch(whip, {
      method: 'POST',
      headers: { ...window.proof.bearer, 'Content-Type': 'application/sdp' },
      body: peer.localDescription.sdp,
    });
    if (answer.status !== 201) throw new Error(`WHIP answered ${answer.status}: ${await answer.text()}`);
    window.proof.session = new URL(answer.headers.get('Location'), answer.url).href;
    await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  }, { whip, token: given.token });
  return page;
}

// Our own page: a guest's first button enters the green room, the second goes on stage.
async function throughPage(context) {
  const page = await context.newPage();
  await page.goto(`${given.url}#t=${given.token}`);
  const stage = page.locator('hustings-stage');
  for (const [state, next] of [['invited', 'check'], ['check', 'joining']]) {
    await until(`the page is at "${state}"`, 10, async () => (await stage.getAttribute('data-stage-state')) === state);
    await stage.locator('button.primary:visible:enabled').click({ timeout: 5000 });
    await until(`the page goes on to "${next}"`, 10, async () => (await stage.getAttribute('data-stage-state')) !== state);
  }
  return page;
}

async function describe() {
  const peer = window.proof.peers.findLast((p) => p.connectionState === 'connected');
  if (!peer) return { lost: true };
  const stats = await peer.getStats();
  const facts = {};
  // After an ICE restart the old pair still counts as nominated.
  const selected = new Set([...stats.values()].map((s) => s.selectedCandidatePairId));
  for (const s of stats.values()) {
    if (s.type === 'candidate-pair' && selected.has(s.id)) {
      facts.transport = stats.get(s.localCandidateId)?.protocol;
      facts.port = stats.get(s.localCandidateId)?.port;
      facts.rtt_ms = Math.round((s.currentRoundTripTime ?? 0) * 1000);
    }
    if (s.type === 'outbound-rtp') {
      facts.packets_sent = s.packetsSent;
      facts.packets_sent_again = s.retransmittedPacketsSent;
      facts.nacks = s.nackCount;
      facts.kbit_s = Math.round((s.bytesSent * 8) / 1000 / Math.max(1, performance.now() / 1000));
      facts.sent_codec = stats.get(s.codecId)?.sdpFmtpLine;
      facts.sent_mime = stats.get(s.codecId)?.mimeType;
    }
    if (s.type === 'inbound-rtp') {
      facts.packets_received = s.packetsReceived;
      facts.packets_lost = s.packetsLost;
      facts.concealed_ms = Math.round((s.concealedSamples - (s.silentConcealedSamples ?? 0)) / 48);
    }
  }
  return facts;
}
