import { describe, expect, it } from 'vitest';
import { asksWithinS, expectedS, passOf, pollAfterMs } from '../src/queue/place';
import { queueDe } from '../src/words/queue-de';
import { queueEn } from '../src/words/queue-en';

describe('waiting', () => {
  it('looks again at any time up to what the server said, and never at once', () => {
    expect(pollAfterMs(60, () => 0)).toBe(1000);
    expect(pollAfterMs(60, () => 1)).toBe(60_000);
    expect(pollAfterMs(0, () => 1)).toBe(1000);
    expect(pollAfterMs(Number.NaN, () => 1)).toBe(30_000);
    expect(pollAfterMs(1e9, () => 1)).toBe(600_000);
  });

  it('looks often when the turn is near, and as seldom as everybody when it is far or nobody comes in', () => {
    expect(asksWithinS(300, 1, 50)).toBe(4);
    expect(asksWithinS(300, 1000, 50)).toBe(20);
    expect(asksWithinS(300, 1e6, 50)).toBe(300);
    expect(asksWithinS(300, 1, 0)).toBe(300);
  });

  it('says how long it takes with its range, or that nobody knows', () => {
    const [low, about, high] = expectedS(600, 2) ?? [0, 0, 0];
    expect(about).toBe(300);
    expect(low).toBeLessThan(about);
    expect(high).toBeGreaterThan(about);
    expect(expectedS(600, 0)).toBeNull();
    expect(expectedS(600, Number.NaN)).toBeNull();
  });

  it('shows a ticket in a query that needs no escaping', () => {
    expect(passOf('EWEE_-x', 'abc')).toBe('ticket=EWEE_-x&secret=abc');
  });

  it('speaks both languages', () => {
    expect(Object.keys(queueDe).sort()).toEqual(Object.keys(queueEn).sort());
  });
});
