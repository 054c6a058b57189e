// The host's desk: start, break, resume, end. Only what the phase allows is there.
//
// Ending is for everybody and for good, so it asks once more, in the same place. The server checks the role; a refusal is
// said in its own words. Absent: anything that is done to a single person.

import { h, mark, say, show } from '../dom/element';
import type { Conversation } from '../talk/conversation';
import { heldReason, isOpen, phaseName } from '../talk/events';
import { words } from '../words/words';
import { command } from './orders';

export class Desk {
  readonly element: HTMLElement;
  private readonly start = this.button(words.start, 'start');
  private readonly hold = this.button(words.takeBreak, 'hold');
  private readonly resume = this.button(words.resume, 'resume');
  private readonly end = h('button', { type: 'button', onclick: () => this.ask(true) }, words.end);
  private readonly sure = this.button(words.endSure, 'end');
  private readonly keep = h('button', { type: 'button', onclick: () => this.ask(false) }, words.cancel);
  private readonly note = h('p', { class: 'note', role: 'status' });
  private asking = false;
  private busy = false;

  constructor(
    private readonly talk: Conversation,
    private readonly token: string,
  ) {
    mark(this.start, 'class', 'primary');
    mark(this.resume, 'class', 'primary');
    const row = h('div', { class: 'row' }, this.start, this.resume, this.hold, this.end, this.sure, this.keep);
    this.element = h('section', { class: 'desk', 'aria-label': words.desk }, h('h2', {}, words.desk), row, this.note);
    this.update();
  }

  update(): void {
    const phase = phaseName(this.talk.phase);
    const open = isOpen(this.talk.phase);
    const live = phase === 'live';
    show(this.element, open);
    show(this.start, phase === 'lobby' && !this.asking);
    show(this.resume, heldReason(this.talk.phase) === 'break' && !this.asking);
    show(this.hold, live && !this.asking);
    show(this.end, open && phase !== 'lobby' && !this.asking);
    show(this.sure, open && this.asking);
    show(this.keep, open && this.asking);
    for (const b of [this.start, this.resume, this.hold, this.sure]) b.disabled = this.busy;
    if (this.asking) say(this.note, words.endHelp);
    else if (phase === 'lobby' && !this.note.textContent) say(this.note, words.startHelp);
    else if (phase !== 'lobby' && this.note.textContent === words.startHelp) say(this.note, '');
    show(this.note, this.note.textContent !== '');
  }

  private button(label: string, what: 'start' | 'hold' | 'resume' | 'end'): HTMLButtonElement {
    return h('button', { type: 'button', 'data-order': what, onclick: () => void this.order(what) }, label);
  }

  private ask(asking: boolean): void {
    this.asking = asking;
    say(this.note, '');
    this.update();
    (asking ? this.keep : this.end).focus();
  }

  private async order(what: 'start' | 'hold' | 'resume' | 'end'): Promise<void> {
    this.busy = true;
    this.update();
    const problem = await command(this.talk.api, what, this.token);
    this.busy = false;
    this.asking = false;
    say(this.note, problem === null ? '' : words.failed(problem));
    this.update();
  }
}
