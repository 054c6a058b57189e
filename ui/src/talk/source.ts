// The event stream of a conversation, for as long as the page is open.
//
// EventSource gives up for good on any answer that is not 200, and reconnects in step with everybody else; so each one is
// used until its first error and then replaced after a wait with full jitter, from where the last one ended. A newcomer
// gets a snapshot, and a moment later asks once for the minute before it, so that the score does not begin empty.
// Absent: judging what an event means.

import { Backoff, LINE } from '../time/backoff';
import { EVENT_NAMES, type Told, parseEvent } from './events';

/** Events of the past that a newcomer asks for: a minute and a half of levels, which fills a wide screen. */
const HISTORY = 90;
const HISTORY_AFTER_MS = 300;
const HISTORY_SPREAD_MS = 1500;

interface Mark {
  run: string;
  number: number;
}

/** The id of an event, `{run}.{number}`. */
export function parseId(id: string): Mark | null {
  const [run, number] = id.split('.');
  return run && number && /^\d+$/.test(number) ? { run, number: Number(number) } : null;
}

export class EventLine {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff: Backoff;
  private closed = false;
  /** Where to go on. */
  private last: Mark | null = null;
  /** Events up to this number were told by a snapshot: they are the past. */
  private told = 0;
  private asked = false;

  constructor(
    private readonly url: string,
    private readonly onEvent: (event: Told, past: boolean) => void,
    private readonly onLine: (up: boolean) => void,
    spread: () => number = () => 0,
  ) {
    this.backoff = new Backoff(LINE, Math.random, spread);
    this.open(null);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private open(from: Mark | null): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    const url = new URL(this.url, location.href);
    if (from) url.searchParams.set('last_event_id', `${from.run}.${from.number}`);
    const source = new EventSource(url);
    this.source?.close();
    this.source = source;
    for (const name of EVENT_NAMES) {
      source.addEventListener(name, (message) => {
        if (this.source === source) this.take(name, message as MessageEvent<string>);
      });
    }
    source.onerror = () => {
      source.close();
      if (this.source !== source || this.closed) return;
      this.source = null;
      this.onLine(false);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.open(this.last), this.backoff.next());
    };
  }

  private take(name: (typeof EVENT_NAMES)[number], message: MessageEvent<string>): void {
    const event = parseEvent(name, message.data);
    if (!event) return;
    this.backoff.reset();
    this.onLine(true);
    const at = parseId(message.lastEventId);
    const past = at !== null && name !== 'snapshot' && at.number <= this.told;
    if (at && !past) {
      // What comes twice is told once.
      const again = this.last?.run === at.run && at.number <= this.last.number;
      this.last = at;
      if (name === 'snapshot') this.snapshot(at);
      if (again && name !== 'snapshot') return;
    }
    this.onEvent(event, past);
  }

  private snapshot(at: Mark): void {
    this.told = at.number;
    if (this.asked || at.number === 0) return;
    this.asked = true;
    const from = { run: at.run, number: Math.max(0, at.number - HISTORY) };
    this.timer = setTimeout(
      () => document.visibilityState === 'visible' && this.open(from),
      HISTORY_AFTER_MS + Math.random() * HISTORY_SPREAD_MS,
    );
  }
}
