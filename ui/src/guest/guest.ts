// An invited guest: the secret of the link (`#i=…`) becomes a token; a name is asked for where none is known. What is for
// the invited alone is told to whoever shows a token.
//
// Its state is in data-guest on the form, for tests. Absent: the stage, which is mounted once there is a token.

import '../style/plan.css';
import { h, mark, say, show } from '../dom/element';
import { Caller } from '../plan/call';
import { field, input } from '../plan/fields';
import { type Token, keepToken } from '../stage/token';
import type { Facts } from '../talk/events';
import { planWords as words } from '../words/plan';

interface Accepted {
  token: string;
  seat: string;
  name: string;
}

/** Asks for what only the invited are told. Null: this visitor is not. */
export async function unseal(slug: string, token: Token | null): Promise<Facts | null> {
  const caller = new Caller(token?.text ?? null);
  const answer = await caller.ask<Facts>('GET', `/api/v1/conversations/${encodeURIComponent(slug)}`);
  return answer.ok ? answer.body : null;
}

/** What somebody reads who is not invited. */
export function sealedSentence(): HTMLElement {
  return h('div', { class: 'bill' }, h('h1', {}, words.sealed), h('p', { class: 'help' }, words.sealedHelp));
}

/** The form at which a guest accepts; it goes when there is a token. */
export function acceptance(slug: string, secret: string, accepted: (token: Token) => void): HTMLElement {
  const path = `/api/v1/conversations/${encodeURIComponent(slug)}/invitations/accept`;
  const caller = new Caller(null);
  const name = input('name', 'text', { maxlength: '80', required: true, autocomplete: 'name' });
  const said = h('p', { class: 'said', role: 'status' }, words.accepting);
  const press = h('button', { type: 'submit', class: 'primary' }, words.accept);
  const fields = h('div', { class: 'form' }, h('p', {}, words.invitationHelp), field(words.yourName, name), press);
  const form = h('form', { class: 'sheet guest-form' }, h('h2', {}, words.invitation), fields, said);
  const enter = (state: 'asking' | 'nameless' | 'refused', sentence: string) => {
    mark(form, 'data-guest', state);
    show(fields, state !== 'refused' && state !== 'asking');
    press.disabled = state === 'asking';
    say(said, sentence);
  };
  const ask = async (given: string) => {
    enter('asking', words.accepting);
    const answer = await caller.ask<Accepted>('POST', path, given ? { secret, name: given } : { secret });
    if (answer.ok) {
      const token = keepToken(slug, answer.body.token);
      form.remove();
      if (token) accepted(token);
      return;
    }
    // Without a name it is only asked whether one is known.
    if (answer.status === 422 && !given) {
      enter('nameless', '');
      name.focus();
    } else if (answer.status === 422 || answer.status === 429 || answer.status === 0)
      enter('nameless', words.failed(answer.detail));
    else enter('refused', words.failed(answer.detail));
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask(name.value.trim());
  });
  void ask('');
  return form;
}
