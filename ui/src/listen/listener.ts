// The listener of one conversation: one audio element, the best way to hear, and the state that the page shows.
//
// `listen` must be called in a press, because browsers give sound only then; the element keeps that permission over
// every reconnection. Pausing keeps the place for some minutes where the way to hear can: what is said meanwhile waits in
// the browser, and is caught up on. After that, and with `stop`, the connection is let go: who does not hear is not counted
// and not charged for data, and comes back to what is being said, not to what was.

import type { Conversation } from '../talk/conversation';
import { isOver } from '../talk/events';
import { sleep } from '../time/backoff';
import { HlsTier, NativeHlsTier } from './pieces';
import { PlainTier } from './plain';
import { StreamTier } from './stream';
import {
  type Ear,
  type Quality,
  type Rendition,
  type Tier,
  type TierName,
  abilities,
  renditionFor,
  tiersFor,
} from './tier';

export type Listening = 'idle' | 'paused' | 'connecting' | 'playing' | 'reconnecting' | 'busy' | 'blocked' | 'impossible';

/** So long a place is kept: some 4 MB of sound, a third of what browsers keep for one element. */
export const KEPT_MS = 5 * 60_000;

const MAKE: Record<TierName, (ear: Ear) => Tier> = {
  stream: (ear) => new StreamTier(ear),
  'native-hls': (ear) => new NativeHlsTier(ear),
  hls: (ear) => new HlsTier(ear),
  plain: (ear) => new PlainTier(ear),
};

export class Listener extends EventTarget {
  readonly audio = document.createElement('audio');
  state: Listening = 'idle';
  quality: Quality;
  /** Only this way to hear, for measuring. */
  forced: TierName | null = null;
  private readonly can = abilities(this.audio);
  private tier: Tier | null = null;
  private control: AbortController | null = null;
  private kept: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly talk: Conversation) {
    super();
    const line = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
    this.quality = line?.saveData || /2g|3g/.test(line?.effectiveType ?? '') ? 'saver' : 'full';
    this.audio.preload = 'none';
    this.audio.addEventListener('playing', () => this.enter('playing'));
    this.audio.addEventListener('pause', () => this.pausedFromOutside());
    talk.hearing = () => this.heard();
  }

  get on(): boolean {
    return this.control !== null;
  }

  get tierName(): TierName | null {
    return this.tier?.name ?? null;
  }

  get rendition(): Rendition {
    return renditionFor(this.quality, this.opus);
  }

  /** Whether a choice of quality exists here. */
  get choosable(): boolean {
    return this.opus && this.tierName !== 'hls' && this.tierName !== 'native-hls';
  }

  private get opus(): boolean {
    return this.tierName === 'plain' || this.can.opusMse;
  }

  /** Where the ear is in seconds of media time; null while nothing is heard. */
  heard(): number | null {
    return this.on && this.state !== 'paused' ? (this.tier?.heard() ?? null) : null;
  }

  /** Seconds behind the speakers; null while nothing is heard. */
  delay(): number | null {
    const at = this.heard();
    const now = this.talk.clock.now();
    return at === null || now === null ? null : Math.max(0, now - at);
  }

  choose(quality: Quality): void {
    if (quality === this.quality) return;
    this.quality = quality;
    this.tier?.reload();
    this.dispatchEvent(new Event('change'));
  }

  /** Call in a press. */
  listen(): void {
    if (this.on) {
      if (this.state === 'paused') {
        clearTimeout(this.kept);
        this.tier?.resume?.();
      }
      void this.audio.play().catch(() => this.enter('blocked'));
      return;
    }
    const control = new AbortController();
    this.control = control;
    this.enter('connecting');
    void this.run(control);
  }

  /** Stands still, with the place kept where that can be; otherwise stops. */
  pause(): void {
    if (!this.on || this.state !== 'playing' || !this.tier?.resume) return this.stop();
    this.enter('paused');
    this.audio.pause();
    this.kept = setTimeout(() => this.stop(), KEPT_MS);
  }

  /** Leaves out what was missed. */
  backToLive(): void {
    this.tier?.live?.();
    this.dispatchEvent(new Event('change'));
  }

  stop(): void {
    clearTimeout(this.kept);
    this.control?.abort();
    this.control = null;
    this.tier = null;
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
    this.enter('idle');
  }

  private async run(control: AbortController): Promise<void> {
    const tiers = this.forced ? [this.forced] : tiersFor(this.can);
    const ear: Ear = {
      audio: this.audio,
      links: this.talk.facts.links,
      clock: this.talk.clock,
      rendition: () => this.rendition,
      spread: () => this.talk.spread,
      over: async () => isOver((await this.talk.ask())?.phase ?? 'live'),
      patience: (signal, ms, mayWake) => this.patience(signal, ms, mayWake),
      onFlow: () => this.flowing(),
      onBreak: (why) => !control.signal.aborted && this.state !== 'paused' && this.enter(why === 'busy' ? 'busy' : 'reconnecting'),
    };
    for (const name of tiers) {
      if (control.signal.aborted) return;
      this.tier = MAKE[name](ear);
      try {
        await this.tier.run(control.signal);
        // Heard to the end.
        if (!control.signal.aborted) this.stop();
        return;
      } catch {
        // The next way; the reason is of no use to a listener.
      }
    }
    if (!control.signal.aborted) {
      this.stop();
      this.enter('impossible');
    }
  }

  private async patience(signal: AbortSignal, ms: number, mayWake: boolean): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    signal.addEventListener('abort', wake);
    if (mayWake) this.talk.addEventListener('found', wake);
    await sleep(ms, woken.signal);
    signal.removeEventListener('abort', wake);
    this.talk.removeEventListener('found', wake);
  }

  private flowing(): void {
    if (!this.on || this.state === 'playing' || this.state === 'paused') return;
    if (!this.audio.paused) return this.audio.readyState >= 3 ? this.enter('playing') : undefined;
    this.audio.play().then(
      () => this.enter('playing'),
      (error: unknown) => error instanceof DOMException && error.name === 'NotAllowedError' && this.enter('blocked'),
    );
  }

  /** A headset's button, a phone call or the lock screen paused the element. */
  private pausedFromOutside(): void {
    if (this.on && this.state === 'playing' && !this.audio.ended) this.pause();
  }

  private enter(state: Listening): void {
    if (state === 'playing' && !this.on) return;
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}
