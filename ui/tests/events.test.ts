// What the page does with events: reads them, keeps them until they are heard, and remembers where it was.
import { describe, expect, it } from 'vitest';
import { heldReason, isOpen, parseEvent, phaseName } from '../src/talk/events';
import { EventQueue } from '../src/talk/queue';
import { parseId } from '../src/talk/source';

describe('the queue of events', () => {
  it('releases an event when its sound is heard, and not before', () => {
    const queue = new EventQueue<{ t: number; n: string }>();
    queue.push({ t: 96_000, n: 'b' });
    queue.push({ t: 48_000, n: 'a' });
    expect(queue.release(47_999)).toEqual([]);
    expect(queue.release(48_000).map((e) => e.n)).toEqual(['a']);
    expect(queue.size).toBe(1);
    expect(queue.release(1e9).map((e) => e.n)).toEqual(['b']);
  });

  it('keeps the order of arrival among events of one media time', () => {
    const queue = new EventQueue<{ t: number; n: number }>();
    for (const n of [1, 2, 3]) queue.push({ t: 5, n });
    expect(queue.release(5).map((e) => e.n)).toEqual([1, 2, 3]);
  });

  it('gives up waiting for the oldest when too many wait', () => {
    const queue = new EventQueue<{ t: number }>();
    for (let t = 1000; t < 1500; t += 1) queue.push({ t });
    const out = queue.release(0);
    expect(out.length).toBe(100);
    expect(out[0]?.t).toBe(1000);
    expect(queue.size).toBe(400);
  });
});

describe('an event', () => {
  it('is read from the shapes that the server sends', () => {
    const data = JSON.stringify({
      t: 10,
      event: 'snapshot',
      title: 'T',
      state: { phase: { held: 'line_lost' }, live_since: 3 },
      roster: { speakers: [{ seat: 's', name: 'N', role: 'host', muted: false, connected: true }] },
      count: { listening: 7 },
      epoch_ms: 1000,
    });
    const event = parseEvent('snapshot', data);
    expect(event).toMatchObject({ event: 'snapshot', t: 10, count: { listening: 7 }, epoch_ms: 1000 });
    expect(event).toMatchObject({ state: { live_since: 3 } });
    expect(event?.event === 'snapshot' && heldReason(event.state.phase)).toBe('line_lost');
    expect(parseEvent('state', '{"t":1,"phase":"live","live_since":1}')).toMatchObject({ state: { phase: 'live' } });
    expect(parseEvent('count', '{"t":1,"listening":12}')).toEqual({ event: 'count', t: 1, count: { listening: 12 } });
    const about = '{"t":1,"listening":5213,"low":4900,"high":5550}';
    expect(parseEvent('count', about)).toMatchObject({ count: { listening: 5213, low: 4900, high: 5550 } });
    expect(parseEvent('levels', '{"t":1,"step_ms":100,"voices":[]}')).toMatchObject({ step_ms: 100 });
  });

  it('that is broken or unknown is nothing', () => {
    for (const [name, data] of [
      ['state', '{'],
      ['state', '{"t":1}'],
      ['state', 'null'],
      ['count', '{"listening":1}'],
      ['levels', '{"t":1,"step_ms":0,"voices":[]}'],
      ['roster', '{"t":1,"speakers":3}'],
      ['hands', '{"t":1}'],
    ] as const)
      expect(parseEvent(name, data)).toBeNull();
  });

  it('has an id that says from where to go on', () => {
    expect(parseId('1795302189442.17')).toEqual({ run: '1795302189442', number: 17 });
    expect(parseId('')).toBeNull();
    expect(parseId('x.y')).toBeNull();
  });
});

describe('a phase', () => {
  it('is open while there is something to hear', () => {
    expect((['scheduled', 'lobby', 'live', { held: 'break' }, 'ended', 'cancelled'] as const).map(isOpen)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(phaseName({ held: 'break' })).toBe('held');
  });
});
