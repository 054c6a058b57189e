// <hustings-floor>: taking part, below the player. React, and "Take part", which opens chat, questions and poll.
//
// Loaded after the first picture, for nothing of it is needed to hear. What is shown is what was true when the sound that is
// heard was spoken. Whoever acts first is asked for a name, once. Absent: anything that moves by itself.

import { h, mark, say, sheet, show } from '../dom/element';
import type { HustingsPlayer } from '../player/player';
import type { Token } from '../stage/token';
import tokens from '../style/tokens.css?inline';
import type { Conversation } from '../talk/conversation';
import { isOpen } from '../talk/events';
import { leaveSeat, seatOf, takeSeat } from '../talk/seat';
import { floorWords } from '../words/floor';
import { list, number } from '../words/words';
import { Chat, type LineActs } from './chat';
import css from './floor.css?inline';
import { HostTools } from './host';
import { PollCard } from './poll';
import { post } from './post';
import { Questions } from './questions';
import { type FloorNow, FloorState, REACTIONS, type Reaction } from './state';

const styles = [sheet(tokens), sheet(css)];
/** How often those who run it look at what waits for them: that is not told to everybody. */
const QUEUE_MS = 3000;
/** For so long the reactions of a second are written out. */
const REACTED_MS = 3000;

export class HustingsFloor extends HTMLElement {
  readonly state = new FloorState();
  private talk!: Conversation;
  private token = '';
  private runs = false;
  private opened = false;
  private reacting = false;
  private reactedAt = 0;
  private queue: FloorNow['questions'] | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private waiting: (() => void) | null = null;

