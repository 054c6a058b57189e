// The score: levels on the tape, who speaks, and where a time stands on paper that waits.
import { describe, expect, it } from 'vitest';
import { HELD_S, Paper, firstStretches, withStretch } from '../src/score/paper';
import { Tape } from '../src/score/tape';

const S = 48_000;

describe('the tape', () => {
  it('puts a batch where it was said', () => {
    const tape = new Tape();
    tape.write(2 * S, 100, [{ seat: 'a', dbov: [127, 20, 30, 127, 127, 127, 127, 127, 127, 40] }]);
    expect(tape.dbov('a', 11)).toBe(20);
    expect(tape.dbov('a', 12)).toBe(30);
    expect(tape.dbov('a', 13)).toBe(127);
    expect(tape.dbov('a', 19)).toBe(40);
    expect(tape.dbov('b', 11)).toBe(127);
  });

  it('takes steps of any length', () => {
    const tape = new Tape();
    tape.write(S, 20, [{ seat: 'fine', dbov: Array.from({ length: 50 }, (_, i) => (i === 7 ? 10 : 90)) }]);
    expect(tape.dbov('fine', 1)).toBe(10);
    expect(tape.dbov('fine', 2)).toBe(90);
    tape.write(S, 500, [{ seat: 'coarse', dbov: [30, 60] }]);
    expect([0, 4, 5, 9].map((c) => tape.dbov('coarse', c))).toEqual([30, 30, 60, 60]);
  });

  it('forgets what is four minutes old, and blanks what nothing was said in', () => {
    const tape = new Tape();
    tape.write(S, 100, [{ seat: 'a', dbov: [5] }]);
    tape.write(300 * S, 100, [{ seat: 'a', dbov: [6] }]);
    expect(tape.dbov('a', 9)).toBe(127);
    expect(tape.dbov('a', 2999)).toBe(6);
    expect(tape.dbov('a', 2409)).toBe(127);
  });

  it('says who speaks: not for a cough, and through a breath', () => {
    const tape = new Tape();
    tape.write(2 * S, 100, [
      { seat: 'speaks', dbov: [20, 20, 20, 20, 20, 20, 127, 127, 127, 127] },
      { seat: 'coughs', dbov: [127, 127, 127, 127, 127, 127, 127, 127, 15, 127] },
      { seat: 'hums', dbov: [60, 60, 60, 60, 60, 60, 60, 60, 60, 60] },
    ]);
    expect(tape.speaking(2 * S)).toEqual(['speaks']);
    expect(tape.speaking(3.5 * S)).toEqual([]);
  });
});

describe('the paper', () => {
  const live = [
    { from: 0, phase: 'lobby' as const },
    { from: 10 * S, phase: 'live' as const },
  ];

  it('runs evenly while it is live', () => {
    const paper = new Paper(live, 60, 20, 300);
    expect(paper.x(60)).toBe(300);
    expect(paper.x(50)).toBe(100);
  });

  it('waits while a conversation is held, however long', () => {
    const held = [...live, { from: 30 * S, phase: { held: 'break' as const } }];
    const soon = new Paper(held, 32, 20, 300);
    expect(soon.x(30)).toBe(260);
    const late = new Paper(held, 3000, 20, 300);
    expect(late.x(30)).toBe(300 - HELD_S * 20);
    expect(late.x(20)).toBe(300 - (HELD_S + 10) * 20);
    const resumed = [...held, { from: 3000 * S, phase: 'live' as const }];
    expect(new Paper(resumed, 3001, 20, 300).x(30)).toBe(300 - (HELD_S + 1) * 20);
  });

  it('knows the shape of the past from the facts alone', () => {
    expect(firstStretches('lobby', null, 5 * S)).toEqual([{ from: 0, phase: 'lobby' }]);
    expect(firstStretches('live', 10 * S, 50 * S)).toEqual(live);
    expect(firstStretches({ held: 'break' }, 10 * S, 50 * S)).toHaveLength(3);
    expect(firstStretches('scheduled', null, 0)).toEqual([]);
  });

  it('takes in a phase that is told late', () => {
    const known = [...live, { from: 50 * S, phase: { held: 'break' as const } }];
    const better = withStretch(known, { from: 40 * S, phase: { held: 'break' } }, 64);
    expect(better.map((s) => s.from)).toEqual([0, 10 * S, 40 * S]);
  });
});
