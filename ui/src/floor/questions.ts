// Questions: what is shown with its votes, one's own question, and for those who run it what waits.

import { h, mark, say, show } from '../dom/element';
import { floorWords } from '../words/floor';
import { number } from '../words/words';
import type { Question, QuestionState } from './state';

const STATES: Record<QuestionState, string> = {
  new: floorWords.stateNew,
  accepted: '',
  asked: floorWords.stateAsked,
  answered: floorWords.stateAnswered,
  dismissed: floorWords.stateDismissed,
};
/** What can become of a question in each state. */
const NEXT: Record<QuestionState, [QuestionState, string][]> = {
  new: [
    ['accepted', floorWords.accept],
    ['dismissed', floorWords.dismiss],
  ],
  accepted: [
    ['asked', floorWords.askNow],
    ['answered', floorWords.answered],
    ['dismissed', floorWords.dismiss],
  ],
  asked: [['answered', floorWords.answered]],
  answered: [],
  dismissed: [['accepted', floorWords.accept]],
};

export class Questions {
  readonly element: HTMLElement;
  private readonly list = h('ol', { class: 'questions', 'aria-live': 'polite' });
  private readonly empty = h('p', { class: 'soft' }, floorWords.noQuestions);
  private readonly input = h('input', { type: 'text', maxlength: '300', autocomplete: 'off', id: 'question' });
  private readonly rows = new Map<number, HTMLLIElement>();
  private readonly voted = new Set<number>();

  constructor(
    ask: (text: string) => Promise<boolean>,
    private readonly vote: (id: number) => Promise<boolean>,
    private readonly judge: ((id: number, state: QuestionState) => void) | null,
  ) {
    const form = h(
      'form',
      { class: 'write' },
      h('label', { for: 'question' }, floorWords.yourQuestion),
      h('div', { class: 'row' }, this.input, h('button', { type: 'submit' }, floorWords.ask)),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (text) void ask(text).then((taken) => taken && (this.input.value = ''));
    });
    this.element = h('section', { class: 'asking' }, h('h2', {}, floorWords.questions), this.empty, this.list, form);
  }

  update(questions: Question[]): void {
    const kept = new Set(questions.map((q) => q.id));
    for (const [id, row] of this.rows) {
      if (kept.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    questions.forEach((question, i) => {
      const row = this.rows.get(question.id) ?? this.row(question);
      if (this.list.children[i] !== row) this.list.insertBefore(row, this.list.children[i] ?? null);
      this.write(row, question);
    });
    show(this.empty, questions.length === 0);
    show(this.list, questions.length > 0);
  }

  private row(question: Question): HTMLLIElement {
    const press = () =>
      void this.vote(question.id).then((taken) => {
        if (!taken) return;
        this.voted.add(question.id);
        this.write(row, question);
      });
    const row = h(
      'li',
      { 'data-question': String(question.id) },
      h('p', { class: 'what', dir: 'auto' }, question.text),
      h('p', { class: 'soft' }, h('span', {}, question.name), ' ', h('span', { class: 'votes' }), ' ', h('span', { class: 'state' })),
      h('div', { class: 'row' }, h('button', { type: 'button', class: 'vote', onclick: press }, floorWords.vote), h('span', { class: 'tools row' })),
    );
    this.rows.set(question.id, row);
    return row;
  }

  private write(row: HTMLLIElement, question: Question): void {
    const at = <E extends Element>(what: string) => row.querySelector(what) as E;
    say(at('.votes'), floorWords.votes(number(question.votes), question.votes === 1));
    say(at('.state'), STATES[question.state] ?? '');
    mark(row, 'data-state', question.state);
    const vote = at<HTMLButtonElement>('.vote');
    const mine = this.voted.has(question.id);
    vote.disabled = mine;
    say(vote, mine ? floorWords.voted : floorWords.vote);
    show(vote, question.state === 'accepted' || question.state === 'asked' || (question.state === 'new' && !this.judge));
    const tools = at<HTMLElement>('.tools');
    if (!this.judge || tools.dataset.shown === question.state) return;
    tools.dataset.shown = question.state;
    tools.replaceChildren(
      ...NEXT[question.state].map(([state, label]) =>
        h('button', { type: 'button', class: 'small', 'data-judge': state, onclick: () => this.judge?.(question.id, state) }, label),
      ),
    );
  }
}
