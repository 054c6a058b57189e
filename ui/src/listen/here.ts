// Saying "I am here" where a cache hides this player from the server.
//
// Asked over the same way as the playlists, the server says whether it sees this player; if it does, nothing more is said.
// If a cache stands between, one page in so many reports, by a number that each draws for itself, so that the server can
// reckon how many there are from few reports. The number stands for nothing but this playing: it is drawn anew with every
// press and every ten minutes, and nothing else is sent. Each page has its own moment in the period, so reports are spread.
// Absent: the stream, whose connection is seen.

import { sleep } from '../time/backoff';

/** Until the server has said how often it wants to hear. */
const EVERY_S = 15;
/** Reports under one number: ten minutes. */
const REPORTS_MAX = 40;
/** Of a number's upper half. */
const RANGE = 2 ** 32;

/** What the server says of reporting. */
export interface Asked {
  /** Whoever asks this way is seen on its connections. */
  seen: boolean;
  /** One page in so many reports. */
  one_in: number;
  every_s: number;
}

/** What a browser gives; tests give their own. */
export interface World {
  fetch: typeof fetch;
  random: () => number;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const WORLD: World = {
  fetch: (...given) => fetch(...given),
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / RANGE,
  now: () => performance.now(),
  sleep,
};

export function readAsked(value: unknown): Asked | null {
  const raw = value as Partial<Asked> | null;
  const plain = (n: unknown): n is number => typeof n === 'number' && Number.isFinite(n) && n >= 1;
  if (typeof raw !== 'object' || raw === null || typeof raw.seen !== 'boolean') return null;
  if (!plain(raw.one_in) || !plain(raw.every_s)) return null;
  return { seen: raw.seen, one_in: raw.one_in, every_s: raw.every_s };
}

/** Where a player of these playlists asks and reports. */
export function hereOf(hls: string): string {
  return new URL('../here', hls).href;
}

/** What the server says to whoever asks this way; null if it says nothing. */
export async function ask(url: string, signal: AbortSignal, world: Pick<World, 'fetch'> = WORLD): Promise<Asked | null> {
  try {
    const answer = await world.fetch(url, { signal, credentials: 'omit' });
    return answer.ok ? readAsked(await answer.json()) : null;
  } catch {
    return null;
  }
}

export class Here {
  private upper = 0;
  private lower = 0;
  private reports = 0;

  constructor(
    private readonly url: string,
    /** Whether sound comes out. */
    private readonly sounds: () => boolean,
    private readonly world: World = WORLD,
  ) {
    this.draw();
  }

  /** Reports until it is aborted, and then says goodbye. */
  async run(signal: AbortSignal): Promise<void> {
    const goodbye = () => void this.leave();
    globalThis.addEventListener?.('pagehide', goodbye, { signal });
    let every = EVERY_S * 1000;
    let next = this.world.now() + this.world.random() * every;
    for (;;) {
      await this.world.sleep(Math.max(0, next - this.world.now()), signal);
      if (signal.aborted) break;
      const asked = this.sounds() ? await ask(this.url, signal, this.world) : null;
      if (signal.aborted) break;
      if (asked && !asked.seen && this.upper * asked.one_in < RANGE) await this.report();
      else if (asked?.seen) await this.leave();
      if (asked) every = asked.every_s * 1000;
      // Its own moment in each period, however long an answer took; after a sleep of the device, from now on.
      next = Math.max(next + every, this.world.now());
      if (this.reports >= REPORTS_MAX) {
        await this.leave();
        this.draw();
      }
    }
    await this.leave();
  }

  private draw(): void {
    this.upper = Math.floor(this.world.random() * RANGE);
    this.lower = Math.floor(this.world.random() * RANGE);
  }

  private get id(): string {
    const hex = (n: number) => n.toString(16).padStart(8, '0');
    return hex(this.upper) + hex(this.lower);
  }

  private async report(): Promise<void> {
    this.reports += 1;
    await this.post(new URLSearchParams({ id: this.id }));
  }

  /** Says goodbye under a number that was reported. */
  private async leave(): Promise<void> {
    if (!this.reports) return;
    this.reports = 0;
    await this.post(new URLSearchParams({ id: this.id, leaving: '1' }));
  }

  private async post(body: URLSearchParams): Promise<void> {
    try {
      // A goodbye outlives its page.
      await this.world.fetch(this.url, { method: 'POST', body, keepalive: true, credentials: 'omit' });
    } catch {
      // The next report is due soon; a goodbye that is lost is noticed by the silence after it.
    }
  }
}
