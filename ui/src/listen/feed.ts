// What goes into a SourceBuffer: one append at a time, with old sound given up.
//
// A SourceBuffer takes one operation at a time, and a page that appends faster than the browser takes must wait: awaiting
// `append` is the back-pressure that reaches the network through the reader. Absent: any idea where the bytes come from.

import { sleep } from '../time/backoff';

const KEEP_BEHIND = 20;
const TRIM_WHEN = 40;

export interface Range {
  start: number;
  end: number;
}

export class Feed {
  /** The decoder or the buffer failed for good. */
  broken = false;
  private growing: Range | null = null;

  constructor(
    private readonly audio: HTMLAudioElement,
    private readonly media: MediaSource,
    private readonly buffer: SourceBuffer,
  ) {
    buffer.addEventListener('error', () => {
      this.broken = true;
    });
  }

  /** A new answer begins: half a fragment of the last one may still be in the parser. */
  begin(): void {
    if (this.media.readyState === 'open' && !this.buffer.updating) this.buffer.abort();
  }

  async append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.check();
    await this.settled();
    const old = this.audio.currentTime - KEEP_BEHIND;
    const first = this.buffer.buffered.length ? this.buffer.buffered.start(0) : 0;
    if (this.buffer.buffered.length && first < this.audio.currentTime - TRIM_WHEN) {
      this.buffer.remove(first, old);
      await this.settled();
    }
    const before = this.ranges();
    try {
      this.buffer.appendBuffer(bytes);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') {
        this.broken = true;
        throw error;
      }
      this.buffer.remove(0, Math.max(0.1, this.audio.currentTime - 2));
      await this.settled();
      this.buffer.appendBuffer(bytes);
    }
    await this.settled();
    this.check();
    this.noteGrowth(before);
  }

  /** Nothing more comes: what is here is played to its end, which the speakers' last words are. */
  async playOut(signal: AbortSignal): Promise<void> {
    await this.settled();
    const { buffered } = this.buffer;
    const left = buffered.length ? buffered.end(buffered.length - 1) - this.audio.currentTime : 0;
    if (this.media.readyState === 'open') this.media.endOfStream();
    await sleep(Math.max(0, left * 1000 + 200), signal);
  }

  /** The range that grew last: where the newest sound is, also after the timeline has jumped. */
  newest(): Range | null {
    return this.growing;
  }

  /** Gives up what lies behind the newest sound on the timeline: left from before the timeline went back. */
  async forgetBeyond(): Promise<void> {
    const end = (this.growing?.end ?? 0) + 0.5;
    await this.settled();
    if (!this.broken && this.ranges().some((r) => r.end > end)) this.buffer.remove(end, Number.POSITIVE_INFINITY);
    await this.settled();
  }

  covers(t: number): boolean {
    return this.ranges().some((r) => r.start <= t && t < r.end);
  }

  private ranges(): Range[] {
    const { buffered } = this.buffer;
    return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
  }

  private noteGrowth(before: Range[]): void {
    const ends = new Set(before.map((r) => r.end));
    const after = this.ranges();
    const grown = after.find((r) => !ends.has(r.end));
    // A range may also have grown at its beginning only, or not at all with half a fragment.
    if (grown) this.growing = grown;
    else if (this.growing) this.growing = after.find((r) => r.end === this.growing?.end) ?? this.growing;
  }

  private check(): void {
    if (this.audio.error || this.media.readyState === 'closed') this.broken = true;
    if (this.broken) throw new Error('the media buffer is broken');
  }

  private settled(): Promise<void> {
    if (!this.buffer.updating) return Promise.resolve();
    return new Promise((done) => this.buffer.addEventListener('updateend', () => done(), { once: true }));
  }
}
