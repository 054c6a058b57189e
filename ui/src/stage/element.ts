// <hustings-stage>: the page of somebody who speaks. Green room, going on, mute, leave, and for the host the desk.
//
// It takes the place of the listening platform as long as the person is in the green room or on stage: who is on stage
// hears the others over the same line, a second earlier than the audience, and must not hear the programme beside it.
// Its state is in data-stage-state, for tests. Absent: WebRTC and capture themselves.

import { h, mark, say, sheet, show } from '../dom/element';
import type { HustingsPlayer } from '../player/player';
import tokens from '../style/tokens.css?inline';
import type { Conversation } from '../talk/conversation';
import { type Role, isOpen, isOver, phaseName } from '../talk/events';
import { words } from '../words/words';
import { advise } from './advice';
import { Cue } from './cue';
import { Desk } from './desk';
import { Level } from './level';
import { Line } from './line';
import { Meter } from './meter';
import { type MicTrouble, Microphone } from './microphone';
import { tellInterrupted, tellMuted } from './orders';
import { People } from './people';
import { RoomInWords } from './room';
import {
  type StageState,
  adviceSentence,
  greeting,
  onStageSentence,
  refusalSentence,
  troubleSentence,
} from './sentences';
import css from './stage.css?inline';
import type { Token } from './token';

const styles = [sheet(tokens), sheet(css)];

export class HustingsStage extends HTMLElement {
  state: StageState = 'invited';
  line: Line | null = null;
  readonly microphone = new Microphone(new URLSearchParams(location.search).get('raw') === '1');
  private talk!: Conversation;
  private player!: HustingsPlayer;
  private token!: Token;
  private bar!: HTMLElement;
  private cue!: Cue;
  private desk: Desk | null = null;
  private people: People | null = null;
  private room: RoomInWords | null = null;
  /** What the roster said last of being muted by somebody, and of being asked to unmute. */
  private mutedBy = '';
  private asked = false;
  private toldInterrupted = false;
  private muted = false;
  private choosing = false;
  private readonly level = new Level();
  private readonly meter = new Meter((frame) => {
    this.level.show(this.muted ? null : frame);
    if (this.state === 'check' || this.state === 'on') this.advise();
  }, () => this.update());
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly tip = h('p', { class: 'tip' });
  private readonly advice = h('p', { class: 'advice', role: 'status' });
  private readonly devices = h('select', { onchange: () => void this.change() });
  private readonly field = h('label', { class: 'field' }, h('span', {}, words.microphone), this.devices);
  private readonly check = this.button('primary', words.checkMic, () => void this.enterGreenRoom());
  private readonly go = this.button('primary', words.goOn, () => this.goOn());
  private readonly later = this.button('', words.notYet, () => this.enter('away'));
  private readonly mic = this.button('', words.mic, () => this.chooseMic());
  private readonly leave = this.button('', words.leave, () => this.leaveStage());
  private readonly again = this.button('primary', words.micAgain, () => void this.reopen());
  private readonly mute = this.button('mute', '', () => this.setMuted(!this.muted));

  /** Binds it to its page. */
  begin(player: HustingsPlayer, token: Token): void {
    this.player = player;
    this.talk = player.talk as Conversation;
    this.token = token;
    mark(this.mute, 'aria-keyshortcuts', 'Space');
    this.cue = new Cue(this.talk.api, token.text);
    const bar = h(
      'section',
      { class: 'bar', 'aria-label': words.stage },
      this.cue.element,
      this.said,
      this.tip,
      this.level.element,
      this.advice,
      this.field,
      h('div', { class: 'row' }, this.check, this.go, this.again, this.mute, this.mic, this.leave, this.later),
    );
    this.bar = bar;
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = styles;
    root.append(bar);
    this.talk.addEventListener('change', () => this.update());
    this.microphone.addEventListener('change', () => this.heedMicrophone());
    document.addEventListener('keydown', (event) => this.key(event));
    window.addEventListener('pagehide', () => this.line?.leave());
    this.enter('invited');
  }

  private button(kind: string, label: string, press: () => void): HTMLButtonElement {
    return h('button', { type: 'button', class: kind || null, onclick: press }, label);
  }

  /** The role now: whoever runs the stage may have given another than the link did. */
  private get rank(): Role {
    return this.talk.speakers.find((s) => s.seat === this.token.seat)?.role ?? this.token.role;
  }

  private get runs(): boolean {
    return this.rank === 'host' || this.rank === 'cohost';
  }

  private get heard(): boolean {
    return this.runs || this.rank === 'speaker';
  }

