// The newest poll: its answers as buttons while it is open and one has not voted, and its sums.

import { h, say, show } from '../dom/element';
import { floorWords } from '../words/floor';
import { number } from '../words/words';
import type { Poll } from './state';

export class PollCard {
  readonly element = h('section', { class: 'poll' });
  private readonly question = h('p', { class: 'what', dir: 'auto' });
  private readonly answers = h('ul', { class: 'answers' });
  private readonly sum = h('p', { class: 'soft', 'aria-live': 'polite' });
  private readonly voted = new Set<number>();
  private shown = 0;

  constructor(private readonly choose: (poll: number, answer: number) => Promise<boolean>) {
    this.element.append(h('h2', {}, floorWords.poll), this.question, this.answers, this.sum);
  }

  update(poll: Poll | null): void {
    show(this.element, poll !== null);
    if (!poll) return;
    if (this.shown !== poll.id) this.lay(poll);
    say(this.question, poll.question);
    const all = poll.answers.reduce((sum, answer) => sum + answer.votes, 0);
    const may = !poll.closed && !this.voted.has(poll.id);
    poll.answers.forEach((answer, i) => {
      const row = this.answers.children[i];
      const button = row?.querySelector('button');
      if (!row || !button) return;
      button.disabled = !may;
      const percent = all ? Math.round((answer.votes * 100) / all) : 0;
      say(row.querySelector('.share') as Element, floorWords.pollShare(number(percent), number(answer.votes)));
      row.querySelector('meter')?.setAttribute('value', String(percent));
    });
    const state = poll.closed ? floorWords.pollClosed : floorWords.pollOpen;
    say(this.sum, `${state} ${floorWords.pollSum(number(all), all === 1)}`);
  }

  private lay(poll: Poll): void {
    this.shown = poll.id;
    const row = (text: string, i: number) => {
      const press = () =>
        void this.choose(poll.id, i).then((taken) => {
          if (taken) this.voted.add(poll.id);
        });
      return h(
        'li',
        {},
        h('button', { type: 'button', onclick: press, dir: 'auto' }, text),
        h('meter', { min: '0', max: '100', value: '0', 'aria-label': text }),
        h('span', { class: 'share' }),
      );
    };
    this.answers.replaceChildren(...poll.answers.map((answer, i) => row(answer.text, i)));
  }
}
