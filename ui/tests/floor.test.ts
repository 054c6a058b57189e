// Taking part: what events come to, and that both languages say the same.
import { describe, expect, it } from 'vitest';
import { FloorState } from '../src/floor/state';
import { parseEvent } from '../src/talk/events';
import { floorDe, floorEn } from '../src/words/floor';

const line = (id: number, text = 'x') => ({ id, name: 'A', text });

describe('the floor', () => {
  it('keeps lines in their order, and hidden ones stay away', () => {
    const state = new FloorState();
    state.fold('chat', { lines: [line(2), line(3)], offered: 40 });
    expect(state.flood).toEqual({ shown: 2, offered: 40 });
    state.fold('chat', { lines: [line(5), line(4)], offered: 2, hidden: [3] });
    state.adopt({ lines: [line(1), line(3)] });
    expect(state.lines.map((l) => l.id)).toEqual([1, 2, 4, 5]);
    state.fold('chat', { lines: [line(3)], offered: 0 });
    expect(state.lines.map((l) => l.id)).toEqual([1, 2, 3, 4, 5]);
    for (let id = 10; id < 500; id += 1) state.fold('chat', { lines: [line(id)], offered: 1 });
    expect(state.lines.length).toBe(200);
  });

  it('takes what it does not know for nothing', () => {
    const state = new FloorState();
    for (const name of ['reactions', 'chat', 'questions', 'pinned', 'other']) state.fold(name, {});
    expect([state.oneIn, state.lines, state.questions, state.note]).toEqual([1, [], [], null]);
  });

  it('is told by events of known names', () => {
    expect(parseEvent('chat', '{"t":5,"lines":[],"offered":0}')).toMatchObject({ event: 'chat', t: 5 });
    expect(parseEvent('fireworks', '{"t":5}')).toBeNull();
  });

  it('speaks both languages', () => {
    for (const key of Object.keys(floorEn) as (keyof typeof floorEn)[]) {
      expect(typeof floorDe[key], key).toBe(typeof floorEn[key]);
      if (typeof floorEn[key] === 'string') expect(floorDe[key] as string).not.toMatch(/!|hoppla/i);
    }
  });
});
