// One short form: what is said of a conversation, and when. It makes one, and edits one in place.
//
// An edit sends only what differs from what was read, so that two people who change different things of different versions
// are told apart from two who change nothing. Absent: asking the API.

import { h, say, show } from '../dom/element';
import type { Facts } from '../talk/events';
import { planWords as words } from '../words/plan';
import { Guests, choice, field, input } from './fields';
import { inWords, ownZone, shown } from './zone';

type Body = Record<string, unknown>;

function zones(): string[] {
  const known = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [...new Set([ownZone(), 'UTC', ...known])];
}

export class Form {
  readonly element: HTMLElement;
  private readonly title = input('title', 'text', { maxlength: '200', required: true });
  private readonly day = input('day', 'date');
  private readonly time = input('time', 'time');
  private readonly zone = choice(
    'zone',
    zones().map((zone) => [zone, zone.replace(/_/g, ' ')]),
  );
  private readonly words = h('p', { class: 'words', role: 'status' });
  private readonly length = input('length', 'number', { min: '0', max: '1440', step: '5', inputmode: 'numeric' });
  private readonly description = h('textarea', { name: 'description', rows: '5', maxlength: '4000' });
  private readonly delay = input('delay', 'text', { maxlength: '200' });
  private readonly language = input('language', 'text', { maxlength: '35', autocapitalize: 'off', spellcheck: 'false' });
  private readonly tags = input('tags', 'text', { maxlength: '350' });
  private readonly visibility = choice('visibility', [
    ['public', words.public],
    ['unlisted', words.unlisted],
    ['invited', words.invited],
  ]);
  private readonly guests = new Guests();
  private readonly repeats = choice('repeats', [
    ['', words.never],
    ['week', words.week],
    ['two_weeks', words.two_weeks],
    ['month', words.month],
  ]);
  private readonly times = input('times', 'number', { min: '2', max: '52', value: '4', inputmode: 'numeric' });
  private readonly stays = input('stays', 'checkbox');
  private readonly when: HTMLElement;
  private readonly delayed: HTMLElement;
  private was: Body = {};

  constructor(private readonly fresh: boolean) {
    const timesField = field(words.times, this.times);
    const staysField = h('label', { class: 'check' }, this.stays, words.stays);
    this.when = h(
      'div',
      { class: 'when-fields' },
      h('div', { class: 'pair' }, field(words.day, this.day), field(words.time, this.time)),
      field(words.zone, this.zone),
      this.words,
    );
    this.delayed = field(words.delay, this.delay, words.delayHelp);
    show(this.delayed, false);
    const comesAgain = field(words.repeats, this.repeats);
    const update = () => {
      say(this.words, this.day.value && this.time.value ? inWords(this.local, this.zone.value) : '');
      show(timesField, fresh && this.repeats.value !== '');
      show(this.when, !this.stays.checked);
      show(comesAgain, fresh && !this.stays.checked);
    };
    this.element = h(
      'div',
      { class: 'form', oninput: update, onchange: update },
      field(words.title, this.title),
      this.when,
      this.delayed,
      comesAgain,
      timesField,
      fresh && staysField,
      h('div', { class: 'pair' }, field(words.length, this.length), field(words.language, this.language, words.languageHelp)),
      field(words.description, this.description, words.descriptionHelp),
      field(words.whoMayCome, this.visibility),
      this.guests.element,
      field(words.tags, this.tags),
    );
    this.zone.value = ownZone();
    if (fresh) {
      const soon = shown(Date.now() + 7 * 86_400_000, ownZone());
      [this.day.value, this.time.value, this.length.value] = [soon.slice(0, 10), '20:00', '60'];
    }
    update();
    this.update = update;
  }

  private readonly update: () => void;

  private get local(): string {
    return `${this.day.value}T${this.time.value}`;
  }

  /** Shows what it is. */
  read(facts: Facts): void {
    this.title.value = facts.title;
    const zone = facts.zone ?? ownZone();
    if (![...this.zone.options].some((o) => o.value === zone)) this.zone.append(h('option', { value: zone }, zone));
    this.zone.value = zone;
    const local = facts.starts_ms == null ? '' : shown(facts.starts_ms, zone);
    [this.day.value, this.time.value] = [local.slice(0, 10), local.slice(11)];
    this.length.value = facts.length_min ? String(facts.length_min) : '';
    this.description.value = facts.description ?? '';
    this.language.value = facts.language ?? '';
    this.tags.value = (facts.tags ?? []).join(', ');
    this.visibility.value = facts.visibility ?? 'public';
    this.guests.value = facts.guests ?? [];
    this.delay.value = facts.delay ?? '';
    const before = facts.phase === 'scheduled' || facts.phase === 'lobby';
    show(this.delayed, before);
    this.title.disabled = facts.phase !== 'scheduled';
    this.update();
    show(this.when, before && !facts.stays);
    this.was = this.all();
  }

  /** What to send: everything of a new one, of another what differs. */
  value(): Body {
    const all = this.all();
    if (this.fresh) {
      if (this.repeats.value && !this.stays.checked)
        all.repeats = { every: this.repeats.value, count: Number(this.times.value) };
      if (this.stays.checked) {
        all.stays = true;
        delete all.starts_at;
        delete all.zone;
      }
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    }
    const differs = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(this.was[name]);
    const changed = Object.fromEntries(Object.entries(all).filter(differs));
    // Who chooses another zone means what the form shows in it.
    if (changed.zone && all.starts_at) changed.starts_at = all.starts_at;
    return changed;
  }

  focus(): void {
    this.title.focus();
  }

  private all(): Body {
    const body: Body = {
      title: this.title.value.trim(),
      description: this.description.value.trim(),
      ...(this.fresh ? {} : { delay: this.delay.value.trim() }),
      language: this.language.value.trim(),
      length_min: Number(this.length.value) || 0,
      visibility: this.visibility.value,
      guests: this.guests.value,
      tags: this.tags.value
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    };
    if (this.day.value && this.time.value) Object.assign(body, { starts_at: this.local, zone: this.zone.value });
    return body;
  }
}
