// Cues: a word to one person on stage, which only their page shows.
//
// One field for the words and one button for each person: empty, it is "you are next", in their language. Absent: answers.

import { h, mark, say, show } from '../dom/element';
import { field, input } from '../plan/fields';
import type { Conversation } from '../talk/conversation';
import { productionWords as words } from '../words/production';
import { send } from './send';

export class Cues {
  readonly element: HTMLElement;
  private readonly text = input('cue-words', 'text', { maxlength: '140' });
  private readonly list = h('div', { class: 'row cues' });
  private readonly nobody = h('p', { class: 'note' }, words.nobody);
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly buttons = new Map<string, HTMLButtonElement>();

  constructor(
    private readonly talk: Conversation,
    private readonly token: string,
    private readonly self: string,
  ) {
    this.element = h(
      'section',
      { class: 'sheet', 'aria-labelledby': 'cues-title' },
      h('h2', { id: 'cues-title' }, words.cues),
      field(words.words, this.text),
      this.nobody,
      this.list,
      this.said,
    );
    this.update();
  }

  update(): void {
    const others = this.talk.speakers.filter((speaker) => speaker.seat !== this.self);
    show(this.nobody, others.length === 0);
    const here = new Set(others.map((speaker) => speaker.seat));
    for (const [seat, button] of this.buttons)
      if (!here.has(seat)) {
        button.remove();
        this.buttons.delete(seat);
      }
    for (const { seat, name } of others) {
      const button = this.buttons.get(seat) ?? this.button(seat);
      say(button, words.cue(name));
    }
  }

  private button(seat: string): HTMLButtonElement {
    const button = h('button', { type: 'button', onclick: () => void this.cue(seat) });
    mark(button, 'data-cue', seat);
    this.buttons.set(seat, button);
    this.list.append(button);
    return button;
  }

  private async cue(seat: string): Promise<void> {
    const path = `${this.talk.api}/stage/seats/${encodeURIComponent(seat)}/cue`;
    const answer = await send('POST', path, this.token, { text: this.text.value.trim() });
    say(this.said, answer.ok ? words.cued(this.talk.nameOf(seat)) : words.failed(answer.detail));
    if (answer.ok) this.text.value = '';
  }
}
