// One conversation as this page knows it: facts, phase, stage, count, levels, and the two times: the speakers' and yours.
//
// Everything that shows a conversation reads from here and redraws on `change`. Events go through the queue and are
// applied when their sound is heard; levels go straight to the tape, which is drawn only up to the hearing position.
// While the doors are closed there is no event stream, and the facts are asked for again from time to time, with jitter.
// Absent: sound, and anything of the screen.

import { firstStretches, withStretch } from '../score/paper';
import { Tape } from '../score/tape';
import { Backoff, POLL, sleep } from '../time/backoff';
import { LiveClock } from '../time/clock';
import {
  type Count,
  type Facts,
  type Hands,
  type Links,
  NO_HANDS,
  type News,
  type Phase,
  RATE,
  type Roster,
  type Speaker,
  type State,
  type Told,
  type VoiceLevels,
  isClip,
  isOpen,
  isOver,
  phaseName,
} from './events';
import { EventQueue } from './queue';
import { EventLine } from './source';

/** A stretch of the timeline in one phase. */
export interface Stretch {
  from: number;
  phase: Phase;
}

/** The addresses with a ticket, where there is one. */
function shown(links: Links, pass: string): Links {
  if (!pass) return links;
  const at = (url: string) => `${url.split('?')[0]}?${pass}`;
  const { mp4, ogg, aac, hls, whep, events } = links;
  const showing = { mp4: at(mp4), ogg: at(ogg), hls: at(hls), whep: at(whep), events: at(events) };
  return { ...links, ...showing, ...(aac === undefined ? {} : { aac: at(aac) }) };
}

const TICK_MS = 100;
/** Levels come in batches of a second: before anybody listens, the picture runs this far behind so that it flows. */
const BATCH = 1.1;
/** A server that starts again takes a second or two; nobody needs to read about that. */
const LOST_AFTER_MS = 4000;
/** Nobody is asked to stay away for longer. */
const SPREAD_S_MAX = 120;
/** Phase changes that the score can still show. */
const STRETCHES_MAX = 64;
/** Seconds with reactions that the score can still show. */
const REACTED_MAX = 120;
/** Events of taking part that wait for it to be loaded. */
const FLOOR_MAX = 300;

export class Conversation extends EventTarget {
  readonly clock = new LiveClock();
  readonly tape = new Tape();
  roster: Roster = { speakers: [], lead: null, locked: false, turn: null };
  hands: Hands = NO_HANDS;
  /** How long each seat has spoken, in milliseconds, as of the last levels. */
  readonly spoke = new Map<string, number>();
  speaking: string[] = [];
  stretches: Stretch[] = [];
  /** Reactions of each second that are still on the score: how many at which media time. */
  reacted: { t: number; n: number }[] = [];
  /** What was told of taking part, from the last snapshot on, for whoever shows it and is loaded a moment later. */
  floor: { name: string; data: Record<string, unknown> }[] = [];
  /** Listeners at the last count, and when that was known to be true (performance.now). */
  count: (Count & { at: number }) | null = null;
  /** Shown where facts are asked for again: what is for the invited is told to nobody else. */
  bearer: string | null = null;
  /** Whether the event stream is up. */
  lineUp = false;
  private downSince = performance.now();
  /** Names of seats that have left, for the lanes that still show what they said. */
  readonly names = new Map<string, string>();
  /** Where the ear is, in seconds of media time; set by whoever plays. Null: nobody listens here. */
  hearing: () => number | null = () => null;

  /** The query that shows the ticket of who was let in. */
  private pass = '';
  private readonly queue = new EventQueue<Told>();
  private line: EventLine | null = null;
  private lineUrl = '';
  private ticker: ReturnType<typeof setInterval> | undefined;
  private readonly polling = new AbortController();

  constructor(
    public facts: Facts,
    /** Where this conversation's facts can be asked for again. */
    readonly api: string,
  ) {
    super();
    this.adopt(facts);
  }

  /** Begins to follow it. */
  open(): void {
    if (this.ticker !== undefined) return;
    this.ticker = setInterval(() => this.tick(), TICK_MS);
    this.connect();
    void this.poll();
  }

  close(): void {
    clearInterval(this.ticker);
    this.polling.abort();
    this.line?.close();
  }

  /** Within how many ms who loses the line comes back, as the server said last: nothing where few are inside. */
  get spread(): number {
    return Math.min(this.count?.spread_s ?? 0, SPREAD_S_MAX) * 1000;
  }

  get speakers(): Speaker[] {
    return this.roster.speakers;
  }

  get phase(): Phase {
    return this.facts.phase;
  }

  /** Whether the server has been out of reach for so long that what is shown is old. */
  get lost(): boolean {
    return !this.waits && !this.lineUp && isOpen(this.phase) && performance.now() - this.downSince > LOST_AFTER_MS;
  }

