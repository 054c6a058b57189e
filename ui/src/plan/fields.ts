// The fields of a form, each with its label above it, and the guests, of whom there may be several.

import { h, mark, say } from '../dom/element';
import type { Guest } from '../talk/events';
import { planWords as words } from '../words/plan';

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
let count = 0;

/** A control under its label. */
export function field(label: string, control: Control, help = ''): HTMLElement {
  count += 1;
  const id = `field-${count}`;
  mark(control, 'id', id);
  const note = help ? h('span', { class: 'note', id: `${id}-help` }, help) : null;
  if (note) mark(control, 'aria-describedby', note.id);
  return h('div', { class: 'field' }, h('label', { for: id }, label), control, note);
}

export function input(name: string, type = 'text', more: Record<string, string | boolean> = {}): HTMLInputElement {
  return h('input', { name, type, autocomplete: 'off', ...more });
}

export function choice(name: string, options: [string, string][]): HTMLSelectElement {
  return h('select', { name }, ...options.map(([value, label]) => h('option', { value }, label)));
}

export function button(label: string, press: () => void, kind = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: kind || null, onclick: press }, label);
}

/** The guests: a row of three fields for each. */
export class Guests {
  readonly element: HTMLElement;
  private readonly rows = h('div', { class: 'guests' });

  constructor() {
    const add = button(words.addGuest, () => {
      this.add({ name: '' }).focus();
    });
    this.element = h('fieldset', {}, h('legend', {}, words.guests), this.rows, add);
  }

  get value(): Guest[] {
    const rows = [...this.rows.children].map((row) => {
      const of = (name: string) => row.querySelector<HTMLInputElement>(`[name=${name}]`)?.value.trim() ?? '';
      return { name: of('guest'), affiliation: of('affiliation'), interests: of('interests') };
    });
    return rows.filter((guest) => guest.name || guest.affiliation || guest.interests);
  }

  set value(guests: Guest[]) {
    this.rows.replaceChildren();
    for (const guest of guests) this.add(guest);
  }

  private add(guest: Guest): HTMLInputElement {
    const name = input('guest', 'text', { maxlength: '80', value: guest.name });
    const affiliation = input('affiliation', 'text', { maxlength: '200', value: guest.affiliation ?? '' });
    const interests = input('interests', 'text', { maxlength: '200', value: guest.interests ?? '' });
    const remove = button('', () => row.remove(), 'quiet');
    const label = () => say(remove, words.removeGuest(name.value.trim() || words.someGuest));
    name.addEventListener('input', label);
    label();
    const row = h(
      'div',
      { class: 'guest' },
      field(words.guestName, name),
      field(words.affiliation, affiliation),
      field(words.interests, interests),
      remove,
    );
    this.rows.append(row);
    return name;
  }
}
