// What a host finds on the page of their conversation: a way to edit it and invite to it, in place; and a room that stays is
// opened by their coming.

import '../style/plan.css';
import { h, mark, say } from '../dom/element';
import type { Conversation } from '../talk/conversation';
import { phaseName } from '../talk/events';
import { planWords as words } from '../words/plan';
import { Caller } from './call';
import { Editor } from './editor';
import { button } from './fields';

/** The row, with the editor beneath it while it is open. */
export function hostRow(talk: Conversation, token: string): HTMLElement {
  const caller = new Caller(token);
  const place = h('div', {});
  const said = h('p', { class: 'said', role: 'status' });
  const press = button(words.edit, () => void toggle());
  press.dataset.do = 'edit';
  mark(press, 'aria-expanded', 'false');
  const row = h('div', { class: 'edit-row' }, h('div', { class: 'row' }, press), said, place);

  async function toggle(): Promise<void> {
    if (place.firstChild) {
      place.replaceChildren();
      mark(press, 'aria-expanded', 'false');
      return;
    }
    // What the page knows may be old: it is edited from what is true now.
    const facts = await talk.ask();
    say(said, facts ? '' : words.failed(words.offline));
    if (!facts) return;
    place.replaceChildren(new Editor(facts, talk.api, token, () => void talk.refresh()).element);
    mark(press, 'aria-expanded', 'true');
  }

  if (talk.facts.stays && phaseName(talk.phase) === 'scheduled')
    void caller.ask('POST', `${talk.api}/open`).then((answer) => {
      if (!answer.ok) say(said, words.failed(answer.detail));
      void talk.refresh();
    });
  return row;
}
