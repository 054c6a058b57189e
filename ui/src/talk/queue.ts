// Events wait here until their sound is heard.
//
// A listener hears the past, one second or ten behind the speakers, and what the page shows must not run ahead of the
// ear. So events are kept in order of media time and released when the hearing position reaches them. Before anybody
// listens the position is the live edge, and nothing waits for long. Absent: timers; whoever owns the queue asks.

interface Timed {
  /** Media time in samples. */
  t: number;
}

/** At one event a second and a few changes, far more than the ten seconds that the slowest tier is behind. */
const WAITING_MAX = 400;

export class EventQueue<E extends Timed> {
  private waiting: E[] = [];

  /** Adds an event. Events of one media time keep the order in which they came. */
  push(event: E): void {
    let at = this.waiting.length;
    while (at > 0 && (this.waiting[at - 1] as E).t > event.t) at -= 1;
    this.waiting.splice(at, 0, event);
  }

  /** Takes out what is due at this media time, oldest first; and, when too many wait, the oldest in any case. */
  release(now: number): E[] {
    let due = 0;
    while (due < this.waiting.length && (this.waiting[due] as E).t <= now) due += 1;
    due = Math.max(due, this.waiting.length - WAITING_MAX);
    return this.waiting.splice(0, due);
  }

  clear(): void {
    this.waiting = [];
  }

  get size(): number {
    return this.waiting.length;
  }
}
