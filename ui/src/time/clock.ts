// Where the speakers are now on the media timeline, in seconds, although nobody's clock is right.
//
// Media time follows the server's wall clock from `epoch_ms`. A phone's clock may be seconds off, so the wall clock is
// believed only as far as what arrives agrees with it: whatever has arrived has been said, so media time is never before
// it; and events arrive at least once a second, so it is not far behind the newest either. Absent: asking a time server.

/** How much later than the newest thing that arrived the speakers can plausibly be, in seconds. */
const SILENCE_MAX = 2.5;
/** How much the network may take from a thing, in seconds, before the wall clock is disbelieved as being slow. */
const GRACE = 0.05;

export class LiveClock {
  private epochMs: number | null = null;
  /** Largest (media time − local time) seen, in seconds. */
  private ahead = Number.NEGATIVE_INFINITY;
  private seen = false;

  constructor(
    private readonly wall: () => number = Date.now,
    private readonly local: () => number = () => performance.now(),
  ) {}

  /** The conversation's epoch. Another epoch is another timeline: what was observed before is forgotten. */
  set epoch(ms: number | null) {
    if (ms === this.epochMs) return;
    this.epochMs = ms;
    this.ahead = Number.NEGATIVE_INFINITY;
    this.seen = false;
  }

  get epoch(): number | null {
    return this.epochMs;
  }

  /** Something with this media time (seconds) has arrived just now. */
  observe(mediaSeconds: number): void {
    this.seen = true;
    this.ahead = Math.max(this.ahead, mediaSeconds - this.local() / 1000);
  }

  /** Media time of the speakers' now in seconds; null while no timeline runs. */
  now(): number | null {
    if (this.epochMs === null) return null;
    const wall = (this.wall() - this.epochMs) / 1000;
    if (!this.seen) return Math.max(0, wall);
    const observed = this.ahead + this.local() / 1000;
    if (wall < observed - GRACE) return observed;
    if (wall > observed + SILENCE_MAX) return observed;
    return wall;
  }

  /** Wall-clock time in ms of a media time in seconds, by the server's clock. */
  wallOf(mediaSeconds: number): number {
    return (this.epochMs ?? 0) + mediaSeconds * 1000;
  }
}
