// The room in words, on the host's desk: how many hear, how they come and go, who has given a name, and each speaker's line.
//
// Asked for every few seconds, by those who run the conversation alone. It is read, not watched: nothing of it is announced to a
// screen reader by itself, and nothing moves. Absent: lights and curves.

import { h, say, show } from '../dom/element';
import type { Conversation } from '../talk/conversation';
import { isOpen, phaseName } from '../talk/events';
import { type RoomNow, audienceSentence, comingAndGoing, lineSentence, namesSentence, roomWords } from './told';

const EVERY_MS = 4000;
const WAIT_MS = 3500;
/** Names of people who have written that are remembered here. */
const NAMES_MAX = 40;

export class RoomInWords {
  readonly element: HTMLElement;
  private readonly audience = h('p', { class: 'told' });
  private readonly lines = h('ul', { class: 'told' });
  private readonly timer: ReturnType<typeof setInterval>;
  private now: RoomNow | null = null;
  private names: string[] = [];

  constructor(
    private readonly talk: Conversation,
    private readonly token: string,
  ) {
    this.element = h(
      'section',
      { class: 'desk people-desk room', 'aria-label': roomWords.room },
      h('h2', {}, roomWords.room),
      this.audience,
      h('h2', {}, roomWords.lines),
      this.lines,
    );
    this.timer = setInterval(() => void this.ask(), EVERY_MS);
    for (const told of talk.floor) this.hear(told.data);
    talk.addEventListener('floor', (event) => this.hear((event as CustomEvent<{ data: Record<string, unknown> }>).detail.data));
    void this.ask();
  }

  /** Asks no more. */
  close(): void {
    clearInterval(this.timer);
    this.element.remove();
  }

  /** Whoever writes gives a name in front of everybody. */
  private hear(data: Record<string, unknown>): void {
    const lines = Array.isArray(data.lines) ? (data.lines as { name?: unknown }[]) : [];
    const found = lines.map((line) => line.name).filter((name): name is string => typeof name === 'string' && name !== '');
    if (found.length) this.names = [...this.names, ...found].slice(-NAMES_MAX);
  }

  private async ask(): Promise<void> {
    const { talk } = this;
    if (!isOpen(talk.phase) || document.visibilityState === 'hidden') return this.update();
    try {
      const headers = { authorization: `Bearer ${this.token}` };
      const answer = await fetch(`${talk.api}/room`, { headers, cache: 'no-store', signal: AbortSignal.timeout(WAIT_MS) });
      this.now = answer.ok ? ((await answer.json()) as RoomNow) : null;
    } catch {
      this.now = null;
    }
    this.update();
  }

  private update(): void {
    const { talk, now } = this;
    show(this.element, isOpen(talk.phase));
    const names = [...this.names, ...talk.hands.hands.map((hand) => hand.name)];
    const listening = talk.count?.listening ?? 0;
    const sentences = [
      audienceSentence(listening, phaseName(talk.phase) !== 'lobby'),
      ...(now ? comingAndGoing(now.minutes) : []),
      listening || names.length ? namesSentence(names) : '',
    ];
    say(this.audience, sentences.filter(Boolean).join(' '));
    const heard = talk.speakers.filter((one) => one.role !== 'producer');
    const told = now
      ? heard.map((one) => lineSentence(one, now.lines.find((line) => line.seat === one.seat)))
      : [roomWords.unknown];
    if (told.join('\n') === [...this.lines.children].map((li) => li.textContent).join('\n')) return;
    this.lines.replaceChildren(...told.map((text) => h('li', {}, text)));
  }
}
