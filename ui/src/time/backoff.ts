// How long to wait before trying again: exponential, with full jitter.
//
// When a server comes back, everybody who lost it comes back: full jitter (a uniform draw between nothing and the bound)
// spreads them best. The bound doubles up to a cap and starts over after a success. The random source is an argument, so
// that the schedule can be tested. Absent: giving up. A page that is open wants to hear.

export interface BackoffBounds {
  /** Bound of the first wait in ms. */
  first: number;
  /** The bound never grows past this, in ms. */
  cap: number;
}

export const LINE: BackoffBounds = { first: 400, cap: 8000 };
export const POLL: BackoffBounds = { first: 2000, cap: 30000 };

export class Backoff {
  private tries = 0;

  /** `spread` is what the server asks of those who lose it, in ms: where very many are inside, longer than the bound. */
  constructor(
    private readonly bounds: BackoffBounds = LINE,
    private readonly random: () => number = Math.random,
    private readonly spread: () => number = () => 0,
  ) {}

  /** The next wait in ms. `atLeast` is what a server asked for with Retry-After; the jitter is added to it. */
  next(atLeast = 0): number {
    const bound = Math.max(Math.min(this.bounds.cap, this.bounds.first * 2 ** this.tries), this.spread());
    this.tries = Math.min(this.tries + 1, 16);
    return atLeast + Math.round(this.random() * bound);
  }

  /** It worked: the next wait is short again. */
  reset(): void {
    this.tries = 0;
  }

  /** Waits, or returns early when the signal is aborted. */
  async wait(signal: AbortSignal, atLeast = 0): Promise<void> {
    await sleep(this.next(atLeast), signal);
  }
}

/** Resolves after `ms`, or as soon as the signal is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal?.aborted) return done();
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      done();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish);
  });
}

/** Seconds of a Retry-After header as ms; 0 when it is absent or a date that we cannot use. */
export function retryAfterMs(header: string | null): number {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 600) * 1000 : 0;
}
