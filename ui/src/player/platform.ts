// The platform: the bar at the thumb with the one press that makes it sound, and two more.
//
// A listener never sees more than three actions: listen, sound, share. What belongs to the last two opens above them.
// The bar knows a listener and a conversation and nothing of the rest of the page. Absent: anything that moves.

import { h, mark, say, show } from '../dom/element';
import type { Listener } from '../listen/listener';
import { megabytesAnHour } from '../listen/tier';
import type { Conversation } from '../talk/conversation';
import { isOpen, isOver, phaseName } from '../talk/events';
import { number, words } from '../words/words';
import { saveCalendarEntry, sharePanel } from './share';
import { soundPanel } from './sound';

/** From so many seconds behind there is a way back to what is being said; it goes when that is near. */
const FAR_S = 6;
const NEAR_S = 4;
const PLAY = 'M3 1.5v15l13-7.5z';
const PAUSE = 'M3 2h4.5v14H3zM10.5 2H15v14h-4.5z';

function icon(): { svg: SVGElement; path: SVGPathElement } {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 18 18');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.append(path);
  return { svg, path };
}

export class Platform {
  readonly element: HTMLElement;
  private readonly word = h('span', { class: 'word', role: 'status' });
  private readonly behind = h('span', { class: 'behind' });
  private readonly back: HTMLButtonElement = h(
    'button',
    { class: 'back', type: 'button', onclick: () => this.toLive() },
    words.backToLive,
  );
  private readonly status = h('div', { class: 'status' }, this.word, this.behind, this.back);
  private readonly label = h('span');
  private readonly icon = icon();
  private readonly listen: HTMLButtonElement;
  private readonly calendar: HTMLButtonElement;
  private readonly elsewhere: HTMLAnchorElement;
  private readonly soundButton: HTMLButtonElement;
  private readonly shareButton: HTMLButtonElement;
  private readonly panels: Record<'sound' | 'share', { element: HTMLElement; update(): void }>;
  private open: 'sound' | 'share' | null = null;

  constructor(
    private readonly talk: Conversation,
    private readonly listener: Listener,
    pageUrl: string,
  ) {
    this.panels = { sound: soundPanel(listener), share: sharePanel(talk, pageUrl) };
    this.listen = h('button', { class: 'listen', id: 'listen', type: 'button', onclick: () => this.press() });
    this.listen.append(this.icon.svg, this.label);
    const calendar = () => saveCalendarEntry(talk.facts, pageUrl);
    this.calendar = h('button', { class: 'listen', type: 'button', onclick: calendar }, words.calendar);
    this.elsewhere = h('a', { class: 'button listen', href: new URL('/', pageUrl).href }, words.whatIsOn);
    this.soundButton = this.opener('sound', words.sound);
    this.shareButton = this.opener('share', words.share);
    this.element = h(
      'section',
      { class: 'platform', 'aria-label': words.listen },
      this.panels.sound.element,
      this.panels.share.element,
      this.status,
      h('div', { class: 'actions' }, this.listen, this.calendar, this.elsewhere, this.soundButton, this.shareButton),
    );
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.open) {
        const opener = this.open === 'sound' ? this.soundButton : this.shareButton;
        this.toggle(this.open);
        opener.focus();
      }
    });
    this.toggle(null);
  }

  update(): void {
    const { talk, listener } = this;
    const open = isOpen(talk.phase);
    show(this.listen, open);
    show(this.soundButton, open);
    show(this.status, open);
    show(this.calendar, phaseName(talk.phase) === 'scheduled' && talk.facts.starts_ms != null);
    show(this.elsewhere, isOver(talk.phase));
    if (!open && this.open === 'sound') this.toggle(null);
    const sounds = listener.on && listener.state !== 'paused';
    mark(this.listen, 'data-on', sounds);
    this.icon.path.setAttribute('d', sounds ? PAUSE : PLAY);
    const inLobby = phaseName(talk.phase) === 'lobby';
    this.icon.svg.toggleAttribute('hidden', inLobby);
    say(this.label, sounds ? (inLobby ? words.stop : words.pause) : inLobby ? words.waitInside : words.listen);
    say(this.word, this.sentence());
    const delay = listener.state === 'playing' ? listener.delay() : null;
    const price = open && !listener.on ? words.perHour(number(megabytesAnHour(listener.rendition))) : '';
    say(this.behind, delay === null ? price : words.behind(number(delay, delay < 9.95 ? 1 : 0)));
    // It stays under a finger that is on its way, and goes when it has nothing more to do.
    const far = delay !== null && delay > (this.back.hidden ? FAR_S : NEAR_S);
    if (!far && !this.back.hidden && this.back === (this.back.getRootNode() as ShadowRoot).activeElement) this.listen.focus();
    show(this.back, far);
    this.panels.sound.update();
    this.panels.share.update();
  }

  /** One sentence on how listening goes; empty when the button says it all. */
  private sentence(): string {
    const { listener } = this;
    switch (listener.state) {
      case 'paused':
        return words.pausedHere;
      case 'connecting':
        return words.connecting;
      case 'reconnecting':
        return words.reconnecting;
      case 'busy':
        return words.busy;
      case 'blocked':
        return words.pressAgain;
      case 'impossible':
        return words.cannotPlay;
      default:
        return '';
    }
  }

  private press(): void {
    const { listener } = this;
    if (!listener.on || listener.state === 'blocked' || listener.state === 'paused') listener.listen();
    else if (phaseName(this.talk.phase) === 'lobby') listener.stop();
    else listener.pause();
  }

  private toLive(): void {
    this.listener.backToLive();
    this.listen.focus();
    show(this.back, false);
  }

  private opener(which: 'sound' | 'share', label: string): HTMLButtonElement {
    return h('button', { type: 'button', 'aria-controls': which, onclick: () => this.toggle(which) }, label);
  }

  private toggle(which: 'sound' | 'share' | null): void {
    this.open = this.open === which ? null : which;
    for (const name of ['sound', 'share'] as const) {
      show(this.panels[name].element, this.open === name);
      const button = name === 'sound' ? this.soundButton : this.shareButton;
      mark(button, 'aria-expanded', String(this.open === name));
    }
  }
}
