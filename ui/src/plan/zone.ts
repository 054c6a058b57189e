// A time as the wall of a zone shows it, and in words: "Tuesday 24 November, 20:00 in Berlin: 14:00 for you".
//
// The browser knows the zones; this only looks up which moment shows a wall clock there. It is for showing: what is stored is
// what the server makes of the same text, and it refuses with better words.

import { planWords as words } from '../words/plan';
import { locale as readers } from '../words/words';

const MINUTE = 60_000;

/** `YYYY-MM-DDTHH:MM`, as the wall of a zone shows a moment. */
export function shown(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(ms);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** Every moment at which the wall of a zone shows this: usually one, none in a gap, two where clocks go back. */
export function moments(local: string, zone: string): number[] {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return [];
  try {
    const offsets = new Set([-26, 0, 26].map((h) => {
      const at = asUtc + h * 60 * MINUTE;
      return Date.parse(`${shown(at, zone)}Z`) - at;
    }));
    return [...offsets].map((offset) => asUtc - offset).filter((ms) => shown(ms, zone) === local);
  } catch {
    return [];
  }
}

/** "New York" of "America/New_York". */
export function city(zone: string): string {
  return (zone.split('/').pop() ?? zone).replace(/_/g, ' ');
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** The whole sentence, or the reason why there is none. */
export function inWords(local: string, zone: string, own = ownZone(), locale = readers): string {
  const [ms, second] = moments(local, zone);
  if (ms === undefined) return Number.isNaN(Date.parse(`${local}Z`)) ? '' : words.noSuchTime;
  if (second !== undefined) return words.noSuchTime;
  const day = (z: string) =>
    new Intl.DateTimeFormat(locale, { timeZone: z, weekday: 'long', day: 'numeric', month: 'long' }).format(ms);
  const time = (z: string) =>
    new Intl.DateTimeFormat(locale, { timeZone: z, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);
  const there = `${day(zone)}, ${time(zone)}`;
  if (shown(ms, own) === local) return words.whenHere(there, city(zone));
  const here = day(own) === day(zone) ? time(own) : `${day(own)}, ${time(own)}`;
  return words.whenInWords(there, city(zone), here);
}
