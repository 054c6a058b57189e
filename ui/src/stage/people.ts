// The people of a stage, for who runs it: those who ask to speak, in order, and those who are on it.
//
// A person is a line that opens: two presses and they are muted or gone. Lines are kept by seat and changed in place, so
// that nothing closes under a finger when somebody else's level changes. Absent: any decision; the server has the last word.

import { h, mark, say, show } from '../dom/element';
import type { Conversation } from '../talk/conversation';
import type { Hand, Speaker } from '../talk/events';
import { RATE } from '../talk/events';
import { timecode, words } from '../words/words';
import { type SeatOrder, type StageRules, decide, rule } from './orders';

const TURN_S = 120;

interface Line {
  element: HTMLElement;
  write(): void;
}

export class People {
  readonly element: HTMLElement;
  private readonly waiting = h('ol', { class: 'hands' });
  private readonly nobody = h('p', { class: 'note' }, words.nobodyAsks);
  private readonly more = h('p', { class: 'note' });
  private readonly here = h('ul', { class: 'people' });
  private readonly note = h('p', { class: 'note', role: 'status' });
  private readonly muteAll = this.button(words.muteAll, () => void this.rule({ mute_all: true }));
  private readonly lock = this.button('', () => void this.rule({ locked: !this.talk.roster.locked }));
  private readonly hands = this.button('', () => void this.rule({ hands_open: !this.talk.hands.open }));
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly talk: Conversation,
    private readonly token: string,
    private readonly self: string,
    /** Looks after the room without running it: removes and mutes, and brings nobody up. */
    private readonly moderates = false,
  ) {
    this.element = h(
      'section',
      { class: 'desk people-desk', 'aria-label': words.people },
      moderates ? null : h('h2', {}, words.whoAsks),
      this.nobody,
      this.waiting,
      this.more,
      h('h2', {}, words.onStageNow),
      this.here,
      h('div', { class: 'row' }, this.muteAll, this.lock, this.hands),
      this.note,
    );
    this.update();
  }

  update(): void {
    const { hands, roster } = this.talk;
    this.fill(this.waiting, hands.hands, (hand) => `hand:${hand.seat}`, (hand) => this.handLine(hand.seat));
    this.fill(this.here, roster.speakers, (s) => `seat:${s.seat}`, (s) => this.speakerLine(s.seat));
    show(this.nobody, hands.raised === 0);
    if (this.moderates) for (const own of [this.nobody, this.waiting, this.muteAll, this.lock, this.hands]) show(own, false);
    const rest = hands.raised - hands.hands.length;
    say(this.more, rest > 0 ? words.moreHands(rest) : '');
    show(this.more, rest > 0);
    say(this.lock, roster.locked ? words.unlockStage : words.lockStage);
    say(this.hands, hands.open ? words.closeHands : words.openHands);
    show(this.note, this.note.textContent !== '');
  }

  private fill<T>(list: HTMLElement, all: T[], key: (one: T) => string, make: (one: T) => Line): void {
    const wanted = all.map((one) => {
      const name = key(one);
      const line = this.lines.get(name) ?? make(one);
      this.lines.set(name, line);
      line.write();
      return line.element;
    });
    const names = new Set(all.map(key));
    const kind = list === this.waiting ? 'hand:' : 'seat:';
    for (const name of [...this.lines.keys()]) {
      if (name.startsWith(kind) && !names.has(name)) this.lines.delete(name);
    }
    // Moving an element would close what is open in it: only a changed order is written.
    if (wanted.length !== list.children.length || wanted.some((element, at) => list.children[at] !== element)) {
      list.replaceChildren(...wanted);
    }
  }

  private handLine(seat: string): Line {
    const name = h('span', { class: 'who' });
    const aside = h('span', { class: 'aside' });
    const up = this.order(words.bringUp, seat, () => ({ order: 'bring_up' }));
    mark(up, 'class', 'primary');
    const first = this.order(words.toFront, seat, () => ({ order: 'place_hand', at: 0 }));
    const no = this.order(words.declineHand, seat, () => ({ order: 'lower_hand' }));
    const element = h('li', { 'data-seat': seat }, name, aside, h('div', { class: 'row' }, up, first, no));
    const hand = (): Hand | undefined => this.talk.hands.hands.find((one) => one.seat === seat);
    return {
      element,
      write: () => {
        const one = hand();
        say(name, one?.name ?? '');
        say(aside, one?.invited ? words.asked : '');
        show(up, !one?.invited);
        show(first, this.talk.hands.hands[0]?.seat !== seat);
        mark(up, 'aria-label', `${words.bringUp}: ${one?.name ?? ''}`);
        mark(no, 'aria-label', `${words.declineHand}: ${one?.name ?? ''}`);
      },
    };
  }

  private speakerLine(seat: string): Line {
    const name = h('span', { class: 'who' });
    const aside = h('span', { class: 'aside' });
    const mute = this.order(words.mute, seat, () => ({ order: 'mute' }));
    const ask = this.order(words.askToUnmute, seat, () => ({ order: 'ask_to_unmute' }));
    const turn = this.order(words.giveTurn, seat, () => ({ order: 'give_turn', seconds: TURN_S }));
    const down = this.order(words.sendDown, seat, () => ({ order: 'send_down' }));
    const coHost = this.order(words.makeCoHost, seat, () => ({ order: 'appoint', role: 'cohost' }));
    const speaker = this.order(words.makeSpeaker, seat, () => ({ order: 'appoint', role: 'speaker' }));
    const remove = this.order(words.removeFromStage, seat, () => ({ order: 'remove' }));
    const ban = this.order(words.ban, seat, () => ({ order: 'ban' }));
    const head = h('summary', {}, name, aside);
    const acts = h('div', { class: 'row' }, mute, ask, turn, down, coHost, speaker, remove, ban);
    const element = h('li', { 'data-seat': seat }, h('details', {}, head, acts));
    return {
      element,
      write: () => {
        const one = this.talk.speakers.find((s) => s.seat === seat);
        if (!one) return;
        const self = seat === this.self;
        say(name, self ? words.yourself(one.name) : one.name);
        say(aside, this.about(one));
        show(mute, !one.muted);
        show(ask, one.muted && !one.asked_to_unmute && !self);
        for (const act of [down, remove, ban]) show(act, !self && (this.moderates || one.role !== 'host'));
        show(coHost, one.role === 'speaker' && !this.moderates);
        show(speaker, one.role === 'cohost' && !self && !this.moderates);
        show(turn, !this.moderates);
      },
    };
  }

  /** One person in a few words: role, line, voice, time. */
  private about(one: Speaker): string {
    const roles = { host: words.roleHost, cohost: words.roleCoHost } as Record<string, string>;
    const said = [
      roles[one.role] ?? '',
      one.connected ? '' : words.lineDown,
      one.interrupted ? words.interrupted : '',
      one.muted_by ? words.mutedBy(one.muted_by) : one.muted ? words.muted : '',
      words.spoke(timecode((this.talk.spoke.get(one.seat) ?? 0) / 1000)),
      this.turnOf(one.seat),
    ];
    return said.filter(Boolean).join(', ');
  }

  private turnOf(seat: string): string {
    const turn = this.talk.roster.turn;
    const now = this.talk.clock.now();
    if (turn?.seat !== seat || now === null) return '';
    const left = Math.ceil(turn.until / RATE - now);
    return left >= 0 ? words.turnLeft(left) : words.turnOver;
  }

  private order(label: string, seat: string, order: () => SeatOrder): HTMLButtonElement {
    return this.button(label, () => void this.send(decide(this.talk.api, seat, order(), this.token)));
  }

  private rule(rules: StageRules): Promise<void> {
    return this.send(rule(this.talk.api, rules, this.token));
  }

  private async send(sent: Promise<string | null>): Promise<void> {
    const problem = await sent;
    say(this.note, problem === null ? '' : words.failed(problem));
    this.update();
  }

  private button(label: string, press: () => void): HTMLButtonElement {
    return h('button', { type: 'button', onclick: press }, label);
  }
}