  /** Whether this page has not been let in: it asks for nothing but its place. */
  private get waits(): boolean {
    return this.facts.links.tickets !== undefined && this.pass === '';
  }

  /** The media time in seconds that the page shows: the ear's, or before anybody listens the speakers'. */
  shown(): number | null {
    return this.hearing() ?? this.clock.now();
  }

  /** How far the picture may be drawn, in seconds of media time. */
  drawnTo(): number | null {
    const ear = this.hearing();
    if (ear !== null) return ear;
    const now = this.clock.now();
    return now === null ? null : now - BATCH;
  }

  nameOf(seat: string): string {
    return this.speakers.find((s) => s.seat === seat)?.name ?? this.names.get(seat) ?? '';
  }

  /** Asks for the facts, without believing them yet. Null when they did not come. */
  async ask(): Promise<Facts | null> {
    try {
      const answer = await fetch(this.api, { headers: this.headers(), cache: 'no-store' });
      return answer.ok ? ((await answer.json()) as Facts) : null;
    } catch {
      return null;
    }
  }

  private headers(): Record<string, string> {
    const accept = 'application/json';
    return this.bearer ? { accept, authorization: `Bearer ${this.bearer}` } : { accept };
  }

  /** Asks for the facts once. True when they came. */
  async refresh(): Promise<boolean> {
    const facts = await this.ask();
    if (!facts) return false;
    this.adopt({ ...facts, phase: this.facts.phase });
    const state: State = { phase: facts.phase };
    if (facts.live_since != null) state.live_since = facts.live_since;
    const t = (this.clock.now() ?? 0) * RATE;
    // The ear is behind: what is true now is shown when it gets there.
    if (this.hearing() !== null) this.queue.push({ event: 'state', t, state });
    else this.enter(t, state);
    this.connect();
    this.changed();
    return true;
  }

  private adopt(facts: Facts): void {
    // Facts without an epoch do not undo the one that the events told.
    const epoch_ms = facts.epoch_ms ?? (isOpen(facts.phase) ? this.clock.epoch : null);
    this.facts = { ...facts, epoch_ms, links: shown(facts.links, this.pass) };
    this.clock.epoch = epoch_ms;
    if (epoch_ms !== null && !this.stretches.length) {
      this.stretches = firstStretches(facts.phase, facts.live_since ?? null, (this.clock.now() ?? 0) * RATE);
    }
    // Facts do not say whether a part of it is estimated; events do.
    if (typeof facts.listening === 'number' && isOpen(facts.phase) && this.count?.low === undefined) {
      const { spread_s } = this.count ?? {};
      this.count = { listening: facts.listening, at: performance.now(), ...(spread_s ? { spread_s } : {}) };
    }
  }

  /** Somebody was let in: the addresses of sound and events show their ticket from now on. */
  admit(pass: string): void {
    this.pass = pass;
    this.facts = { ...this.facts, links: shown(this.facts.links, pass) };
    this.connect();
    this.dispatchEvent(new Event('found'));
    this.changed();
  }

  private connect(): void {
    const wanted = isOpen(this.facts.phase) && !this.waits ? this.facts.links.events : '';
    if (wanted === this.lineUrl) return;
    this.line?.close();
    this.lineUrl = wanted;
    this.line = wanted
      ? new EventLine(
          wanted,
          (event, past) => this.receive(event, past),
          (up) => this.lineChanged(up),
          () => this.spread,
        )
      : null;
  }

  private lineChanged(up: boolean): void {
    if (this.lineUp === up) return;
    this.lineUp = up;
    this.downSince = performance.now();
    // A stream that closes may mean that the conversation is over: the facts say so.
    if (!up) void this.refresh();
    else this.dispatchEvent(new Event('found'));
    this.changed();
  }

  private receive(event: Told, past: boolean): void {
    if (event.event === 'snapshot' && event.epoch_ms !== this.clock.epoch) this.startOver(event.epoch_ms);
    if (past) return this.remember(event);
    this.clock.observe(event.t / RATE);
    if (event.event === 'levels') this.hear(event.t, event.step_ms, event.voices);
    // When it starts is no matter of what the ear has reached.
    else if (event.event === 'news') this.announced(event.news);
    // The page's own first picture: nothing is heard yet that it could run ahead of.
    else if (event.event === 'snapshot' && this.hearing() === null) this.apply(event);
    else this.queue.push(event);
    if (this.count) this.count.at = performance.now();
  }

  private hear(t: number, stepMs: number, voices: VoiceLevels[]): void {
    this.tape.write(t, stepMs, voices);
    for (const { seat, spoke_ms } of voices) if (typeof spoke_ms === 'number') this.spoke.set(seat, spoke_ms);
  }

