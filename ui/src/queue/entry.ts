// Coming in where there is a gate: a ticket, or a place and the waiting room until it is our turn.
//
// Who waits holds no connection: it looks at one small object that caches answer, at a random time within what the server
// asked for, and asks the gate only when it may be its turn. Loaded only where the server has limits. Absent: any
// knowledge of why there is no room.

import { h, say, sheet, show } from '../dom/element';
import type { Conversation } from '../talk/conversation';
import { type Phase, isOpen, isOver, phaseName } from '../talk/events';
import { retryAfterMs, sleep } from '../time/backoff';
import { queueWords as words } from '../words/queue';
import { clockTime, number, roughly, span } from '../words/words';
import { type Challenge, solve } from './challenge';
import { type Kept, asksWithinS, expectedS, keep, passOf, pollAfterMs, recall } from './place';
import css from './waiting.css?inline';

interface Queue {
  phase: Phase;
  starts_ms?: number;
  moved_from_ms?: number;
  delay?: string;
  admitting_below: number;
  early_below: number;
  waiting: number;
  per_second: number;
  poll_s: number;
  drawn: boolean;
}

interface Told {
  challenge?: string;
  ticket?: string;
  place?: string;
  serial?: number;
  number?: number;
  poll_s?: number;
  expected_s?: [number, number, number];
}

const AGAIN_MS = 10_000;

/** The waiting room in the shadow root of a player. It is gone when somebody is let in. */
export class Entry {
  readonly element: HTMLElement;
  private readonly heading = h('h2', {}, words.coming);
  private readonly place = h('p', { class: 'place' });
  private readonly long = h('p', { role: 'status' });
  private readonly when = h('p', {});
  private readonly keeps = h('p', { class: 'keep' }, words.mayClose);
  private readonly kept: Kept;
  private readonly slug: string;
  private number: number | null = null;
  /** What the gate has asked of newcomers, and what is the answer: none to who only waits. */
  private shown: { challenge: string; solution: number[] } | null = null;
  private serial = 0;

