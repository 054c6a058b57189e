// The shapes that the server tells: conversations, and the events beside the sound.
//
// They mirror core/vocab/src/event.rs and the `Conversation` of the API. What comes from the network is read by
// `parseEvent`, which returns null for what it does not know, so that a newer server does not break an older page.
// Absent: any validation deeper than what drawing and speaking need in order not to fail.

export type Held = 'break' | 'line_lost';
export type Phase = 'scheduled' | 'lobby' | 'live' | { held: Held } | 'ended' | 'cancelled';
export type PhaseName = 'scheduled' | 'lobby' | 'live' | 'held' | 'ended' | 'cancelled';
export type Role = 'host' | 'cohost' | 'speaker' | 'producer' | 'listener';

/** Samples a second of every media time. */
export const RATE = 48000;

export interface Links {
  whip: string;
  whep: string;
  mp4: string;
  ogg: string;
  /** Absent from a server without AAC. */
  aac?: string;
  hls: string;
  m3u: string;
  events: string;
  audience: string;
  /** Who wants to listen asks here first; absent where nothing is limited. */
  tickets?: string;
}

export interface Facts {
  slug: string;
  title: string;
  phase: Phase;
  starts_ms?: number | null;
  epoch_ms?: number | null;
  live_since?: number | null;
  listening?: number;
  links: Links;
  // What else is announced.
  description?: string;
  language?: string;
  tags?: string[];
  guests?: Guest[];
  zone?: string;
  doors_ms?: number;
  length_min?: number;
  visibility?: 'public' | 'unlisted' | 'invited';
  version?: number;
  moved_from_ms?: number;
  /** Why it begins later, in the host's own words. */
  delay?: string;
  reason?: string;
  series?: string;
  stays?: boolean;
  stranded?: boolean;
  may_edit?: boolean;
  may_produce?: boolean;
  cover?: Cover;
}

/** A cover picture: its tag tells it from the next, its size is that of the larger form. */
export interface Cover {
  tag: string;
  width: number;
  height: number;
}

/** Where a cover is: on the site whose page this is. */
export function coverAddress(slug: string, cover: Cover, small: boolean): string {
  return `/c/${encodeURIComponent(slug)}/cover.jpg?v=${cover.tag}${small ? '&size=small' : ''}`;
}

/** Somebody who is announced. */
export interface Guest {
  name: string;
  affiliation?: string;
  interests?: string;
}

export interface Speaker {
  seat: string;
  name: string;
  role: Role;
  muted: boolean;
  /** Who muted them, until they unmute themselves. */
  muted_by?: string;
  asked_to_unmute?: boolean;
  /** Their device does not capture: a call, or a locked screen. */
  interrupted?: boolean;
  spoke_ms?: number;
  connected: boolean;
}

/** Whose turn it is, and until which media time. */
export interface Turn {
  seat: string;
  until: number;
}

export interface Roster {
  speakers: Speaker[];
  /** Who runs the stage now. */
  lead: string | null;
  locked: boolean;
  turn: Turn | null;
  /** The clip that is played: it has a lane and levels as a voice has. */
  playing?: Playing | null;
}

/** Whether a lane is a clip's: nobody speaks there. */
export function isClip(seat: string): boolean {
  return seat.startsWith('clip-');
}

/** A clip that is played. */
export interface Playing {
  seat: string;
  title: string;
  length_ms: number;
}

export interface Hand {
  seat: string;
  name: string;
  since: number;
  invited?: boolean;
}

export interface Hands {
  hands: Hand[];
  raised: number;
  open: boolean;
}

export const NO_HANDS: Hands = { hands: [], raised: 0, open: false };

export interface VoiceLevels {
  seat: string;
  dbov: number[];
  spoke_ms?: number;
}

export interface State {
  phase: Phase;
  live_since?: number;
}

/** How many hear it; where a part of them is estimated, between which numbers they lie. */
export interface Count {
  listening: number;
  low?: number;
  high?: number;
  /** Who loses the line comes back at a random moment within so many seconds. */
  spread_s?: number;
}

/** What the host has announced of the start. */
export interface News {
  starts_ms?: number | undefined;
  moved_from_ms?: number | undefined;
  delay?: string | undefined;
}

export type Told =
  | {
      event: 'snapshot';
      t: number;
      title: string;
      state: State;
      roster: Roster;
      hands: Hands;
      count: Count;
      epoch_ms: number;
      /** What taking part has come to, for whoever shows it. */
      floor: Record<string, unknown>;
      news: News;
    }
  | { event: 'news'; t: number; news: News }
  | { event: FloorEvent; t: number; data: Record<string, unknown> }
  | { event: 'state'; t: number; state: State }
  | { event: 'roster'; t: number; roster: Roster }
  | { event: 'hands'; t: number; hands: Hands }
  | { event: 'levels'; t: number; step_ms: number; voices: VoiceLevels[] }
  | { event: 'count'; t: number; count: Count };

