// Forms: a label over each field, one button, one sentence about what happened.
//
// While the server thinks the button rests, so a double click is one. The sentence is a live region.
import { h, say } from '../dom/element';
import { Refusal } from './api';
import { said } from './words';

let next = 0;

export interface Field {
  row: HTMLElement;
  input: HTMLInputElement;
}

/** A labelled field; `help` is read with it. */
export function field(label: string, attributes: Record<string, string | boolean | null>, help = ''): Field {
  next += 1;
  const id = `field-${next}`;
  const input = h('input', { id, 'aria-describedby': help ? `${id}-help` : null, ...attributes });
  const explained = help ? h('p', { class: 'help', id: `${id}-help` }, help) : null;
  return { row: h('div', { class: 'field' }, h('label', { for: id }, label), input, explained), input };
}

/** A place for a sentence, which is read out when it changes. */
export function sentence(): HTMLElement {
  return h('p', { class: 'said', role: 'status' });
}

/** A form that calls `go` and shows its sentence, or why not. */
export function form(rows: Node[], button: HTMLButtonElement, go: () => Promise<string>): HTMLFormElement {
  const told = sentence();
  const made = h('form', { novalidate: true }, ...rows, h('div', { class: 'actions' }, button), told);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    void once(button, told, go);
  });
  return made;
}

/** Does it once, and tells what came of it. */
export async function once(button: HTMLButtonElement, told: HTMLElement, go: () => Promise<string>): Promise<void> {
  if (button.getAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  told.classList.remove('wrong');
  say(told, '');
  try {
    say(told, await go());
  } catch (error) {
    told.classList.add('wrong');
    say(told, why(error));
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

function why(error: unknown): string {
  if (error instanceof Refusal) return error.message ? `${error.message[0]?.toUpperCase()}${error.message.slice(1)}.` : said.noAnswer;
  // What the browser says about a passkey is for programmers.
  return said.passkeyStopped;
}

export function button(text: string, kind: 'primary' | 'plain' = 'plain', type: 'submit' | 'button' = 'submit') {
  return h('button', { class: kind, type }, text);
}
