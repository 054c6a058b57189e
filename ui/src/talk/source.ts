// The event stream of a conversation, for as long as the page is open.
//
// EventSource gives up for good on any answer that is not 200, and reconnects in step with everybody else; so each one is
// used until its first error and then replaced after a wait with full jitter. Every response begins with a snapshot, so
// nothing has to be remembered in between. Absent: judging what an event means.

import { Backoff, LINE } from '../time/backoff';
import { EVENT_NAMES, type Told, parseEvent } from './events';

export class EventLine {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff = new Backoff(LINE);
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly onEvent: (event: Told) => void,
    private readonly onLine: (up: boolean) => void,
  ) {
    this.open();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private open(): void {
    if (this.closed) return;
    const source = new EventSource(this.url);
    this.source = source;
    for (const name of EVENT_NAMES) {
      source.addEventListener(name, (message) => {
        const event = parseEvent(name, (message as MessageEvent<string>).data);
        if (!event) return;
        this.backoff.reset();
        this.onLine(true);
        this.onEvent(event);
      });
    }
    source.onerror = () => {
      source.close();
      if (this.source !== source || this.closed) return;
      this.source = null;
      this.onLine(false);
      this.timer = setTimeout(() => this.open(), this.backoff.next());
    };
  }
}