  /** What was before the snapshot is history: it is drawn, but it changes nothing any more. */
  private remember(event: Told): void {
    if (event.event === 'levels') this.tape.write(event.t, event.step_ms, event.voices);
    if (event.event === 'reactions') this.react(event.t, event.data.counts);
    if (event.event === 'state') this.stretch({ from: event.t, phase: event.state.phase });
    if (event.event === 'roster' && event.roster.playing)
      this.names.set(event.roster.playing.seat, event.roster.playing.title);
    if (event.event === 'roster') for (const s of event.roster.speakers) this.names.set(s.seat, s.name);
  }

  /** Another epoch: another timeline, of which nothing that was kept is true. */
  private startOver(epochMs: number): void {
    this.queue.clear();
    this.tape.clear();
    this.clock.epoch = epochMs;
    this.facts = { ...this.facts, epoch_ms: epochMs };
    this.stretches = firstStretches(this.phase, this.facts.live_since ?? null, (this.clock.now() ?? 0) * RATE);
  }

  private tick(): void {
    const shown = this.shown();
    if (shown === null) return;
    const due = this.queue.release(Math.round(shown * RATE));
    for (const event of due) this.apply(event);
    const at = this.drawnTo() ?? shown;
    const speaking = phaseName(this.phase) === 'live' && !this.lost ? this.tape.speaking(at * RATE).filter((seat) => !isClip(seat)) : [];
    const same = speaking.join() === this.speaking.join();
    this.speaking = speaking;
    if (due.length || !same) this.changed();
  }

  private apply(event: Told): void {
    switch (event.event) {
      case 'snapshot':
        this.facts = { ...this.facts, title: event.title || this.facts.title };
        this.enter(event.t, event.state);
        this.seat(event.roster);
        this.hands = event.hands;
        this.count = { ...event.count, at: performance.now() };
        this.tellFloor('snapshot', event.floor);
        this.announced(event.news);
        this.changed();
        break;
      case 'state':
        this.enter(event.t, event.state);
        break;
      case 'roster':
        this.seat(event.roster);
        break;
      case 'hands':
        this.hands = event.hands;
        break;
      case 'count':
        this.count = { ...event.count, at: performance.now() };
        break;
      case 'levels':
      case 'news':
        break;
      default:
        if (event.event === 'reactions') this.react(event.t, event.data.counts);
        this.tellFloor(event.event, event.data);
        break;
    }
  }

  private announced(news: News): void {
    const { moved_from_ms, delay, ...facts } = this.facts;
    const said = Object.entries(news).filter(([, value]) => value !== undefined && value !== '');
    this.facts = { ...facts, ...Object.fromEntries(said) };
    this.changed();
  }

  private tellFloor(name: string, data: Record<string, unknown>): void {
    if (name === 'snapshot') this.floor = [];
    if (this.floor.length < FLOOR_MAX) this.floor.push({ name, data });
    this.dispatchEvent(new CustomEvent('floor', { detail: { name, data } }));
  }

  private react(t: number, counts: unknown): void {
    if (!Array.isArray(counts)) return;
    const n = counts.reduce((sum: number, one: { count?: number }) => sum + (Number(one.count) || 0), 0);
    if (n > 0) this.reacted = [...this.reacted.slice(1 - REACTED_MAX), { t, n }];
  }

  private enter(t: number, state: State): void {
    const same = JSON.stringify(state.phase) === JSON.stringify(this.facts.phase);
    this.facts = { ...this.facts, phase: state.phase, live_since: state.live_since ?? this.facts.live_since ?? null };
    if (!same || !this.stretches.length) this.stretch({ from: t, phase: state.phase });
    if (isOver(state.phase)) this.connect();
    if (!same) this.dispatchEvent(new Event('phase'));
  }

  private stretch(next: Stretch): void {
    this.stretches = withStretch(this.stretches, next, STRETCHES_MAX);
  }

  private seat(roster: Roster): void {
    this.roster = roster;
    if (roster.playing) this.names.set(roster.playing.seat, roster.playing.title);
    for (const { seat, name, spoke_ms } of roster.speakers) {
      this.names.set(seat, name);
      if (spoke_ms) this.spoke.set(seat, spoke_ms);
    }
  }

  /** Facts are asked for again while the doors are closed, and while the event stream is down. */
  private async poll(): Promise<void> {
    const signal = this.polling.signal;
    const backoff = new Backoff(POLL);
    while (!signal.aborted && !isOver(this.phase)) {
      const soon = this.facts.starts_ms != null && this.facts.starts_ms - Date.now() < 180_000;
      const closed = phaseName(this.phase) === 'scheduled';
      await sleep(closed ? (soon ? 3000 : 20_000) + Math.random() * (soon ? 4000 : 20_000) : 5000, signal);
      if (signal.aborted || (!closed && (this.lineUp || this.waits))) continue;
      if (!(await this.refresh())) await backoff.wait(signal);
      else backoff.reset();
    }
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