/** Events of taking part: they are read where they are shown (floor/state.ts). */
export const FLOOR_EVENTS = ['reactions', 'chat', 'questions', 'poll', 'pinned', 'floor'] as const;
export type FloorEvent = (typeof FLOOR_EVENTS)[number];
export const EVENT_NAMES = ['snapshot', 'state', 'roster', 'hands', 'levels', 'count', 'news', ...FLOOR_EVENTS] as const;

export function phaseName(phase: Phase): PhaseName {
  return typeof phase === 'string' ? phase : 'held';
}

export function heldReason(phase: Phase): Held | null {
  return typeof phase === 'object' && phase !== null ? phase.held : null;
}

/** Whether the media timeline runs: there is something to hear. */
export function isOpen(phase: Phase): boolean {
  const name = phaseName(phase);
  return name === 'lobby' || name === 'live' || name === 'held';
}

export function isOver(phase: Phase): boolean {
  return phase === 'ended' || phase === 'cancelled';
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

function readState(value: unknown): State | null {
  const raw = record(value);
  if (!raw || (typeof raw.phase !== 'string' && !record(raw.phase))) return null;
  const state: State = { phase: raw.phase as Phase };
  if (typeof raw.live_since === 'number') state.live_since = raw.live_since;
  return state;
}

function readRoster(value: unknown): Roster | null {
  const raw = record(value);
  if (!raw || !Array.isArray(raw.speakers)) return null;
  const turn = record(raw.turn);
  const playing = record(raw.playing);
  return {
    speakers: raw.speakers.filter((s) => typeof record(s)?.seat === 'string') as Speaker[],
    lead: typeof raw.lead === 'string' ? raw.lead : null,
    locked: raw.locked === true,
    turn: turn && typeof turn.seat === 'string' && typeof turn.until === 'number' ? (turn as unknown as Turn) : null,
    playing: typeof playing?.seat === 'string' ? (playing as unknown as Playing) : null,
  };
}

function readHands(value: unknown): Hands | null {
  const raw = record(value);
  if (!raw || !Array.isArray(raw.hands)) return null;
  const hands = raw.hands.filter((hand) => typeof record(hand)?.seat === 'string') as Hand[];
  return { hands, raised: Number(raw.raised) || hands.length, open: raw.open === true };
}

function readCount(value: unknown): Count | null {
  const raw = record(value);
  if (typeof raw?.listening !== 'number') return null;
  const { listening, low, high, spread_s } = raw;
  const count: Count = typeof spread_s === 'number' ? { listening, spread_s } : { listening };
  return typeof low === 'number' && typeof high === 'number' ? { ...count, low, high } : count;
}

function readNews(value: unknown): News {
  const raw = record(value);
  const time = (ms: unknown) => (typeof ms === 'number' ? ms : undefined);
  const delay = typeof raw?.delay === 'string' ? raw.delay : undefined;
  return { starts_ms: time(raw?.starts_ms), moved_from_ms: time(raw?.moved_from_ms), delay };
}

/** An event from the `event:` and `data:` of a server-sent event, or null. */
export function parseEvent(name: string, data: string): Told | null {
  let raw: Record<string, unknown> | null;
  try {
    raw = record(JSON.parse(data));
  } catch {
    return null;
  }
  if (!raw || typeof raw.t !== 'number') return null;
  const t = raw.t;
  switch (name) {
    case 'snapshot': {
      const state = readState(raw.state);
      const roster = readRoster(raw.roster);
      if (!state || !roster || typeof raw.epoch_ms !== 'number') return null;
      const hands = readHands(raw.hands) ?? NO_HANDS;
      const count = readCount(raw.count) ?? { listening: 0 };
      const floor = record(raw.floor) ?? {};
      const news = readNews(raw.news);
      const title = String(raw.title ?? '');
      return { event: name, t, title, state, roster, hands, count, epoch_ms: raw.epoch_ms, floor, news };
    }
    case 'state': {
      const state = readState(raw);
      return state && { event: name, t, state };
    }
    case 'roster': {
      const roster = readRoster(raw);
      return roster && { event: name, t, roster };
    }
    case 'hands': {
      const hands = readHands(raw);
      return hands && { event: name, t, hands };
    }
    case 'levels':
      if (!Array.isArray(raw.voices) || typeof raw.step_ms !== 'number' || raw.step_ms <= 0) return null;
      return { event: name, t, step_ms: raw.step_ms, voices: raw.voices as VoiceLevels[] };
    case 'count': {
      const count = readCount(raw);
      return count && { event: name, t, count };
    }
    case 'news':
      return { event: name, t, news: readNews(raw) };
    default:
      return (FLOOR_EVENTS as readonly string[]).includes(name) ? { event: name as FloorEvent, t, data: raw } : null;
  }
}
