// What was announced, on the page of a conversation: description, guests, when the doors open, that it was moved and why it
// was called off. It is loaded when there is something of it to say, never on the way to the first sound.

import '../style/plan.css';
import { h, say, show } from '../dom/element';
import { city, inWords, ownZone, shown } from '../plan/zone';
import { type Facts, type Guest, isOpen, isOver, phaseName } from '../talk/events';
import { planWords as words } from '../words/plan';
import { clockTime, dayAndTime, language, span } from '../words/words';

/** Whether there is something to say beyond title and time. */
export class Announcement {
  readonly element = h('section', { class: 'about' });
  private readonly doors = h('p', { class: 'doors' });
  private readonly moved = h('p', { class: 'moved' });
  private readonly reason = h('p', { class: 'reason' });
  private readonly stranded = h('p', { class: 'stranded' }, words.stranded);
  private readonly meant = h('p', { class: 'note' });
  private readonly room = h('p', {}, words.roomClosed);
  private readonly rest = h('div', {});
  private written = '';

  constructor() {
    this.element.append(this.stranded, this.reason, this.moved, this.doors, this.meant, this.room, this.rest);
  }

  update(facts: Facts, now: number): void {
    const scheduled = phaseName(facts.phase) === 'scheduled';
    const left = (facts.doors_ms ?? now) - now;
    const opens = scheduled && !facts.stranded && facts.doors_ms != null && left > 0;
    say(this.doors, opens ? this.doorsLine(facts.doors_ms ?? now, left) : '');
    show(this.doors, opens);
    const moved = facts.moved_from_ms != null && !isOver(facts.phase) && !isOpen(facts.phase);
    say(this.moved, moved ? words.movedFrom(dayAndTime(facts.moved_from_ms ?? 0)) : '');
    show(this.moved, moved);
    say(this.reason, facts.reason ? `${words.reason} ${facts.reason}` : '');
    show(this.reason, Boolean(facts.reason));
    show(this.stranded, scheduled && facts.stranded === true);
    show(this.room, scheduled && facts.stays === true);
    say(this.meant, this.meantLine(facts));
    show(this.meant, this.meant.textContent !== '');
    this.writeRest(facts);
  }

  private doorsLine(doorsMs: number, left: number): string {
    const near = left < 18 * 3_600_000 ? clockTime(doorsMs) : dayAndTime(doorsMs);
    return `${words.doorsOpen(near)}, ${words.doorsIn(span(Math.max(left, 60_000)))}`;
  }

  /** How long, in which language, and what the host's wall shows where that is another. */
  private meantLine(facts: Facts): string {
    const parts: string[] = [];
    if (facts.length_min) parts.push(words.lasts(span(facts.length_min * 60_000)));
    if (facts.language) parts.push(words.spokenIn(spoken(facts.language)));
    const { zone, starts_ms } = facts;
    if (zone && starts_ms != null && !isOver(facts.phase) && known(zone)) {
      const there = shown(starts_ms, zone);
      if (there !== shown(starts_ms, ownZone())) parts.push(words.hostTime(there.slice(11), city(zone)));
    }
    return parts.join(' · ');
  }

  private writeRest(facts: Facts): void {
    const key = JSON.stringify([facts.description, facts.guests, facts.tags]);
    if (key === this.written) return;
    this.written = key;
    const lines = (facts.description ?? '').split('\n\n').filter((p) => p !== '');
    const guests = facts.guests ?? [];
    this.rest.replaceChildren(
      ...lines.map((text) => h('p', { class: 'text' }, text)),
      ...(guests.length
        ? [h('h2', {}, words.guests), h('ul', { class: 'announced' }, ...guests.map(guestRow))]
        : []),
      ...(facts.tags?.length ? [h('p', { class: 'note' }, facts.tags.join(' · '))] : []),
    );
  }
}

function guestRow(guest: Guest): HTMLElement {
  return h(
    'li',
    {},
    h('strong', {}, guest.name),
    guest.affiliation ? h('span', {}, guest.affiliation) : null,
    guest.interests ? h('span', { class: 'note' }, words.declares(guest.interests)) : null,
  );
}

function spoken(tag: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function known(zone: string): boolean {
  return inWords('2026-01-01T12:00', zone) !== words.noSuchTime;
}
