// What those who run the conversation do beside its sound: pin a note, open and close a poll, set the rules.

import { h, show } from '../dom/element';
import { floorWords } from '../words/floor';
import type { FloorNow, FloorState } from './state';

type Act = (what: string, body?: unknown) => Promise<boolean>;

export class HostTools {
  readonly element: HTMLElement;
  private readonly text = field('input', floorWords.pinText, { maxlength: '300' });
  private readonly link = field('input', floorWords.pinLink, { type: 'url', maxlength: '500' });
  private readonly unpin = h('button', { type: 'button', onclick: () => void this.act('pinned', {}) }, floorWords.unpin);
  private readonly question = field('input', floorWords.pollQuestion, { maxlength: '300' });
  private readonly answers = field('textarea', floorWords.pollAnswers, { rows: '3' });
  private readonly seconds = field('input', floorWords.pollSeconds, { type: 'number', min: '1', max: '86400' });
  private readonly poll: HTMLFormElement;
  private readonly stop = h('button', { type: 'button' }, floorWords.pollStop);
  private readonly chat = tick(floorWords.ruleChat);
  private readonly links = tick(floorWords.ruleLinks);
  private readonly moderated = tick(floorWords.ruleModerated);
  private readonly slow = field('input', floorWords.ruleSlow, { type: 'number', min: '0', max: '600' });
  private readonly words = field('textarea', floorWords.ruleWords, { rows: '2' });
  private filled = false;
  private pollId = 0;

  constructor(private readonly act: Act) {
    const pin = form(() => this.pin(), this.text.label, this.link.label, row(h('button', { type: 'submit' }, floorWords.pin), this.unpin));
    this.poll = form(() => this.open(), this.question.label, this.answers.label, this.seconds.label, h('button', { type: 'submit' }, floorWords.pollStart));
    this.stop.addEventListener('click', () => void this.act(`polls/${this.pollId}/close`));
    const ticks = [this.chat.label, this.moderated.label, this.links.label];
    const rules = form(() => this.set(), ...ticks, this.slow.label, this.words.label, h('button', { type: 'submit' }, floorWords.save));
    this.element = h(
      'details',
      { class: 'host' },
      h('summary', {}, floorWords.lookAfter),
      group(floorWords.pinned, pin),
      group(floorWords.openPoll, this.poll, this.stop),
      group(floorWords.rules, rules),
    );
  }

  update(state: FloorState): void {
    show(this.unpin, state.note !== null);
    const open = state.poll !== null && !state.poll.closed;
    this.pollId = state.poll?.id ?? 0;
    show(this.poll, !open);
    show(this.stop, open);
  }

  /** The rules as they are, once: what somebody is typing is not written over. */
  fill(now: FloorNow): void {
    if (this.filled) return;
    this.filled = true;
    this.chat.input.checked = now.rules.chat;
    this.links.input.checked = now.rules.links;
    this.moderated.input.checked = now.rules.moderated;
    this.slow.input.value = String(now.rules.slow_s);
    this.words.input.value = (now.words ?? []).join(', ');
  }

  private async pin(): Promise<void> {
    const link = this.link.input.value.trim();
    const taken = await this.act('pinned', { text: this.text.input.value, link: link || null });
    if (taken) this.text.input.value = this.link.input.value = '';
  }

  private async open(): Promise<void> {
    const answers = this.answers.input.value.split('\n').map((line) => line.trim()).filter(Boolean);
    const seconds = Number(this.seconds.input.value) || null;
    const taken = await this.act('polls', { question: this.question.input.value, answers, seconds });
    if (taken) this.question.input.value = this.answers.input.value = this.seconds.input.value = '';
  }

  private async set(): Promise<void> {
    await this.act('floor', {
      chat: this.chat.input.checked,
      links: this.links.input.checked,
      moderated: this.moderated.input.checked,
      slow_s: Number(this.slow.input.value) || 0,
      words: this.words.input.value.split(',').map((word) => word.trim()).filter(Boolean),
    });
  }
}

function field<K extends 'input' | 'textarea'>(tag: K, label: string, props: Record<string, string>) {
  const input = h(tag, props) as HTMLElementTagNameMap[K];
  return { input, label: h('label', { class: 'field' }, h('span', {}, label), input) };
}

function tick(label: string) {
  const input = h('input', { type: 'checkbox' });
  return { input, label: h('label', { class: 'tick' }, input, h('span', {}, label)) };
}

function row(...children: HTMLElement[]): HTMLElement {
  return h('div', { class: 'row' }, ...children);
}

function group(title: string, ...children: HTMLElement[]): HTMLElement {
  return h('section', {}, h('h3', {}, title), ...children);
}

function form(submit: () => Promise<void>, ...children: HTMLElement[]): HTMLFormElement {
  const made = h('form', {}, ...children);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  return made;
}
