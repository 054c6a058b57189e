// What the pages say: every language says everything, and times read as people say them.
import { describe, expect, it } from 'vitest';
import { calendarEntry } from '../src/player/share';
import { fileOf, TOPICS } from '../src/words/all';
import { translated } from '../src/words/language';
import { chooseLanguage, list, number, roughly, span, timecode } from '../src/words/words';

describe('words', () => {
  it('are complete and of the same shape in every language', () => {
    for (const [topic, said] of Object.entries(TOPICS)) {
      expect(Object.keys(said.de).sort(), topic).toEqual(Object.keys(said.en).sort());
      for (const key of Object.keys(said.en)) {
        const [de, en] = [said.de[key], said.en[key]];
        expect(typeof de, `${topic}.${key}`).toBe(typeof en);
        if (typeof en === 'function') expect((de as () => string).length, `${topic}.${key}`).toBe(en.length);
        else if (typeof en === 'object') expect(Object.keys(de as object).sort()).toEqual(Object.keys(en as object).sort());
      }
    }
  });

  it('never shout', () => {
    for (const language of ['en', 'de'] as const)
      for (const [name, value] of Object.entries(fileOf(language)))
        expect(JSON.stringify(value), name).not.toMatch(/!|oops|hoppla/i);
  });

  it('are in the first language of the reader that there is', () => {
    expect(chooseLanguage(['de-AT', 'en'])).toBe('de');
    expect(chooseLanguage(['fr-CH', 'de'])).toBe('de');
    expect(chooseLanguage(['fr'])).toBe('en');
    expect(chooseLanguage([])).toBe('en');
    expect(chooseLanguage(['fr-CH', 'de'], ['fr'])).toBe('fr');
  });
});

describe('a language that is a file', () => {
  const english = {
    plain: 'Listen',
    hear: (n: string, one: boolean) => (one ? '1 hears' : `${n} hear`),
    days: (n: number) => `${n} days`,
    roles: { host: 'host', member: 'member' },
  };
  const file = {
    't.plain': 'Écouter <b>',
    't.hear': { one: '1 personne écoute', other: '{0} personnes écoutent' },
    't.days': { one: '{0} jour', other: '{0} jours' },
    't.roles.host': 'hôte',
  };

  it('says what it has, in its plural forms, and English stands in for the rest', () => {
    const said = translated('t', english, file, 'fr');
    expect(said.plain).toBe('Écouter <b>');
    expect([said.hear('1', true), said.hear('1 204', false)]).toEqual(['1 personne écoute', '1 204 personnes écoutent']);
    expect([said.days(1), said.days(3)]).toEqual(['1 jour', '3 jours']);
    expect(said.roles).toEqual({ host: 'hôte', member: 'member' });
    const empty = translated('t', english, {}, 'fr');
    expect([empty.plain, empty.hear('1', true), empty.days(2)]).toEqual(['Listen', '1 hears', '2 days']);
  });

  it('begins as a file that says the same as English', () => {
    const made = fileOf('en');
    expect(made['page.listen']).toBe('Listen');
    expect(made['page.behind']).toBe('{0} s behind');
    expect(made['page.days']).toEqual({ one: '1 day', other: '{0} days' });
    expect(made['page.hear']).toEqual({ one: '1 person hears this', other: '{0} hear this' });
    expect(made['account.roles.host']).toBe(english.roles.host);
    // No sentence reckons with what is put into it.
    expect(JSON.stringify(made)).not.toMatch(/NaN|undefined|\[object/);
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
