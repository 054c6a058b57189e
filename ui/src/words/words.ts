// How the pages say numbers, times and spans in their language, and the words that every page needs.
//
// English and German are small enough to come with the page; see language.ts for the others.

import { de } from './de';
import { type Words, en } from './en';
import { locale, speak } from './language';

export { chooseLanguage, language, locale } from './language';
export const words: Words = speak('page', en, de);

export function number(value: number, digits = 0): string {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** An estimate in two digits that mean something: 5,213 is 5,200. */
export function roughly(value: number, round: (x: number) => number = Math.round): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return round(value / unit) * unit;
}

/** "Ann", "Ann and Bo", "Ann, Bo and Cem". */
export function list(names: string[]): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

/** 42:10, or 1:02:10 past the hour. */
export function timecode(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** A length of time in its one or two largest units: "2 days", "3 h 20 min", "40 s". */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return words.secs(s);
  const m = Math.round(s / 60);
  if (m < 60) return words.mins(m);
  const h = Math.floor(m / 60);
  if (h < 48) return m % 60 ? `${words.hours(h)} ${words.mins(m % 60)}` : words.hours(h);
  return words.days(Math.round(h / 24));
}

/** "Tue 12 November, 20:00". */
export function dayAndTime(ms: number): string {
  const day = new Date(ms).toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'long' });
  return `${day}, ${clockTime(ms)}`;
}

/** "Tuesday 12 November", with the year where it is another. */
export function dayHeading(ms: number): string {
  const other = new Date(ms).getFullYear() !== new Date().getFullYear();
  const form: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  return new Date(ms).toLocaleDateString(locale, other ? { ...form, year: 'numeric' } : form);
}

/** "20:00". */
export function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
}
