// What the pages say: every language says everything, and times read as people say them.
import { describe, expect, it } from 'vitest';
import { calendarEntry } from '../src/player/share';
import { de } from '../src/words/de';
import { en } from '../src/words/en';
import { chooseLanguage, list, number, roughly, span, timecode } from '../src/words/words';

describe('words', () => {
  it('are complete and of the same shape in every language', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(typeof de[key], key).toBe(typeof en[key]);
      if (typeof en[key] === 'function')
        expect((de[key] as () => string).length, key).toBe((en[key] as () => string).length);
    }
  });

  it('never shout', () => {
    for (const file of [en, de])
      for (const value of Object.values(file))
        expect(typeof value === 'string' ? value : '').not.toMatch(/!|oops|hoppla/i);
  });

  it('are in the first language of the reader that there is', () => {
    expect(chooseLanguage(['de-AT', 'en'])).toBe('de');
    expect(chooseLanguage(['fr-CH', 'de'])).toBe('de');
    expect(chooseLanguage(['fr'])).toBe('en');
    expect(chooseLanguage([])).toBe('en');
  });
});

describe('figures', () => {
  it('read as people say them', () => {
    expect([5213, 48_210, 87, 7, 0, 99.6].map((n) => roughly(n))).toEqual([5200, 48_000, 87, 7, 0, 100]);
    expect([roughly(4999, Math.floor), roughly(5510, Math.ceil)]).toEqual([4900, 5600]);
    expect(timecode(42 * 60 + 10.9)).toBe('42:10');
    expect(timecode(3600 + 130)).toBe('1:02:10');
    expect(timecode(-3)).toBe('0:00');
    expect(span(40_000)).toBe('40 s');
    expect(span(26 * 60_000)).toBe('26 min');
    expect(span(200 * 60_000)).toBe('3 h 20 min');
    expect(span(72 * 3_600_000)).toBe('3 days');
    expect(number(1204)).toMatch(/^1.204$/);
    expect(list(['Ann', 'Bo'])).toBe('Ann and Bo');
  });
});

describe('a calendar entry', () => {
  it('is one that calendars read', () => {
    const entry = calendarEntry('Bridge; who pays, and why?', 'https://h.example/c/b', Date.UTC(2026, 10, 12, 20), 0);
    expect(entry).toContain('DTSTART:20261112T200000Z\r\n');
    expect(entry).toContain('SUMMARY:Bridge\\; who pays\\, and why?\r\n');
    expect(entry.endsWith('END:VCALENDAR\r\n')).toBe(true);
  });
});