  /** The desks come with the role, and go with it. */
  private openDesks(): void {
    if (this.runs && !this.desk) {
      this.desk = new Desk(this.talk, this.token.text);
      this.people = new People(this.talk, this.token.text, this.token.seat);
      this.bar.append(this.desk.element);
      // People are many: they stand in the page, above the bar, and not in it.
      this.room = new RoomInWords(this.talk, this.token.text);
      this.shadowRoot?.append(this.people.element, this.room.element);
    } else if (!this.runs && this.desk) {
      this.desk.element.remove();
      this.people?.element.remove();
      this.room?.close();
      this.desk = null;
      this.people = null;
    }
  }

  /** Ends it and gives the page back to the programme. */
  end(): void {
    this.line?.leave();
    this.line = null;
    this.cue.listen(false);
    this.meter.stop();
    this.microphone.close();
    this.room?.close();
    this.player.yielding = false;
    this.remove();
  }

  /** A call or a locked screen has taken the microphone: its track says so, or only the sound of the page stands still. */
  private get interrupted(): boolean {
    return this.microphone.trouble === 'interrupted' || this.meter.interrupted;
  }

  private get trouble(): MicTrouble | null {
    return this.interrupted ? 'interrupted' : this.microphone.trouble;
  }

  /** What others have decided about oneself. */
  private heed(): void {
    const me = this.talk.speakers.find((s) => s.seat === this.token.seat);
    const by = me?.muted_by ?? '';
    if (by && by !== this.mutedBy && !this.muted) {
      this.muted = true;
      if (this.microphone.track) this.microphone.track.enabled = false;
    }
    this.mutedBy = by;
    this.asked = me?.asked_to_unmute ?? false;
    const interrupted = this.interrupted;
    if (this.state === 'on' && interrupted !== this.toldInterrupted) {
      this.toldInterrupted = interrupted;
      void tellInterrupted(this.talk.api, interrupted, this.token.text);
    }
  }

  private enter(state: StageState): void {
    this.state = state;
    this.update();
  }

  async enterGreenRoom(): Promise<void> {
    this.player.yielding = true;
    const track = await this.microphone.open();
    if (!track) return this.update();
    this.meter.watch(track);
    this.enter('check');
    this.go.focus();
  }

  private goOn(): void {
    const { track } = this.microphone;
    if (!track) return void this.enterGreenRoom();
    const line = new Line(this.talk.facts.links.whip, this.token.text, track);
    this.line = line;
    line.addEventListener('change', () => this.lineChanged(line));
    line.join();
    this.mute.focus();
  }

  private lineChanged(line: Line): void {
    if (this.line !== line) return;
    // Whom somebody has muted, a new line does not unmute.
    if (line.state === 'on' && !this.mutedBy) void tellMuted(this.talk.api, this.muted, this.token.text);
    if (line.state === 'refused' && isOver(this.talk.phase)) return this.enter('over');
    if (line.state !== 'off') this.enter(line.state);
    if (line.state === 'refused') this.dispatchEvent(new Event('refused'));
    if (line.state === 'replaced') this.microphone.close();
  }

  private leaveStage(): void {
    this.line?.leave();
    this.line = null;
    this.meter.stop();
    this.microphone.close();
    this.enter('left');
  }

  private setMuted(muted: boolean): void {
    this.muted = muted;
    if (this.microphone.track) this.microphone.track.enabled = !muted;
    void tellMuted(this.talk.api, muted, this.token.text);
    this.update();
  }

  private async change(): Promise<void> {
    const track = await this.microphone.open(this.devices.value);
    if (track) await this.useTrack(track);
  }

  private async reopen(): Promise<void> {
    const track = await this.microphone.open();
    if (track) await this.useTrack(track);
    // The same call has also stopped what others say.
    void this.line?.others.play().catch(() => undefined);
  }

  /** Another device has taken the place of one that went away: it is what is sent from now on. */
  private heedMicrophone(): void {
    const { track, swapped } = this.microphone;
    if (swapped && track && this.line && this.line.sends !== track) void this.useTrack(track);
    else this.update();
  }

  private async useTrack(track: MediaStreamTrack): Promise<void> {
    track.enabled = !this.muted;
    this.meter.watch(track);
    await this.line?.use(track);
    this.update();
  }

  private key(event: KeyboardEvent): void {
    const on = this.state === 'on' || this.state === 'restoring';
    if (event.code !== 'Space' || event.repeat || !on) return;
    const at = event.composedPath()[0];
    if (at instanceof HTMLElement && at.closest('button, select, input, textarea, a')) return;
    event.preventDefault();
    this.setMuted(!this.muted);
  }

  private chooseMic(): void {
    this.choosing = !this.choosing;
    this.update();
    if (this.choosing) this.devices.focus();
  }

