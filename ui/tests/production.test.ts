// Clips, cues and covers on the pages: what the roster says of a clip becomes a lane, and the words are whole.
import { describe, expect, it } from 'vitest';
import { lanesOf } from '../src/score/lanes';
import { Tape } from '../src/score/tape';
import type { Conversation } from '../src/talk/conversation';
import { coverAddress, isClip, parseEvent } from '../src/talk/events';
import { productionDe } from '../src/words/production-de';
import { productionEn } from '../src/words/production-en';

const playing = { seat: 'clip-0123456789abcdef', title: 'Jingle', length_ms: 4000 };

describe('a clip that is played', () => {
  it('is read from the roster, and gone with the next', () => {
    const told = parseEvent('roster', JSON.stringify({ t: 1, speakers: [], playing }));
    expect(told?.event === 'roster' && told.roster.playing).toEqual(playing);
    const after = parseEvent('roster', '{"t":2,"speakers":[]}');
    expect(after?.event === 'roster' && after.roster.playing).toBe(null);
  });

  it('has the last lane, which nobody speaks on', () => {
    const speaker = { seat: 'ann', name: 'Ann', role: 'host', muted: false, connected: true };
    const talk = {
      speakers: [speaker],
      roster: { speakers: [speaker], lead: null, locked: false, turn: null, playing },
      names: new Map([[playing.seat, playing.title]]),
      tape: new Tape(),
    } as unknown as Conversation;
    const { lanes } = lanesOf(talk, 0);
    expect(lanes.map((lane) => [lane.name, lane.clip === true])).toEqual([
      ['Ann', false],
      ['Jingle', true],
    ]);
    expect([isClip(playing.seat), isClip('ann')]).toEqual([true, false]);
  });
});

describe('a cover', () => {
  it('has an address that changes with the picture', () => {
    const cover = { tag: 'ab', width: 2, height: 1 };
    expect(coverAddress('a talk', cover, false)).toBe('/c/a%20talk/cover.jpg?v=ab');
    expect(coverAddress('talk', cover, true)).toContain('size=small');
  });
});

describe('the words of production', () => {
  it('are of the same shape in both languages, and never shout', () => {
    for (const [key, value] of Object.entries(productionEn)) {
      const other = (productionDe as Record<string, unknown>)[key];
      expect(typeof other, key).toBe(typeof value);
      if (typeof value === 'string') expect(`${value}${String(other)}`).not.toMatch(/!/);
    }
  });
});
