// A cue on the page of whom it is for: the producer's word, until it was read.
//
// The page waits for it with a request that is answered when there is one, so it is there at once and costs nothing while there
// is none. Absent: an answer to the producer.

import { h, say, show } from '../dom/element';
import { sleep } from '../time/backoff';
import { productionWords as words } from '../words/production';

/** The server answers after 20 s that there is none. */
const WAIT_MS = 30_000;
const AGAIN_MS = 3000;

export class Cue {
  private readonly text = h('strong', {});
  private readonly by = h('span', { class: 'aside' });
  private readonly read = h('button', { type: 'button', onclick: () => show(this.element, false) }, words.gotIt);
  readonly element = h('div', { class: 'cue', role: 'alert' }, h('p', {}, this.text, ' ', this.by), this.read);
  private control: AbortController | null = null;
  private last = 0;

  constructor(
    private readonly api: string,
    private readonly token: string,
  ) {
    show(this.element, false);
  }

  /** Waits for words as long as somebody is on stage. */
  listen(on: boolean): void {
    if (on === (this.control !== null)) return;
    if (!on) {
      this.control?.abort();
      this.control = null;
      show(this.element, false);
      return;
    }
    this.control = new AbortController();
    void this.wait(this.control.signal);
  }

  private async wait(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!(await this.ask(signal))) await sleep(AGAIN_MS, signal);
    }
  }

  /** Asks once; false when it should not be asked again at once. */
  private async ask(signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await fetch(`${this.api}/stage/cue?after=${this.last}`, {
        headers: { accept: 'application/json', authorization: `Bearer ${this.token}` },
        cache: 'no-store',
        signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]),
      });
      if (answer.status === 204) return true;
      if (!answer.ok) return false;
      const cue = (await answer.json()) as { number: number; text: string; by: string };
      this.last = cue.number;
      say(this.text, cue.text || words.next);
      say(this.by, words.from(cue.by));
      show(this.element, true);
      return true;
    } catch {
      return false;
    }
  }
}
