// Hearing by one long answer: fetch, and MediaSource.
//
// The fragments carry the conversation's media time, so the element's own clock is the media time and nothing has to be
// mapped. The source and the element outlive every connection: after a break the next answer's fragments are appended
// where the wall clock has meanwhile gone, and the gap is jumped, so neither a reload nor a new permission to play is
// needed. Absent: keeping sound for later; what lies more than 20 s back is given up.

import { Backoff, LINE, retryAfterMs, sleep } from '../time/backoff';
import { Feed } from './feed';
import { Pace } from './pace';
import { AAC_MP4, type Ear, OPUS_MP4, type Tier, sourceClass } from './tier';

const STEP_MS = 200;
/** Parts come twice a second or oftener, also in the lobby and while held: this long without a byte is a dead line. */
const SILENT_LINE_MS = 5000;
/** So little sound before a gap is not played by every browser: the gap is jumped from here. */
const TAIL_S = 0.25;
/** The newest sound lies so far before the ear that the timeline must have gone back. */
const BACK_S = 1;
/** Errors of the browser's decoder in a row after which this way is hopeless. */
const DECODE_ERRORS_MAX = 3;

interface Request {
  control: AbortController;
  answer: Promise<Response>;
}

export class StreamTier implements Tier {
  readonly name = 'stream';
  private readonly pace = new Pace();
  private current: Request | null = null;
  private started = false;
  private reloading = false;
  private flowing = false;
  private next: Request | null = null;
  private feed: Feed | null = null;

  constructor(private readonly ear: Ear) {}

  heard(): number | null {
    return this.started ? this.ear.audio.currentTime : null;
  }

  reload(): void {
    this.reloading = true;
    this.current?.control.abort();
  }

  /** What came while the element stood still is in its buffer. */
  resume(): void {
    this.pace.keep = true;
  }

  live(): void {
    this.pace.keep = false;
    const { end } = this.feed?.newest() ?? {};
    if (end !== undefined) this.ear.audio.currentTime = Math.max(this.ear.audio.currentTime, end - this.pace.target);
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let errors = 0; errors < DECODE_ERRORS_MAX && !signal.aborted; errors += 1) {
      const broken = await this.follow(signal);
      if (!broken) return;
      await sleep(250, signal);
    }
    if (!signal.aborted) throw new Error('the stream cannot be decoded here');
  }

  /** One MediaSource from its opening to its end. True when the decoder broke and a new one is needed. */
  private async follow(signal: AbortSignal): Promise<boolean> {
    const { audio } = this.ear;
    const Source = sourceClass();
    if (!Source) throw new Error('no MediaSource');
    this.started = false;
    // Asked for before the browser has opened its buffer: that is a few hundredths of a second.
    this.next ??= this.request(signal);
    const media = new Source();
    const url = URL.createObjectURL(media);
    audio.disableRemotePlayback = true;
    audio.src = url;
    void audio.play().catch(() => undefined);
    await new Promise((done) => media.addEventListener('sourceopen', done, { once: true }));
    URL.revokeObjectURL(url);
    const codec = this.ear.rendition().startsWith('aac') ? AAC_MP4 : OPUS_MP4;
    const feed = new Feed(audio, media, media.addSourceBuffer(codec));
    this.feed = feed;
    const timer = setInterval(() => this.keepPace(feed), STEP_MS);
    // A line that is down says nothing about how much this line needs when it is up.
    const starved = () => this.started && this.flowing && audio.readyState < 3 && this.pace.starved();
    audio.addEventListener('waiting', starved);
    try {
      await this.connectAgainAndAgain(feed, signal);
      return false;
    } catch (error) {
      if (signal.aborted) return false;
      if (feed.broken) return true;
      throw error;
    } finally {
      clearInterval(timer);
      audio.removeEventListener('waiting', starved);
      audio.playbackRate = 1;
    }
  }

  private async connectAgainAndAgain(feed: Feed, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(LINE, Math.random, this.ear.spread);
    while (!signal.aborted) {
      const request = this.next ?? this.request(signal);
      this.next = null;
      this.current = request;
      let wait = 0;
      try {
        const outcome = await this.connect(feed, request, backoff);
        if (outcome.ended && (await this.ear.over())) return await feed.playOut(signal);
        wait = outcome.retryAfterMs;
      } catch (error) {
        if (feed.broken) throw error;
      }
      if (signal.aborted) return;
      // Aborted by ourselves for another rendition: at once.
      if (this.reloading) {
        this.reloading = false;
        continue;
      }
      this.ear.onBreak(wait ? 'busy' : 'lost');
      await this.ear.patience(signal, backoff.next(wait), wait === 0);
    }
  }

  private request(signal: AbortSignal): Request {
    const url = new URL(this.ear.links.mp4, location.href);
    url.searchParams.set('rendition', this.ear.rendition());
    const control = new AbortController();
    const answer = fetch(url, { signal: AbortSignal.any([signal, control.signal]), cache: 'no-store' });
    answer.catch(() => undefined);
    return { control, answer };
  }

  /** One answer, from request to its end. */
  private async connect(
    feed: Feed,
    request: Request,
    backoff: Backoff,
  ): Promise<{ ended: boolean; retryAfterMs: number }> {
    const giveUp = () => request.control.abort();
    let watchdog = setTimeout(giveUp, SILENT_LINE_MS);
    try {
      const answer = await request.answer;
      if (answer.status === 404 || answer.status === 410) return { ended: true, retryAfterMs: 0 };
      const later = retryAfterMs(answer.headers.get('retry-after'));
      if (!answer.ok || !answer.body) return { ended: false, retryAfterMs: later };
      feed.begin();
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(watchdog);
        watchdog = setTimeout(giveUp, SILENT_LINE_MS);
        this.flowing = true;
        await feed.append(value);
        this.startWhenReady(feed);
        if (this.started) {
          backoff.reset();
          this.ear.onFlow();
        }
      }
      return { ended: true, retryAfterMs: 0 };
    } finally {
      this.flowing = false;
      clearTimeout(watchdog);
    }
  }

  private startWhenReady(feed: Feed): void {
    const range = feed.newest();
    if (!range) return;
    this.ear.clock.observe(range.end);
    if (this.started) return;
    const now = this.ear.clock.now() ?? range.end;
    this.ear.audio.currentTime = Math.max(range.start, Math.min(now - this.pace.target, range.end - 0.2));
    this.started = true;
    void this.ear.audio.play().catch(() => undefined);
  }

  private keepPace(feed: Feed): void {
    const { audio, clock } = this.ear;
    const range = feed.newest();
    if (!this.started || !range) return;
    const at = audio.currentTime;
    // Between two answers the timeline has gone on: what is missing cannot be heard any more.
    if (at < range.start - 0.01 && !feed.covers(at + TAIL_S)) {
      audio.currentTime = range.start;
      return;
    }
    // A server without memory of this conversation counts from zero again: so do we.
    if (at > range.end + BACK_S && this.flowing) {
      audio.currentTime = Math.max(range.start, range.end - this.pace.target);
      void feed.forgetBeyond();
      return;
    }
    const now = clock.now();
    if (now === null || audio.paused) return;
    const step = this.pace.step({ delay: now - at, ahead: range.end - at }, STEP_MS / 1000);
    if (step.skip > 0) audio.currentTime = at + step.skip;
    if (audio.playbackRate !== step.rate) audio.playbackRate = step.rate;
  }
}
