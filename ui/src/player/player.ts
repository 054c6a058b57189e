// <hustings-player src="https://host/c/slug">: the score, who speaks, the count and the platform, on any page.
//
// On our own page the facts come with the document; elsewhere the element asks the API for them. It carries its own
// tokens, so that a foreign page's styles do not reach it, and asks nothing of that page but room. For tests and for
// curious people its state is in attributes: data-state, data-tier, data-delay-ms, data-phase.

import { h, mark, say, sheet, show } from '../dom/element';
import { Listener } from '../listen/listener';
import type { TierName } from '../listen/tier';
import type { HustingsScore } from '../score/score';
import '../score/score';
import tokens from '../style/tokens.css?inline';
import { Conversation } from '../talk/conversation';
import { type Facts, isOpen, phaseName } from '../talk/events';
import { list, number, roughly, span, words } from '../words/words';
import { bindMediaSession } from './media-session';
import { Platform } from './platform';
import css from './player.css?inline';

const styles = [sheet(tokens), sheet(css)];
/** A count is confirmed with every event, at least once a second; older than this it is said how old it is. */
const FRESH_MS = 6000;
const SHOWN_EVERY_MS = 500;

export class HustingsPlayer extends HTMLElement {
  talk: Conversation | null = null;
  listener: Listener | null = null;
  private platform: Platform | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private leaving = () => {};
  private readonly score = document.createElement('hustings-score') as HustingsScore;
  private readonly title_ = h('p', { class: 'title' });
  private readonly voice = h('p', { class: 'voice' });
  private readonly count = h('p', { class: 'count' });

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = styles;
  }

  connectedCallback(): void {
    if (!this.talk && this.hasAttribute('src')) void this.load(this.getAttribute('src') ?? '');
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
    this.leaving();
    this.listener?.stop();
    this.talk?.close();
  }

  /** Shows a conversation whose facts are known. */
  show(facts: Facts, api: string, pageUrl: string): void {
    const talk = new Conversation(facts, api);
    const listener = new Listener(talk);
    listener.forced = (this.getAttribute('tier') as TierName | null) || null;
    this.talk = talk;
    this.listener = listener;
    this.platform = new Platform(talk, listener, pageUrl);
    this.score.follow(talk);
    this.shadowRoot?.replaceChildren(
      ...(this.hasAttribute('docked') ? [] : [this.title_]),
      this.score,
      h('div', { class: 'facts' }, this.voice, this.count),
      this.platform.element,
    );
    talk.addEventListener('change', () => this.update());
    listener.addEventListener('change', () => this.update());
    bindMediaSession(talk, listener);
    talk.open();
    if (facts.links.tickets) void this.comeIn(talk);
    this.timer = setInterval(() => this.update(), SHOWN_EVERY_MS);
    this.update();
    this.dispatchEvent(new Event('ready'));
  }

  /** Takes the platform away while the same person stands on it: who is on stage does not listen to the programme. */
  set yielding(value: boolean) {
    if (value && this.listener?.on) this.listener.stop();
    if (this.platform) show(this.platform.element, !value);
  }

  private async load(src: string): Promise<void> {
    const page = new URL(src, location.href);
    const slug = page.pathname.split('/').filter(Boolean).pop() ?? '';
    const api = new URL(`/api/v1/conversations/${encodeURIComponent(slug)}`, page).href;
    try {
      const answer = await fetch(api, { headers: { accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const facts = (await answer.json()) as Facts;
      for (const [name, link] of Object.entries(facts.links)) {
        facts.links[name as keyof Facts['links']] = new URL(link, page).href;
      }
      this.show(facts, api, page.href);
    } catch {
      mark(this, 'data-state', 'missing');
      this.shadowRoot?.replaceChildren(
        h('p', { class: 'title' }, words.notFound),
        h('p', { class: 'facts' }, h('a', { href: page.href }, words.openPage)),
      );
    }
  }

  /** Where there is a gate: a ticket, or the waiting room, before anything is heard. */
  private async comeIn(talk: Conversation): Promise<void> {
    const platform = this.platform?.element;
    const { Entry } = await import('../queue/entry');
    const entry = new Entry(talk, this.shadowRoot as ShadowRoot, (waits) => {
      mark(this, 'data-waits', waits);
      if (platform) show(platform, !waits);
    });
    const gone = new AbortController();
    this.leaving = () => gone.abort();
    await entry.run(gone.signal);
  }

  private update(): void {
    const { talk, listener } = this;
    if (!talk || !listener) return;
    const phase = phaseName(talk.phase);
    mark(this, 'data-phase', phase);
    mark(this, 'data-state', listener.state);
    mark(this, 'data-tier', listener.tierName);
    const delay = listener.delay();
    mark(this, 'data-delay-ms', delay === null ? null : String(Math.round(delay * 1000)));
    show(this.score, phase !== 'cancelled' && (phase !== 'ended' || talk.names.size > 0));
    say(this.title_, talk.facts.title);
    say(this.voice, this.whoSpeaks(talk));
    say(this.count, this.howMany(talk));
    this.platform?.update();
  }

  private whoSpeaks(talk: Conversation): string {
    const phase = phaseName(talk.phase);
    if (phase === 'lobby') return talk.speakers.length ? '' : words.nobodyYet;
    if (phase !== 'live' || talk.lost) return '';
    const names = talk.speaking.map((s) => talk.nameOf(s)).filter(Boolean);
    if (!names.length) return words.nobodySpeaks;
    return names.length > 1 ? words.speakMany(list(names.slice(0, 3))) : words.speaks(names[0] ?? '');
  }

  private howMany(talk: Conversation): string {
    if (!talk.count || !isOpen(talk.phase)) return '';
    const { listening, low, high, at } = talk.count;
    const age = performance.now() - at;
    if (low !== undefined && high !== undefined && low < high) {
      const n = number(roughly(listening));
      if (age >= FRESH_MS) return words.heardAbout(n, words.ago(span(age)));
      return words.hearAbout(n, number(roughly(low, Math.floor)), number(roughly(high, Math.ceil)));
    }
    if (listening === 0 && age < FRESH_MS) return words.hearNobody;
    const n = number(listening);
    return age < FRESH_MS ? words.hear(n, listening === 1) : words.heard(n, words.ago(span(age)), listening === 1);
  }
}

if (!customElements.get('hustings-player')) customElements.define('hustings-player', HustingsPlayer);
