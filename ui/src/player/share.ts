// Taking the conversation elsewhere: its address, the address for radio players, and before it begins the calendar.
//
// The calendar entry is made here, so that it also works on a page that has lost the server. Absent: buttons of other
// companies, which would tell them who is here.

import { h, say, show } from '../dom/element';
import type { Conversation } from '../talk/conversation';
import { type Facts, isOpen } from '../talk/events';
import { words } from '../words/words';

/** An entry for calendars (RFC 5545), the same as the server's: it is replaced by what the server says later. */
export function calendarEntry(
  title: string,
  url: string,
  startsMs: number,
  nowMs: number,
  facts: Pick<Facts, 'slug' | 'length_min' | 'version'> | null = null,
): string {
  const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
  const text = (value: string) => value.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, ' ');
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Hustings//EN',
    'BEGIN:VEVENT',
    `UID:${facts ? `${facts.slug}@${new URL(url).hostname}` : encodeURIComponent(url)}`,
    `SEQUENCE:${(facts?.version ?? 1) - 1}`,
    `DTSTAMP:${stamp(nowMs)}`,
    `DTSTART:${stamp(startsMs)}`,
    `DTEND:${stamp(startsMs + (facts?.length_min ?? 60) * 60_000)}`,
    `SUMMARY:${text(title)}`,
    `URL:${url}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Gives the reader the conversation as a calendar entry. */
export function saveCalendarEntry(facts: Facts, pageUrl: string): void {
  if (facts.starts_ms == null) return;
  const entry = calendarEntry(facts.title, pageUrl, facts.starts_ms, Date.now(), facts);
  download(`${facts.slug}.ics`, 'text/calendar', entry);
}

export function sharePanel(talk: Conversation, pageUrl: string): { element: HTMLElement; update(): void } {
  const copy = h('button', { type: 'button' }, words.copyLink);
  const address = h('p', { class: 'address' });
  address.hidden = true;
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(pageUrl);
      say(copy, words.copied);
      setTimeout(() => say(copy, words.copyLink), 2500);
    } catch {
      say(address, `${words.copyFailed} ${pageUrl}`);
      show(address, true);
    }
  });
  const radio = h('a', { class: 'button', href: talk.facts.links.m3u }, words.radio);
  const element = h(
    'div',
    { class: 'panel', id: 'share' },
    h('h2', {}, words.share),
    h('div', { class: 'row' }, copy, radio),
    address,
  );
  return {
    element,
    update() {
      show(radio, isOpen(talk.phase));
    },
  };
}
