// The form of a report: about whom, what is wrong, and a sentence if somebody has one.

import { h, mark, say, show } from '../dom/element';
import { post } from '../floor/post';
import type { Conversation } from '../talk/conversation';
import { casesWords } from '../words/cases';

export interface Line {
  id: number;
  name: string;
  text: string;
}

export class ReportForm {
  readonly element: HTMLDetailsElement;
  private readonly about = h('select', { id: 'report-about' });
  private readonly category = h(
    'select',
    { id: 'report-category', required: true },
    h('option', { value: '' }, ''),
    ...Object.entries(casesWords.categories).map(([value, text]) => h('option', { value }, text)),
  );
  private readonly text = h('textarea', { id: 'report-text', rows: '2', maxlength: '500' });
  private readonly told = h('p', { class: 'said', role: 'status' });
  private readonly button = h('button', { type: 'submit' }, casesWords.send);
  private line: Line | null = null;
  private shown = '';

  constructor(
    private readonly talk: Conversation,
    private readonly token: () => string,
  ) {
    const form = h(
      'form',
      {},
      h('p', { class: 'soft' }, casesWords.reportHelp),
      h('label', { for: 'report-about' }, casesWords.about),
      this.about,
      h('label', { for: 'report-category' }, casesWords.category),
      this.category,
      h('label', { for: 'report-text' }, casesWords.sentence),
      this.text,
      h('div', { class: 'row' }, this.button),
      this.told,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
    this.element = h('details', { class: 'report' }, h('summary', {}, casesWords.report), form);
    this.update();
  }

  /** Those who can be reported, as they are now: who has just left stays until the form is opened again. */
  update(): void {
    const speakers: [string, string][] = this.talk.speakers.map((one) => [`seat:${one.seat}`, one.name]);
    const line = this.line;
    const lines: [string, string][] = line ? [[`line:${line.id}`, casesWords.aboutLine(line.name, line.text.slice(0, 80))]] : [];
    const all: [string, string][] = [...lines, ...speakers, ['', casesWords.aboutConversation]];
    const key = JSON.stringify(all);
    if (key === this.shown) return;
    const chosen = this.about.value;
    if (this.shown && chosen && !all.some(([value]) => value === chosen)) {
      const kept = this.about.selectedOptions[0]?.textContent ?? '';
      all.unshift([chosen, kept]);
    }
    this.shown = key;
    this.about.replaceChildren(...all.map(([value, text]) => h('option', { value }, text)));
    if (all.some(([value]) => value === chosen)) this.about.value = chosen;
    show(this.told, this.told.textContent !== '');
  }

  /** Opens it about one line of the chat. */
  aboutLine(line: Line): void {
    this.line = line;
    this.update();
    this.about.value = `line:${line.id}`;
    this.element.open = true;
    this.category.focus();
  }

  private async send(): Promise<void> {
    if (!this.category.value) return this.category.focus();
    const [kind, ...rest] = this.about.value.split(':');
    const key = rest.join(':');
    const heard = this.talk.hearing();
    const body = {
      category: this.category.value,
      ...(this.text.value.trim() ? { text: this.text.value.trim() } : {}),
      ...(kind === 'seat' ? { seat: key } : {}),
      ...(kind === 'line' ? { line: Number(key) } : {}),
      // What was heard was said a moment earlier; by the server's clock.
      ...(heard !== null && this.talk.clock.epoch !== null ? { heard_ms: Math.round(this.talk.clock.wallOf(heard)) } : {}),
    };
    mark(this.button, 'disabled', true);
    const refused = await post(`${this.talk.api}/reports`, this.token(), body);
    mark(this.button, 'disabled', false);
    say(this.told, refused ? casesWords.failed(refused.detail) : casesWords.reported);
    show(this.told, true);
    if (refused) return;
    this.text.value = '';
    this.line = null;
  }
}
