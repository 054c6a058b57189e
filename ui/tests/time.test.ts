// Waiting before another try, and knowing the speakers' now with clocks that are wrong.
import { describe, expect, it } from 'vitest';
import { Backoff, retryAfterMs, sleep } from '../src/time/backoff';
import { LiveClock } from '../src/time/clock';

describe('the backoff', () => {
  it('doubles its bound up to the cap and draws over the whole of it', () => {
    const high = new Backoff({ first: 100, cap: 1000 }, () => 1);
    expect([1, 2, 3, 4, 5, 6].map(() => high.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
    const low = new Backoff({ first: 100, cap: 1000 }, () => 0);
    expect(low.next()).toBe(0);
  });

  it('draws over what the server asks of very many, and is as quick as ever where few are inside', () => {
    let asked = 0;
    const backoff = new Backoff({ first: 100, cap: 1000 }, () => 0.5, () => asked);
    expect(backoff.next()).toBe(50);
    asked = 25_000;
    expect(backoff.next()).toBe(12_500);
    asked = 0;
    backoff.reset();
    expect(backoff.next()).toBe(50);
  });

  it('starts over after a success and honours what a server asked for', () => {
    const backoff = new Backoff({ first: 100, cap: 1000 }, () => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(100);
    backoff.reset();
    expect(backoff.next(5000)).toBe(5100);
  });

  it('reads Retry-After in seconds and nothing else', () => {
    expect(retryAfterMs('3')).toBe(3000);
    expect(retryAfterMs('Wed, 21 Oct 2026 07:28:00 GMT')).toBe(0);
    expect(retryAfterMs(null)).toBe(0);
    expect(retryAfterMs('-1')).toBe(0);
    expect(retryAfterMs('99999')).toBe(600_000);
  });

  it('ends a wait as soon as it is aborted', async () => {
    const control = new AbortController();
    const waiting = sleep(60_000, control.signal);
    control.abort();
    await waiting;
  });
});

describe('the live clock', () => {
  const at = (wall: { ms: number }, local: { ms: number }) => {
    const clock = new LiveClock(
      () => wall.ms,
      () => local.ms,
    );
    clock.epoch = 1_000_000;
    return clock;
  };

  it('follows the wall clock where what arrives agrees with it', () => {
    const wall = { ms: 1_010_000 };
    const local = { ms: 0 };
    const clock = at(wall, local);
    clock.observe(9.8);
    expect(clock.now()).toBeCloseTo(10);
    wall.ms += 700;
    local.ms += 700;
    expect(clock.now()).toBeCloseTo(10.7);
  });

  it('believes what arrived when the wall clock is slow or fast', () => {
    const local = { ms: 0 };
    const slow = at({ ms: 1_004_000 }, local);
    slow.observe(10);
    expect(slow.now()).toBeCloseTo(10);
    const fast = at({ ms: 1_100_000 }, local);
    fast.observe(10);
    local.ms += 1000;
    expect(fast.now()).toBeCloseTo(11);
  });

  it('never lets an older thing move it back', () => {
    const clock = at({ ms: 1_000_000 }, { ms: 0 });
    clock.observe(10);
    clock.observe(4);
    expect(clock.now()).toBeCloseTo(10);
  });

  it('forgets another timeline', () => {
    const clock = at({ ms: 2_000_500 }, { ms: 0 });
    clock.observe(900);
    clock.epoch = 2_000_000;
    expect(clock.now()).toBeCloseTo(0.5);
    clock.epoch = null;
    expect(clock.now()).toBeNull();
  });
});
