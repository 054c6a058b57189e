// Hearing by HLS: the device's own player where it has one, hls.js elsewhere, fetched only then.
//
// Native HLS survives a locked screen; its start date tells the media time. hls.js runs in low-latency mode without its
// worker, because the content policy allows no blob: script. While either plays it says so where a cache hides it. Absent:
// choosing a rendition; adaptive players do that.

import { Backoff, LINE, sleep } from '../time/backoff';
import { Here, ask, hereOf } from './here';
import { Pace } from './pace';
import type { Ear, Tier } from './tier';

/** Fatal errors in a row, without sound in between, after which this way is hopeless. */
const FAILURES_MAX = 6;
/** Three parts of 0.2 s, which the playlist asks players to hold back, and what requests and half a part take. */
const TARGET_S = 1.3;
const STEP_MS = 250;

/** Resolves true when the element fails, false when aborted. */
function failed(audio: HTMLAudioElement, signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    audio.addEventListener('error', () => done(true), { once: true, signal });
    audio.addEventListener('ended', () => done(true), { once: true, signal });
    signal.addEventListener('abort', () => done(false), { once: true });
  });
}

/** Runs `attempt` until it is aborted; failures are counted and sound resets the count. */
async function persist(
  ear: Ear,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<boolean>,
): Promise<void> {
  const backoff = new Backoff(LINE, Math.random, ear.spread);
  let failures = 0;
  const flowing = () => {
    failures = 0;
    backoff.reset();
    ear.onFlow();
  };
  ear.audio.addEventListener('playing', flowing, { signal });
  const playing = new AbortController();
  const here = new Here(hereOf(new URL(ear.links.hls, location.href).href), () => sounds(ear.audio));
  void here.run(AbortSignal.any([signal, playing.signal]));
  try {
    while (!signal.aborted) {
      if (!(await attempt(signal)) || (await ear.over())) return;
      failures += 1;
      if (failures > FAILURES_MAX) throw new Error('HLS does not play here');
      ear.onBreak('lost');
      await backoff.wait(signal);
    }
  } finally {
    playing.abort();
  }
}

function sounds(audio: HTMLAudioElement): boolean {
  return !audio.paused && audio.readyState >= 2;
}

export class NativeHlsTier implements Tier {
  readonly name = 'native-hls';
  constructor(private readonly ear: Ear) {}

  run(signal: AbortSignal): Promise<void> {
    const { audio, links } = this.ear;
    return persist(this.ear, signal, (until) => {
      audio.src = links.hls;
      void audio.play().catch(() => undefined);
      return failed(audio, until);
    });
  }

  heard(): number | null {
    const { audio, clock } = this.ear;
    const dated = audio as HTMLAudioElement & { getStartDate?: () => Date };
    const start = dated.getStartDate?.().getTime();
    if (start === undefined || Number.isNaN(start) || clock.epoch === null || audio.readyState < 2) return null;
    return (start - clock.epoch) / 1000 + audio.currentTime;
  }

  reload(): void {}

  /** The device's player keeps the place as long as its playlist has it. */
  resume(): void {}

  live(): void {
    const { seekable } = this.ear.audio;
    if (seekable.length) this.ear.audio.currentTime = seekable.end(seekable.length - 1) - TARGET_S;
  }
}

export class HlsTier implements Tier {
  readonly name = 'hls';
  private date: () => Date | null = () => null;
  private edge: () => number | null = () => null;
  private readonly pace = new Pace(TARGET_S);
  constructor(private readonly ear: Ear) {}

  async run(signal: AbortSignal): Promise<void> {
    const here = hereOf(new URL(this.ear.links.hls, location.href).href);
    const [{ default: Hls }, asked] = await Promise.all([import('hls.js/light'), ask(here, signal)]);
    if (!Hls.isSupported()) throw new Error('hls.js is not supported');
    await persist(this.ear, signal, async (until) => {
      const session = crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);
      const hls = new Hls({
        lowLatencyMode: true,
        enableWorker: false,
        backBufferLength: 20,
        maxLiveSyncPlaybackRate: 1,
        // One player is one listener, however many connections the browser opens for it. Behind a cache that is of no use,
        // and from another origin a browser asks for leave to send it with each part anew.
        ...(asked?.seen === false
          ? {}
          : { xhrSetup: (xhr: XMLHttpRequest) => xhr.setRequestHeader('X-Playback-Session-Id', session) }),
      });
      this.date = () => hls.playingDate;
      this.edge = () => hls.liveSyncPosition;
      const over = new Promise<boolean>((done) => {
        hls.on(Hls.Events.ERROR, (_, data) => {
          if (data.fatal && data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
          else if (data.fatal) done(true);
        });
        until.addEventListener('abort', () => done(false), { once: true });
      });
      hls.loadSource(new URL(this.ear.links.hls, location.href).href);
      hls.attachMedia(this.ear.audio);
      void this.ear.audio.play().catch(() => undefined);
      const timer = setInterval(() => this.keepPace(), STEP_MS);
      const again = await over;
      clearInterval(timer);
      this.ear.audio.playbackRate = 1;
      hls.destroy();
      if (again) await sleep(50, until);
      return again;
    });
  }

  heard(): number | null {
    const at = this.date()?.getTime();
    const { epoch } = this.ear.clock;
    return at === undefined || epoch === null ? null : (at - epoch) / 1000;
  }

  reload(): void {}

  resume(): void {
    this.pace.keep = true;
  }

  live(): void {
    this.pace.keep = false;
    const edge = this.edge();
    if (edge !== null) this.ear.audio.currentTime = edge;
  }

  /** hls.js itself knows only "behind" and "not behind", and hurries into an empty buffer. */
  private keepPace(): void {
    const { audio, clock } = this.ear;
    const at = this.heard();
    const now = clock.now();
    const { buffered } = audio;
    if (at === null || now === null || audio.paused || !buffered.length) return;
    const ahead = buffered.end(buffered.length - 1) - audio.currentTime;
    const { rate } = this.pace.step({ delay: now - at, ahead }, STEP_MS / 1000);
    if (audio.playbackRate !== rate) audio.playbackRate = rate;
  }
}
