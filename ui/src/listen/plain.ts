// Hearing by a plain <audio> element: Ogg Opus where it plays, ADTS AAC elsewhere. The last resort.
//
// The server sends some seconds at once so that the element starts at all, hence the long delay. Where
// the element counts from zero, the media time is reckoned from when the answer began, right to about a second.

import { Backoff, LINE } from '../time/backoff';
import type { Ear, Tier } from './tier';

/** Seconds of sound that `live.ogg` and `live.aac` send at once. */
const BURST = 6;
const FAILURES_MAX = 8;

export class PlainTier implements Tier {
  readonly name = 'plain';
  private origin: number | null = null;
  constructor(private readonly ear: Ear) {}

  async run(signal: AbortSignal): Promise<void> {
    const { audio, links, clock } = this.ear;
    const ogg = links.aac === undefined || audio.canPlayType('audio/ogg; codecs="opus"') !== '';
    const backoff = new Backoff(LINE, Math.random, this.ear.spread);
    let failures = 0;
    const playing = () => {
      failures = 0;
      backoff.reset();
      this.ear.onFlow();
    };
    audio.addEventListener('playing', playing, { signal });
    while (!signal.aborted) {
      const url = new URL(ogg ? links.ogg : (links.aac ?? links.ogg), location.href);
      if (ogg) url.searchParams.set('rendition', this.ear.rendition());
      const opened = clock.now();
      this.origin = opened === null ? null : Math.max(0, opened - BURST);
      audio.src = url.href;
      void audio.play().catch(() => undefined);
      await new Promise<void>((done) => {
        for (const name of ['error', 'ended']) audio.addEventListener(name, () => done(), { once: true, signal });
        signal.addEventListener('abort', () => done(), { once: true });
      });
      if (signal.aborted || (await this.ear.over())) return;
      failures += 1;
      if (failures > FAILURES_MAX) throw new Error('no way to play here');
      this.ear.onBreak('lost');
      await backoff.wait(signal);
    }
  }

  heard(): number | null {
    const { audio, clock } = this.ear;
    const at = audio.currentTime;
    const now = clock.now();
    if (this.origin === null || at === 0 || now === null) return null;
    // Some browsers count from the stream's own granule positions, which are media time; others from zero.
    const counted = this.origin + at;
    return Math.abs(now - BURST - at) < Math.abs(now - BURST - counted) ? at : counted;
  }

  reload(): void {
    this.ear.audio.dispatchEvent(new Event('ended'));
  }
}
