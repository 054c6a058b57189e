// The producer's desk on the page of a conversation: a line to listen in by, clips and cues. Who runs the conversation has
// clips and cues, too, and the stage's own line.
//
// A producer's line carries silence: no microphone is ever asked for, and the server throws away what comes from a producer.
// Its state is in data-producer-state, for tests. Absent: the stage.

import '../style/plan.css';
import '../style/production.css';
import { h, mark, say, show } from '../dom/element';
import type { HustingsPlayer } from '../player/player';
import { Line } from '../stage/line';
import { greeting } from '../stage/sentences';
import type { Token } from '../stage/token';
import type { Conversation } from '../talk/conversation';
import { isOpen } from '../talk/events';
import { productionWords as words } from '../words/production';
import { Clips } from './clips';
import { Cues } from './cues';

let quiet: MediaStreamTrack | undefined;

/** A track without a microphone behind it. */
function silence(): MediaStreamTrack | undefined {
  quiet ??= new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
  return quiet;
}

class Listening {
  readonly element: HTMLElement;
  line: Line | null = null;
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly press = h('button', { type: 'button', class: 'primary', onclick: () => this.toggle() });

  constructor(
    private readonly player: HustingsPlayer,
    private readonly talk: Conversation,
    private readonly token: Token,
  ) {
    this.press.dataset.do = 'listen-in';
    this.element = h(
      'section',
      { class: 'sheet', 'aria-labelledby': 'producer-title' },
      h('h2', { id: 'producer-title' }, words.producer),
      h('p', { class: 'note' }, greeting(token)),
      this.said,
      h('div', { class: 'row' }, this.press),
    );
    window.addEventListener('pagehide', () => this.line?.leave());
    this.update();
  }

  update(): void {
    const state = this.line?.state ?? 'off';
    if (!isOpen(this.talk.phase) && this.line) this.leave();
    const sentences = {
      off: words.lineOff,
      joining: words.lineJoining,
      on: words.lineOn,
      restoring: words.lineBack,
      replaced: words.lineReplaced,
      refused: words.lineRefused(this.line?.refusal?.detail ?? ''),
    };
    const on = state === 'joining' || state === 'on' || state === 'restoring';
    mark(this.element, 'data-producer-state', state);
    say(this.said, sentences[state]);
    say(this.press, on ? words.listenStop : words.listenIn);
    mark(this.press, 'aria-pressed', String(on));
    show(this.press, isOpen(this.talk.phase));
    // Who hears the stage must not hear the programme beside it.
    this.player.yielding = on;
  }

  private toggle(): void {
    if (this.line && !['off', 'replaced', 'refused'].includes(this.line.state)) return this.leave();
    const track = silence();
    if (!track) return;
    const line = new Line(this.talk.facts.links.whip, this.token.text, track);
    this.line = line;
    line.addEventListener('change', () => this.update());
    line.join();
  }

  private leave(): void {
    const line = this.line;
    this.line = null;
    line?.leave();
    this.update();
  }
}

/** Puts the desk of a producer on a page. */
export function mountProducer(main: HTMLElement, player: HustingsPlayer, token: Token): void {
  const talk = player.talk as Conversation;
  const listening = new Listening(player, talk, token);
  const parts = [listening, new Cues(talk, token.text, token.seat), new Clips(talk, token.text)];
  const desk = h('div', { class: 'production' }, ...parts.map((part) => part.element));
  main.append(desk);
  talk.addEventListener('change', () => {
    for (const part of parts) part.update();
  });
  const exposed = (window as { hustings?: object }).hustings;
  if (exposed) Object.assign(exposed, { producer: listening });
}

/** Clips and cues for who runs the conversation, closed until they are wanted. */
export function mountClips(main: HTMLElement, player: HustingsPlayer, token: Token): void {
  const talk = player.talk as Conversation;
  const place = h('div', { class: 'production' });
  const desk = h('details', { class: 'edit-row production-of-host' }, h('summary', {}, words.desk), place);
  let parts: { element: HTMLElement; update(): void }[] = [];
  desk.addEventListener('toggle', () => {
    if (!desk.open || parts.length) return;
    parts = [new Cues(talk, token.text, token.seat), new Clips(talk, token.text)];
    place.append(...parts.map((part) => part.element));
  });
  talk.addEventListener('change', () => {
    for (const part of parts) part.update();
  });
  main.append(desk);
}