  constructor(
    private readonly talk: Conversation,
    root: ShadowRoot,
    private readonly onWait: (waits: boolean) => void,
  ) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(css)];
    this.element = h('section', { class: 'waiting' }, this.heading, this.place, this.long, this.when, this.keeps);
    this.slug = talk.facts.slug;
    this.kept = recall(this.slug);
    show(this.element, false);
    root.prepend(this.element);
  }

  /** Returns when somebody is let in, or it is over. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !isOver(this.talk.phase)) {
      if (!isOpen(this.talk.phase)) {
        await sleep(1000, signal);
        continue;
      }
      const wait = await this.ask(signal);
      if (wait === null) return;
      await sleep(wait, signal);
      while (!signal.aborted && this.number !== null) {
        const queue = await this.look();
        if (queue && (this.number - 1 < queue.admitting_below || this.serial < queue.early_below)) break;
        await sleep(pollAfterMs(this.asksWithin(queue)), signal);
      }
    }
  }

  /** Who is near looks often, who is far seldom. */
  private asksWithin(queue: Queue | null): number {
    if (!queue) return 30;
    if (this.number === null) return asksWithinS(queue.poll_s, this.serial + 1 - queue.early_below, queue.per_second);
    return asksWithinS(queue.poll_s, this.number - queue.admitting_below, queue.per_second);
  }

  /** Asks the gate. Null when we are in; else how long to wait before the next step, in ms. */
  private async ask(signal: AbortSignal): Promise<number | null> {
    const { secret, place, ticket } = this.kept;
    let answer: Response;
    try {
      answer = await fetch(this.talk.facts.links.tickets ?? '', {
        method: 'POST',
        headers: this.headers(),
        body: JSON.stringify(ticket ? { secret, ticket } : place ? { secret, place } : { secret, ...this.shown }),
      });
    } catch {
      this.trouble(words.offline);
      return pollAfterMs(AGAIN_MS / 1000);
    }
    const told = (await answer.json().catch(() => ({}))) as Told;
    if (answer.status === 428 && told.challenge) return this.meet(told as Challenge, signal);
    // Its time is not over, or others come in by waiting: it holds on.
    if (answer.status === 428) return pollAfterMs(10);
    this.shown = null;
    if (answer.status === 200 && told.ticket) {
      this.kept.ticket = told.ticket;
      keep(this.slug, this.kept);
      show(this.element, false);
      this.sayGoodbye(told.ticket);
      this.talk.admit(passOf(told.ticket, secret));
      this.onWait(false);
      return null;
    }
    if (answer.status === 202 && told.place) {
      this.kept.ticket = undefined;
      this.kept.place = told.place;
      this.kept.first ??= told.place;
      keep(this.slug, this.kept);
      this.number = told.number ?? null;
      this.serial = told.serial ?? Number.POSITIVE_INFINITY;
      this.waits();
      this.sayExpected(told.expected_s ?? null);
      const queue = await this.look();
      // Before the draw there is nothing to compare with: we ask when it is drawn.
      if (this.number === null) return this.untilDrawn(queue);
      return pollAfterMs(told.poll_s ?? 30);
    }
    if (answer.status === 403) {
      // It has expired, or is of a server that is no more: we come as somebody new.
      this.kept.ticket = this.kept.place = this.kept.first = undefined;
      keep(this.slug, this.kept);
      return 1000;
    }
    this.trouble(answer.status === 503 ? words.full : words.offline);
    return pollAfterMs(AGAIN_MS / 1000) + retryAfterMs(answer.headers.get('retry-after'));
  }

  /**
   * When the page is closed its seat is free for others, within seconds: whether it is closed or loaded again it cannot know,
   * and who is back by then has the same seat. A page that the browser keeps says nothing; a place in the queue is kept anyway.
   */
  private sayGoodbye(ticket: string): void {
    const url = `${this.talk.facts.links.tickets ?? ''}/goodbye`;
    const body = JSON.stringify({ ticket, secret: this.kept.secret, closed: true });
    const headers = { 'content-type': 'application/json' };
    const leave = (event: PageTransitionEvent) => {
      // A goodbye outlives its page; one that is lost is the ten minutes for which a lost line's seat is kept.
      if (!event.persisted) void fetch(url, { method: 'POST', headers, body, keepalive: true }).catch(() => undefined);
    };
    globalThis.addEventListener('pagehide', leave);
  }

  /** Very many come: calculates what is asked, or waits where that takes too long. Gives how long to wait, in ms. */
  private async meet(task: Challenge, signal: AbortSignal): Promise<number> {
    this.onWait(true);
    show(this.element, true);
    show(this.keeps, false);
    say(this.long, words.checking);
    const solution = await solve(task, signal);
    this.shown = { challenge: task.challenge, solution: solution ?? [] };
    if (solution) return 0;
    say(this.long, words.waitInstead(span(task.wait_s * 1000)));
    // Early is no harm, and late is none: it holds for two minutes.
    return task.wait_s * 1000 + pollAfterMs(10);
  }

  private async untilDrawn(seen: Queue | null): Promise<number> {
    let queue = seen;
    // While the house is not full, who waits because many come at once is called before the draw.
    while (!queue?.drawn && !(queue && this.serial < queue.early_below) && !isOver(this.talk.phase)) {
      await sleep(pollAfterMs(this.asksWithin(queue)));
      queue = await this.look();
    }
    return 0;
  }

  /** Who is on stage shows it: they wait for nobody. */
  private headers(): Record<string, string> {
    const type = { 'content-type': 'application/json' };
    return this.talk.bearer ? { ...type, authorization: `Bearer ${this.talk.bearer}` } : type;
  }

  private async look(): Promise<Queue | null> {
    try {
      const url = (this.talk.facts.links.tickets ?? '').replace(/tickets$/, 'queue.json');
      // The same for everybody, from a cache; what is for the invited is asked for by whom it is for.
      const own = this.talk.facts.visibility === 'invited';
      const answer = await fetch(url, own ? { headers: this.headers() } : { credentials: 'omit' });
      // It is over: the facts say how.
      if (answer.status === 410) void this.talk.refresh();
      if (!answer.ok) return null;
      const queue = (await answer.json()) as Queue;
      this.draw(queue);
      return queue;
    } catch {
      return null;
    }
  }

  private waits(): void {
    this.onWait(true);
    show(this.element, true);
    show(this.keeps, true);
    say(this.heading, words.heading);
  }

  private draw(queue: Queue): void {
    const phase = phaseName(queue.phase);
    if (phase !== phaseName(this.talk.phase)) void this.talk.refresh();
    const starts = queue.starts_ms;
    const moved = queue.moved_from_ms !== undefined && starts !== undefined;
    if (phase === 'live') say(this.when, words.running);
    else if (phase === 'held') say(this.when, words.onBreak);
    else {
      const when = starts === undefined ? '' : (moved ? words.moved : words.starts)(clockTime(starts));
      say(this.when, queue.delay ? `${when} ${words.hostSays(queue.delay)}`.trim() : when);
    }
    if (this.number === null) {
      say(this.place, '');
      say(this.long, words.notDrawn);
      return;
    }
    const ahead = this.number - 1 - queue.admitting_below;
    this.sayExpected(ahead > 0 ? expectedS(ahead, queue.per_second) : null, ahead);
  }

  private sayExpected(expected: [number, number, number] | null, ahead: number | null = null): void {
    if (this.number === null) return;
    if (ahead !== null && ahead <= 0) {
      say(this.place, words.place('1'));
      say(this.long, words.next);
      return;
    }
    say(this.place, words.place(number(ahead === null ? this.number : ahead + 1)));
    const said = ahead === null || ahead === 0 ? '' : `${words.ahead(number(ahead), ahead === 1)} `;
    const time = (s: number) => span(roughly(Math.max(s, 1)) * 1000);
    const long = expected ? words.takes(time(expected[1]), time(expected[0]), time(expected[2])) : words.unknown;
    say(this.long, said + long);
  }

  private trouble(text: string): void {
    this.onWait(true);
    show(this.element, true);
    say(this.long, text);
    show(this.keeps, this.kept.place !== undefined);
  }
}
