// <hustings-score>: the picture that carries the product, and its equivalent in text.
//
// The names, roles and who speaks are ordinary text over the canvas, so they can be read, selected and spoken; the canvas
// only adds what a picture is better at. It is painted at most ten times a second and only while it can be seen. With
// reduced motion it does not glide: the page stands still, the marks move on it, and it is turned when it is full.
// Absent: seeking; what is drawn here is live.

import { h, mark, say, sheet, show } from '../dom/element';
import type { Conversation } from '../talk/conversation';
import { isOpen, phaseName } from '../talk/events';
import { list, number, words } from '../words/words';
import { type Lane, laneHeight, lanesOf } from './lanes';
import { type Ink, paint } from './paint';
import { Paper } from './paper';
import css from './score.css?inline';

const FRAME_MS = 100;
const SCALE = 22;
const TOP = 30;
const BOTTOM = 20;
/** Staves of announced guests that a page shows before anybody is on stage. */
const GUESTS_MAX = 4;
/** A screen reader is told of a new voice at most this often: a debate changes hands faster than speech can report. */
const SPOKEN_EVERY_MS = 8000;
const styles = sheet(css);

export class HustingsScore extends HTMLElement {
  private talk: Conversation | null = null;
  private readonly canvas = h('canvas', { role: 'img', 'aria-label': words.score });
  private readonly names = h('ol', { class: 'lanes', part: 'lanes' });
  private readonly rest = h('p', { class: 'rest' });
  private readonly spoken = h('p', { class: 'unseen', 'aria-live': 'polite' });
  private readonly rows = new Map<string, HTMLLIElement>();
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private ink: Ink | null = null;
  private inView = true;
  private frame = 0;
  private last = 0;
  private page = 0;
  private spokenAt = 0;
  private watchers: { disconnect(): void }[] = [];
  private readonly update = () => this.rewrite();
  private readonly repaintInk = () => {
    this.ink = null;
  };

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styles];
    root.append(h('div', { class: 'sheet' }, this.canvas, this.names), this.rest, this.spoken);
  }

  /** Shows this conversation. */
  follow(talk: Conversation): void {
    this.talk?.removeEventListener('change', this.update);
    this.talk = talk;
    talk.addEventListener('change', this.update);
    this.rewrite();
  }

  connectedCallback(): void {
    const seen = new IntersectionObserver((entries) => {
      this.inView = entries[entries.length - 1]?.isIntersecting ?? true;
    });
    seen.observe(this);
    // A picture of another width is painted at once and not stretched.
    const sized = new ResizeObserver(() => {
      this.last = 0;
    });
    sized.observe(this);
    this.watchers = [seen, sized];
    this.dark.addEventListener('change', this.repaintInk);
    void document.fonts?.ready.then(this.repaintInk);
    const loop = (time: number) => {
      this.frame = requestAnimationFrame(loop);
      const every = this.still.matches ? 1000 : FRAME_MS;
      if (!this.inView || time - this.last < every - 8) return;
      this.last = time;
      this.draw();
    };
    this.frame = requestAnimationFrame(loop);
  }

  disconnectedCallback(): void {
    cancelAnimationFrame(this.frame);
    for (const w of this.watchers) w.disconnect();
    this.dark.removeEventListener('change', this.repaintInk);
  }

  /** Pixels from the left at which the speakers' now stands: the right edge of the text column. */
  private nowX(width: number): number {
    const column = Number.parseFloat(getComputedStyle(this.names).paddingRight) || 16;
    return Math.round(width - column - 2);
  }

  private lanes(): { lanes: Lane[]; rest: string[] } {
    if (!this.talk) return { lanes: [], rest: [] };
    const now = this.talk.clock.now() ?? 0;
    const waited = now - Paper.position(this.talk.stretches, now);
    const found = lanesOf(this.talk, now - waited - this.clientWidth / SCALE);
    if (found.lanes.length) return found;
    // Nobody yet: empty staves wait, with the names of who is announced, or without any.
    const guests = isOpen(this.talk.phase) || phaseName(this.talk.phase) === 'scheduled' ? (this.talk.facts.guests ?? []) : [];
    if (guests.length)
      return { lanes: guests.slice(0, GUESTS_MAX).map(({ name }, i) => ({ seat: `-${i}`, name, speaker: null })), rest: [] };
    return { lanes: ['a', 'b'].map((seat) => ({ seat: `-${seat}`, name: '', speaker: null })), rest: [] };
  }

  private rewrite(): void {
    const { talk } = this;
    if (!talk) return;
    const { lanes, rest } = this.lanes();
    mark(this, 'data-lanes', String(lanes.length));
    this.style.setProperty('--lane', `${laneHeight(lanes.length)}px`);
    const kept = new Set(lanes.map((l) => l.seat));
    for (const [seat, row] of this.rows)
      if (!kept.has(seat)) {
        row.remove();
        this.rows.delete(seat);
      }
    lanes.forEach((lane, i) => {
      const row = this.rows.get(lane.seat) ?? h('li', {}, h('span', { class: 'name' }), h('span', { class: 'note' }));
      this.rows.set(lane.seat, row);
      if (this.names.children[i] !== row) this.names.insertBefore(row, this.names.children[i] ?? null);
      this.writeRow(row, lane, talk);
    });
    show(this.rest, rest.length > 0);
    if (rest.length) say(this.rest, words.alsoHere(list(rest)));
    this.tell(talk);
  }

  private writeRow(row: HTMLLIElement, lane: Lane, talk: Conversation): void {
    const [name, note] = [...row.children] as [HTMLElement, HTMLElement];
    const speaks = talk.speaking.includes(lane.seat);
    say(name, lane.name);
    mark(row, 'data-speaks', speaks);
    mark(row, 'data-clip', lane.clip === true);
    mark(row, 'data-gone', !lane.speaker && !lane.clip && lane.name !== '' && !lane.seat.startsWith('-'));
    const notes = [
      lane.speaker?.role === 'host' ? words.roleHost : lane.speaker?.role === 'cohost' ? words.roleCoHost : '',
      lane.speaker && !lane.speaker.connected ? words.lineDown : '',
      lane.speaker?.muted && lane.speaker.connected ? words.muted : '',
      speaks ? words.speakingNow : '',
      lane.clip ? words.clipPlays : '',
    ];
    say(note, notes.filter(Boolean).join(', '));
  }

  /** Tells a screen reader who speaks, not oftener than it can say it. */
  private tell(talk: Conversation): void {
    const now = performance.now();
    if (!talk.speaking.length || now - this.spokenAt < SPOKEN_EVERY_MS) return;
    const names = talk.speaking
      .slice(0, 2)
      .map((s) => talk.nameOf(s))
      .filter(Boolean);
    if (!names.length) return;
    const text = names.length > 1 ? words.speakMany(list(names)) : words.speaks(names[0] ?? '');
    if (text === this.spoken.textContent) return;
    this.spokenAt = now;
    say(this.spoken, text);
  }

  private draw(): void {
    const { talk } = this;
    if (!talk || document.visibilityState === 'hidden') return;
    const { lanes } = this.lanes();
    const lane = laneHeight(lanes.length);
    const width = this.clientWidth;
    const height = TOP + lanes.length * lane + BOTTOM;
    const ctx = this.size(width, height);
    if (!ctx || !width) return;
    const frozen = talk.stretches.find((s) => s.phase === 'ended');
    const live = frozen ? frozen.from / 48000 : (talk.clock.now() ?? 0);
    const open = isOpen(talk.phase);
    const ear = open ? talk.hearing() : null;
    const stretches = phaseName(talk.phase) === 'scheduled' ? [] : talk.stretches;
    const nowX = this.place(Paper.position(stretches, live), this.nowX(width));
    paint(ctx, {
      width,
      height,
      paper: new Paper(stretches, live, SCALE, nowX),
      now: live,
      ear,
      drawnTo: frozen ? live : (talk.drawnTo() ?? 0),
      seats: lanes.map((l) => l.seat),
      lane,
      top: TOP,
      stretches,
      liveSince: talk.facts.live_since ?? null,
      epoch: talk.clock.epoch ?? 0,
      tape: talk.tape,
      reacted: talk.reacted,
      lost: talk.lost,
      labels: { now: words.now, you: ear === null ? '' : words.youBehind(number(Math.max(0, live - ear), 1)) },
      ink: this.inks(),
    });
  }

  /** Where now stands: gliding paper has it at the right edge; still paper moves the mark and turns the page. */
  private place(position: number, right: number): number {
    if (!this.still.matches) return right;
    const room = right / SCALE;
    if (position > this.page + room || position < this.page) this.page = position - room * 0.4;
    return Math.round((position - this.page) * SCALE);
  }

  private size(width: number, height: number): CanvasRenderingContext2D | null {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const { canvas } = this;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = `${height}px`;
    }
    const ctx = canvas.getContext('2d');
    ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
    return ctx;
  }

  private inks(): Ink {
    if (this.ink) return this.ink;
    const style = getComputedStyle(this);
    const of = (name: string) => style.getPropertyValue(name).trim();
    this.ink = {
      ink: of('--ink'),
      soft: of('--soft'),
      line: of('--stave'),
      live: of('--live'),
      font: `700 12px ${of('--display')}`,
    };
    return this.ink;
  }
}

if (!customElements.get('hustings-score')) customElements.define('hustings-score', HustingsScore);