  private advise(): void {
    const advice = this.muted ? 'good' : advise(this.meter.frames);
    const { swapped } = this.microphone;
    const { trouble } = this;
    // On stage one is told only of what others suffer from; to be silent there is to listen.
    const quiet = this.state === 'on' && advice !== 'clips';
    // An interruption is the sentence of the stage itself.
    const text = this.interrupted ? '' : trouble ? troubleSentence(trouble) : swapped ? words.micGone : quiet ? '' : adviceSentence(advice);
    mark(this.advice, 'data-advice', advice);
    say(this.advice, text);
    show(this.advice, text !== '');
  }

  private update(): void {
    const { state, talk } = this;
    if (isOver(talk.phase) && state !== 'over') {
      this.state = 'over';
      this.line?.leave();
      this.meter.stop();
      this.microphone.close();
      return this.update();
    }
    this.openDesks();
    this.heed();
    mark(this, 'data-stage-state', state);
    mark(this, 'data-muted', this.muted);
    const on = state === 'on' || state === 'restoring' || state === 'joining';
    const back = state === 'left' || state === 'replaced' || state === 'refused';
    const aside = back || state === 'away';
    mark(this, 'data-heard', state === 'on' && phaseName(talk.phase) === 'live' && !this.muted && !this.interrupted);
    mark(this, 'data-aside', aside);
    say(this.said, this.sentence());
    this.writeTip();
    this.player.yielding = !aside && state !== 'over';
    show(this.check, this.heard && (aside || state === 'invited'));
    say(this.check, back ? words.goAgain : words.checkMic);
    show(this.go, state === 'check');
    this.go.disabled = !isOpen(talk.phase);
    show(this.again, on && this.interrupted);
    show(this.mute, on && !this.interrupted);
    this.writeMute();
    show(this.leave, on);
    this.cue.listen(state === 'on' || state === 'restoring');
    show(this.later, state === 'check' || state === 'invited');
    show(this.level.element, on || state === 'check');
    const several = this.microphone.devices.length > 1;
    show(this.mic, on && several);
    mark(this.mic, 'aria-expanded', String(this.choosing));
    show(this.field, several && (state === 'check' || (on && this.choosing)));
    this.writeDevices();
    if (!on && state !== 'check') show(this.advice, false);
    this.desk?.update();
    this.people?.update();
    show(this, state !== 'over');
  }

  private sentence(): string {
    const { trouble } = this;
    switch (this.state) {
      case 'invited':
      case 'away':
        return trouble ? troubleSentence(trouble) : greeting(this.token);
      case 'check':
        return words.greenRoom;
      case 'joining':
        return words.joining;
      case 'on':
        if (trouble) return troubleSentence(trouble);
        if (this.asked) return words.askedToUnmute;
        return this.mutedBy && this.muted ? words.mutedByNow(this.mutedBy) : onStageSentence(this.talk.phase, this.muted);
      case 'restoring':
        return words.lineBack;
      case 'left':
        return words.left;
      case 'replaced':
        return words.replaced;
      case 'refused':
        return refusalSentence(this.line?.refusal ?? null);
      default:
        return words.stageGone;
    }
  }

  private writeTip(): void {
    const closed = !isOpen(this.talk.phase);
    const text =
      this.state === 'check'
        ? closed
          ? words.notOpen
          : words.headphones
        : this.state === 'invited'
          ? words.greenRoomOn
          : '';
    say(this.tip, this.heard ? text : '');
    show(this.tip, this.tip.textContent !== '');
  }

  private writeMute(): void {
    mark(this.mute, 'aria-pressed', String(this.muted));
    const key = `${this.muted}`;
    if (this.mute.dataset.shown === key) return;
    this.mute.dataset.shown = key;
    this.mute.replaceChildren(this.muted ? words.unmute : words.mute, h('small', {}, words.muteHint));
  }

  private writeDevices(): void {
    const { devices, deviceId } = this.microphone;
    const key = devices.map((d) => d.deviceId + d.label).join();
    if (this.devices.dataset.shown !== key) {
      this.devices.dataset.shown = key;
      this.devices.replaceChildren(
        ...devices.map((d) => h('option', { value: d.deviceId }, d.label || words.defaultMic)),
      );
    }
    if (deviceId && document.activeElement !== this) this.devices.value = deviceId;
  }
}

if (!customElements.get('hustings-stage')) customElements.define('hustings-stage', HustingsStage);

/** Puts the stage on a page. */
export function mountStage(main: HTMLElement, player: HustingsPlayer, token: Token): HustingsStage {
  const stage = document.createElement('hustings-stage') as HustingsStage;
  main.insertBefore(stage, player);
  stage.begin(player, token);
  const exposed = (window as { hustings?: object }).hustings;
  if (exposed) Object.assign(exposed, { stage });
  return stage;
}
