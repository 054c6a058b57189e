// Planning: words in every language, and times as the wall of a zone shows them.
import { describe, expect, it } from 'vitest';
import { city, inWords, moments, shown } from '../src/plan/zone';
import { planDe } from '../src/words/plan-de';
import { planEn } from '../src/words/plan-en';

describe('the words of planning', () => {
  it('are complete and of the same shape in every language', () => {
    for (const key of Object.keys(planEn) as (keyof typeof planEn)[]) {
      expect(typeof planDe[key], key).toBe(typeof planEn[key]);
      if (typeof planEn[key] === 'function')
        expect((planDe[key] as () => string).length, key).toBe((planEn[key] as () => string).length);
    }
  });

  it('never shout', () => {
    for (const file of [planEn, planDe])
      for (const value of Object.values(file)) expect(typeof value === 'string' ? value : '').not.toMatch(/!|oops|hoppla/i);
  });
});

describe('a time of a zone', () => {
  it('is one moment, none, or two', () => {
    expect(moments('2026-11-24T20:00', 'Europe/Berlin')).toEqual([Date.UTC(2026, 10, 24, 19)]);
    expect(moments('2026-03-29T02:30', 'Europe/Berlin')).toEqual([]);
    expect(moments('2026-10-25T02:30', 'Europe/Berlin')).toHaveLength(2);
    expect(moments('2026-03-08T02:30', 'America/New_York')).toEqual([]);
    expect(moments('nonsense', 'Europe/Berlin')).toEqual([]);
    expect(moments('2026-11-24T20:00', 'Mars/Olympus')).toEqual([]);
    expect(shown(Date.UTC(2026, 10, 24, 19), 'Asia/Kathmandu')).toBe('2026-11-25T00:45');
  });

  it('is said in words, there and here', () => {
    expect(inWords('2026-11-24T20:00', 'Europe/Berlin', 'America/New_York', 'en-GB')).toMatch(
      /^Tuesday,? 24 November, 20:00 in Berlin: 14:00 for you$/,
    );
    expect(inWords('2026-11-24T20:00', 'Europe/Berlin', 'Europe/Berlin', 'en-GB')).toMatch(/20:00 in Berlin$/);
    expect(inWords('2026-11-24T20:00', 'Europe/Berlin', 'Asia/Tokyo', 'en-GB')).toMatch(/25 November, 04:00 for you$/);
    expect(inWords('2026-03-29T02:30', 'Europe/Berlin', 'UTC', 'en-GB')).toBe(planEn.noSuchTime);
    expect(inWords('T', 'Europe/Berlin')).toBe('');
    expect(city('America/New_York')).toBe('New York');
  });
});
