// Chromium as a person's browser, for the programs beside this file: a fake microphone that plays a WAV in a loop, a
// recorder of what the page lets its person hear, one line of JSON as the outcome, and a bound on everything.
//
// Nothing here knows our pages' markup, except by the few hooks that `Page` in speaker.mjs and listener.mjs names.

import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

// options(spec): command line options, `--name value`; `spec` gives each one's default, undefined for a required one.
export function options(spec) {
  const names = Object.fromEntries(Object.keys(spec).map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ options: names });
  for (const [name, fallback] of Object.entries(spec)) {
    values[name] ??= fallback;
    if (values[name] === undefined) throw new Error(`--${name} is needed`);
  }
  return values;
}

// run(seconds, story): prints what the story returns as one line of JSON. A story that throws, or takes longer than its
// bound, prints {"error":…} and ends with status 1. Chromium ends with this process in every case.
export async function run(seconds, story) {
  const late = setTimeout(() => finish({ error: `not done after ${seconds} s` }, 1), seconds * 1000);
  let opened;
  const finish = async (outcome, status) => {
    clearTimeout(late);
    writeFileSync(1, `${JSON.stringify(outcome)}\n`);
    await Promise.race([opened?.close().catch(() => {}), new Promise((done) => setTimeout(done, 3000))]);
    process.exit(status);
  };
  process.on('SIGTERM', () => finish({ error: 'told to stop' }, 1));
  try {
    const outcome = await story(async (more) => {
      opened = await launch(more);
      return opened;
    });
    await finish(outcome, 0);
  } catch (error) {
    await finish({ error: String(error?.message ?? error) }, 1);
  }
}

async function launch({ microphone, args = [] } = {}) {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find(existsSync);
  if (!executablePath) throw new Error('no Chromium here: run `make setup`, or name one in $CHROMIUM');
  const fake = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  if (microphone) fake.push(`--use-file-for-fake-audio-capture=${resolve(microphone)}`);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-background-timer-throttling',
      '--autoplay-policy=no-user-gesture-required', ...fake, ...args,
    ],
  });
}

// blank(context, origin): an empty page of that origin, which the server never sees: a place for scripts of our own.
export async function blank(context, origin) {
  const page = await context.newPage();
  const address = `${new URL(origin).origin}/proof-of-others`;
  await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>proof</title>' }));
  await page.goto(address);
  return page;
}

// Hands what flows through it to the page in blocks of 100 ms, with the moment at which each began.
const TAP = `registerProcessor('tap', class extends AudioWorkletProcessor {
  constructor() { super(); this.block = new Float32Array(4800); this.n = 0; this.at = 0; }
  process([input]) {
    const left = input[0], right = input[1];
    if (this.n < 128) this.at = Date.now() - this.n / 48;
    for (let i = 0; i < (left?.length ?? 128); i++) {
      this.block[this.n++] = left ? (right ? (left[i] + right[i]) / 2 : left[i]) : 0;
      if (this.n === this.block.length) { this.port.postMessage({ block: this.block, at: this.at }); this.n = 0; }
    }
    return true;
  } })`;

// listenIn(context): in every page of the context, `window.proof` can record a MediaStream. It also keeps what a page
// makes before anybody asks: its peer connections and the media elements that it plays, in shadow roots too. The recorder
// is a worklet from a blob, so a context for our own pages needs `bypassCSP`: the policy of a page allows no such script.
export async function listenIn(context) {
  await context.addInitScript((tap) => {
    const proof = { peers: [], elements: new Set(), takes: {} };
    window.proof = proof;

    const Peer = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Peer {
      constructor(...given) {
        super(...given);
        proof.peers.push(this);
      }
    };
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      proof.elements.add(this);
      return play.call(this);
    };

    let context;
    proof.context = () => {
      context ??= (async () => {
        const made = new AudioContext({ sampleRate: 48000, latencyHint: 'interactive' });
        await made.audioWorklet.addModule(URL.createObjectURL(new Blob([tap], { type: 'text/javascript' })));
        await made.resume();
        return made;
      })();
      return context;
    };
    // Starts a take of what `stream` carries, in mono at 48 kHz; silence where it carries nothing.
    proof.record = async (name, stream) => {
      const audio = await proof.context();
      const node = new AudioWorkletNode(audio, 'tap', { numberOfOutputs: 0 });
      const take = { blocks: [], begins: [], node, loudAt: undefined };
      node.port.onmessage = ({ data: { block, at } }) => {
        if (take.loudAt === undefined && block.some((x) => Math.abs(x) > 0.01)) take.loudAt = performance.now();
        // When the recording would have begun by this block's clock.
        take.begins.push(at - take.blocks.length * 100);
        take.blocks.push(block);
      };
      // An element that gets a new source gives its stream new tracks.
      const connect = (track) => audio.createMediaStreamSource(new MediaStream([track])).connect(node);
      stream.getAudioTracks().forEach(connect);
      stream.addEventListener('addtrack', ({ track }) => track.kind === 'audio' && connect(track));
      proof.takes[name] = take;
    };
    // A remote WebRTC track flows into Web Audio only while a media element plays it too.
    proof.recordTrack = async (name, track) => {
      const stream = new MediaStream([track]);
      const element = new Audio();
      element.muted = true;
      element.srcObject = stream;
      await play.call(element);
      proof.keep = [...(proof.keep ?? []), element];
      await proof.record(name, stream);
    };
    // Ends a take: 16-bit samples in base64.
    proof.take = (name) => {
      const { blocks, node } = proof.takes[name];
      node.port.onmessage = null;
      const pcm = new Int16Array(blocks.length * 4800);
      blocks.forEach((block, i) => {
        block.forEach((x, j) => { pcm[i * 4800 + j] = Math.max(-32768, Math.min(32767, Math.round(x * 32767))); });
      });
      const bytes = new Uint8Array(pcm.buffer);
      let text = '';
      for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
      return btoa(text);
    };
  }, TAP);
}

// save(page, name, path): writes a take as a WAV file and says its seconds, its level, and when its first sample was
// rendered, in milliseconds since 1970 (to the 20 ms or so in which a browser hands sound on): by all of its clock, and
// for each of its seconds by that second's own, which differ where the browser's audio thread was late.
export async function save(page, name, path) {
  const pcm = Buffer.from(await page.evaluate((n) => window.proof.take(n), name), 'base64');
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(48000, 24);
  head.writeUInt32LE(96000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  if (path) writeFileSync(path, Buffer.concat([head, pcm]));
  let sum = 0;
  for (let i = 0; i + 1 < pcm.length; i += 2) sum += pcm.readInt16LE(i) ** 2;
  const rms = Math.sqrt(sum / Math.max(1, pcm.length / 2)) / 32768;
  const begins = await page.evaluate((n) => window.proof.takes[n].begins, name);
  const seconds = Array.from({ length: Math.ceil(begins.length / 10) }, (_, s) => begins.slice(s * 10, s * 10 + 10));
  const [recorded_at_ms, clock_ms] = [middle(begins), seconds.map(middle)];
  return { recorded_at_ms, clock_ms, recorded_s: pcm.length / 96000, rms_dbfs: Math.round(200 * Math.log10(Math.max(rms, 1e-6))) / 10 };
}

const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// until(what, seconds, ask): asks every 50 ms until the answer is true, and throws `what` after so many seconds.
export async function until(what, seconds, ask) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(0.05);
  }
}