  private readonly note = h('p', { class: 'note' });
  private readonly reactButton = h('button', { type: 'button', id: 'react', 'aria-expanded': 'false', onclick: () => this.toggle('react') }, floorWords.react);
  private readonly partButton = h('button', { type: 'button', id: 'part', 'aria-expanded': 'false', onclick: () => this.toggle('part') }, floorWords.takePart);
  private readonly reactions = h('div', { class: 'row reactions', role: 'group', 'aria-label': floorWords.reactions });
  private readonly sums = h('p', { class: 'soft sums' });
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly name = h('input', { type: 'text', maxlength: '80', autocomplete: 'nickname', id: 'name', required: true });
  private readonly naming: HTMLFormElement;
  private readonly panel = h('div', { class: 'panel' });
  private chat!: Chat;
  private questions!: Questions;
  private readonly poll = new PollCard((poll, answer) => this.act(`polls/${poll}/vote`, { answer }));
  private host: HostTools | null = null;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = styles;
    this.naming = h(
      'form',
      { class: 'write naming' },
      h('label', { for: 'name' }, floorWords.yourName),
      h('div', { class: 'row' }, this.name, h('button', { type: 'submit' }, floorWords.nameGo)),
      h('p', { class: 'soft' }, floorWords.nameHelp),
    );
    this.naming.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.sit();
    });
  }

  /** Binds it to its page. */
  begin(talk: Conversation, token: Token | null): void {
    this.talk = talk;
    this.token = token?.text ?? seatOf(talk.facts.slug)?.token ?? '';
    this.runs = token?.role === 'host' || token?.role === 'cohost';
    this.chat = new Chat(
      (text) => this.act('chat', { text }),
      this.runs ? (line, mute) => void this.act(`chat/${line.id}/state`, { hidden: true, mute }) : null,
    );
    this.questions = new Questions(
      (text) => this.act('questions', { text }, floorWords.asked),
      (id) => this.act(`questions/${id}/vote`),
      this.runs ? (id, state) => void this.judge(id, state) : null,
    );
    for (const kind of REACTIONS) {
      const press = () => void this.react(kind);
      this.reactions.append(h('button', { type: 'button', 'data-kind': kind, onclick: press }, floorWords[kind]));
    }
    this.panel.append(this.poll.element, this.chat.element, this.questions.element);
    if (this.runs) {
      this.host = new HostTools((what, body) => this.act(what, body, floorWords.done));
      this.panel.append(this.host.element);
    }
    this.shadowRoot?.append(
      h(
        'section',
        { class: 'floor', 'aria-label': floorWords.takePart },
        this.note,
        h('div', { class: 'row' }, this.reactButton, this.partButton, this.sums),
        this.reactions,
        this.naming,
        this.said,
        this.panel,
      ),
    );
    for (const told of talk.floor) this.told(told);
    talk.addEventListener('floor', (event) => this.told((event as CustomEvent<{ name: string; data: Record<string, unknown> }>).detail));
    talk.addEventListener('change', () => this.update());
    if (this.runs) {
      this.timer = setInterval(() => void this.look(), QUEUE_MS);
      void this.look();
    }
    this.update();
  }

  /** What others add to the lines of the chat: what can be done about one, and whose are not to be read. */
  lookAfterLines(acts: LineActs, unread: (name: string) => boolean): void {
    this.chat.lookAfter(acts, unread);
    this.update();
  }

  linesChanged(): void {
    this.update();
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private told({ name, data }: { name: string; data: Record<string, unknown> }): void {
    if (name === 'snapshot') this.state.adopt(data as Partial<FloorNow>);
    else this.state.fold(name, data);
    if (name === 'reactions') this.reactedAt = performance.now();
    this.update();
  }

  /** Asks for what waits for those who run it. */
  private async look(): Promise<void> {
    if (!isOpen(this.talk.phase) || document.visibilityState === 'hidden') return;
    try {
      const headers = { authorization: `Bearer ${this.token}` };
      const answer = await fetch(`${this.talk.api}/floor`, { headers, cache: 'no-store' });
      if (!answer.ok) return;
      const now = (await answer.json()) as FloorNow;
      this.queue = now.questions;
      this.host?.fill(now);
      this.update();
    } catch {
      // Asked again later.
    }
  }

  private toggle(which: 'react' | 'part'): void {
    if (which === 'react') this.reacting = !this.reacting;
    else this.opened = !this.opened;
    this.waiting = null;
    say(this.said, '');
    const asks = which === 'part' && this.opened && !this.token;
    this.update();
    if (asks) this.name.focus();
    else if (which === 'part' && this.opened) this.chat.focus();
  }

  private async react(kind: Reaction): Promise<void> {
    const { oneIn } = this.state;
    if (this.token && Math.random() * oneIn >= 1) return say(this.said, floorWords.sent);
    await this.act('reactions', oneIn > 1 ? { kind, one_in: oneIn } : { kind }, floorWords.sent);
  }

  private async judge(id: number, state: string): Promise<void> {
    if (await this.act(`questions/${id}/state`, { state })) await this.look();
  }

  /** One act; who has no name yet is asked for it, and then it is carried out. */
  private async act(what: string, body?: unknown, done = ''): Promise<boolean> {
    if (!this.token) {
      this.waiting = () => void this.act(what, body, done);
      this.update();
      this.name.focus();
      return false;
    }
    const refused = await post(`${this.talk.api}/${what}`, this.token, body);
    if (refused?.status === 401 && !this.runs) {
      leaveSeat(this.talk.facts.slug);
      this.token = '';
    }
    say(this.said, refused ? floorWords.failed(refused.detail) : done);
    mark(this.said, 'data-refused', refused ? String(refused.status) : null);
    this.update();
    return refused === null;
  }

  private async sit(): Promise<void> {
    const name = this.name.value.trim();
    if (!name) return;
    const seat = await takeSeat(this.talk.api, this.talk.facts.slug, name, floorWords.offline);
    if (typeof seat === 'string') return say(this.said, floorWords.failed(seat));
    this.token = seat.token;
    const waiting = this.waiting;
    this.waiting = null;
    say(this.said, '');
    this.update();
    if (waiting) waiting();
    else if (this.opened) this.chat.focus();
  }

  private update(): void {
    const { state } = this;
    show(this, isOpen(this.talk.phase));
    this.writeNote();
    mark(this.reactButton, 'aria-expanded', String(this.reacting));
    mark(this.partButton, 'aria-expanded', String(this.opened));
    say(this.partButton, this.opened ? floorWords.takePartClose : floorWords.takePart);
    show(this.reactions, this.reacting);
    show(this.naming, !this.token && (this.waiting !== null || this.opened));
    show(this.said, this.said.textContent !== '');
    show(this.panel, this.opened);
    const fresh = performance.now() - this.reactedAt < REACTED_MS;
    const sums = state.reacted.map(({ kind, count }) => `${floorWords[kind] ?? kind} ${number(count)}`);
    const poll = !this.opened && state.poll && !state.poll.closed ? floorWords.pollOpen : '';
    say(this.sums, fresh && sums.length ? floorWords.reacted(list(sums)) : poll);
    if (!this.opened) return;
    this.poll.update(state.poll);
    this.chat.update(state);
    this.questions.update(this.queue ?? state.questions);
    this.host?.update(state);
  }

  private writeNote(): void {
    const { note } = this.state;
    show(this.note, note !== null);
    const key = JSON.stringify(note);
    if (!note || this.note.dataset.shown === key) return;
    this.note.dataset.shown = key;
    // Checked by the server, too: nothing but an address with https becomes a link.
    const safe = note.link?.startsWith('https://') ? note.link : null;
    const link = safe ? h('a', { href: safe, rel: 'noopener noreferrer nofollow', target: '_blank' }, new URL(safe).host) : null;
    this.note.replaceChildren(h('span', { class: 'soft' }, `${floorWords.pinned} `), h('span', { dir: 'auto' }, note.text), link ? ' ' : '', ...(link ? [link] : []));
  }
}

if (!customElements.get('hustings-floor')) customElements.define('hustings-floor', HustingsFloor);

/** Puts it on a page. */
export function mountFloor(player: HustingsPlayer, token: Token | null): void {
  const floor = document.createElement('hustings-floor') as HustingsFloor;
  player.after(floor);
  floor.begin(player.talk as Conversation, token);
  const exposed = (window as { hustings?: object }).hustings;
  if (exposed) Object.assign(exposed, { floor });
}
