// A listener's hand: asking to speak, waiting in the queue, being asked on stage, and coming back.
//
// It stands under the player and becomes the stage when the host says so. What it shows follows the events, which for who
// listens are as old as the sound; one's own press is answered at once. Absent: the microphone and the line, which are the
// stage's.

import { h, mark, say, show } from '../dom/element';
import type { HustingsPlayer } from '../player/player';
import type { Conversation } from '../talk/conversation';
import { isOpen } from '../talk/events';
import { type Seat, seatOf, takeSeat } from '../talk/seat';
import { words } from '../words/words';
import { mountStage } from './element';
import { raiseHand } from './orders';
import { type Token, readToken } from './token';

type State = 'idle' | 'naming' | 'raised' | 'invited' | 'stage' | 'back';

const NAME_CHARS_MAX = 80;

export class RaisedHand {
  readonly element: HTMLElement;
  state: State = 'idle';
  private token: Token | null;
  private busy = false;
  /** What was pressed here, until the events say the same. */
  private pressed: boolean | null = null;
  private stage: ReturnType<typeof mountStage> | null = null;
  private readonly said = h('p', { class: 'help', role: 'status' });
  private readonly raise = this.button(words.raiseHand, () => void this.ask());
  private readonly lower = this.button(words.lowerHand, () => void this.put(false));
  private readonly go = this.button(words.comeUp, () => this.comeUp());
  private readonly decline = this.button(words.declineStage, () => void this.put(false));
  private readonly name = h('input', {
    type: 'text',
    name: 'name',
    autocomplete: 'name',
    maxlength: String(NAME_CHARS_MAX),
    required: true,
  });
  private readonly form: HTMLFormElement;

  constructor(
    private readonly main: HTMLElement,
    private readonly player: HustingsPlayer,
    private readonly talk: Conversation,
  ) {
    this.token = this.seated(seatOf(talk.facts.slug));
    this.form = h(
      'form',
      { class: 'naming', onsubmit: (event: Event) => void this.takeSeat(event) },
      h('label', {}, h('span', {}, words.yourName), this.name),
      h('button', { type: 'submit', class: 'primary' }, words.raiseHand),
    );
    const row = h('div', { class: 'row' }, this.raise, this.go, this.lower, this.decline);
    this.element = h('section', { class: 'hand', 'aria-label': words.askToSpeak }, this.said, row, this.form);
    mark(this.go, 'class', 'primary');
    talk.addEventListener('change', () => this.update());
    this.update();
  }

  private button(label: string, press: () => void): HTMLButtonElement {
    return h('button', { type: 'button', onclick: press }, label);
  }

  private seated(seat: Seat | null): Token | null {
    return seat ? readToken(seat.token, this.talk.facts.slug) : null;
  }

  private enter(state: State): void {
    this.state = state;
    this.update();
  }

  private async ask(): Promise<void> {
    // Who takes part has a seat already.
    this.token ??= this.seated(seatOf(this.talk.facts.slug));
    if (this.token) return this.put(true);
    this.enter('naming');
    this.name.focus();
  }

  private async takeSeat(event: Event): Promise<void> {
    event.preventDefault();
    const name = this.name.value.trim();
    if (!name || this.busy) return;
    this.busy = true;
    const taken = await takeSeat(this.talk.api, this.talk.facts.slug, name, words.offline);
    this.busy = false;
    if (typeof taken === 'string') return this.tell(words.failed(taken));
    this.token = this.seated(taken);
    await this.put(true);
  }

  private async put(raised: boolean): Promise<void> {
    if (!this.token || this.busy) return;
    this.busy = true;
    const problem = await raiseHand(this.talk.api, raised, this.token.text);
    this.busy = false;
    if (problem !== null) {
      this.pressed = null;
      this.enter('idle');
      return this.tell(words.failed(problem));
    }
    this.pressed = raised;
    this.enter(raised ? 'raised' : 'idle');
    (raised ? this.lower : this.raise).focus();
  }

  private comeUp(): void {
    if (!this.token) return;
    this.stage = mountStage(this.main, this.player, { ...this.token, role: 'speaker' });
    this.stage.addEventListener('refused', () => this.comeBack());
    this.enter('stage');
    void this.stage.enterGreenRoom();
  }

  /** The host has taken them back: the stage goes, the programme returns. */
  private comeBack(): void {
    this.stage?.end();
    this.stage = null;
    this.pressed = null;
    this.enter('back');
    this.said.focus();
  }

  private tell(text: string): void {
    say(this.said, text);
    show(this.said, true);
  }

  private update(): void {
    const { talk, token } = this;
    const mine = token ? talk.hands.hands.findIndex((hand) => hand.seat === token.seat) : -1;
    const hand = talk.hands.hands[mine];
    if (hand && this.pressed === true) this.pressed = null;
    if (!hand && this.pressed === false) this.pressed = null;
    if (this.state !== 'stage' && this.state !== 'naming') {
      if (hand && this.pressed !== false) this.state = hand.invited ? 'invited' : 'raised';
      else if (!hand && this.pressed !== true && (this.state === 'raised' || this.state === 'invited')) this.state = 'idle';
    }
    const { state } = this;
    mark(this.element, 'data-hand', state);
    const open = isOpen(talk.phase) && (talk.hands.open || state !== 'idle');
    show(this.element, open && state !== 'stage');
    show(this.raise, (state === 'idle' || state === 'back') && !talk.roster.locked && talk.hands.open);
    show(this.lower, state === 'raised');
    show(this.go, state === 'invited');
    show(this.decline, state === 'invited');
    show(this.form, state === 'naming');
    const text =
      state === 'raised'
        ? words.handRaised(mine >= 0 ? mine + 1 : talk.hands.raised)
        : state === 'invited'
          ? words.askedUp
          : state === 'back'
            ? words.backDown
            : '';
    if (text || state === 'idle') say(this.said, text || (this.said.dataset.problem ?? ''));
    show(this.said, this.said.textContent !== '');
  }
}

/** Puts the hand under the player. */
export function mountHand(main: HTMLElement, player: HustingsPlayer): RaisedHand {
  const hand = new RaisedHand(main, player, player.talk as Conversation);
  (main.querySelector('hustings-floor') ?? player).after(hand.element);
  return hand;
}
