// What every way of hearing has in common, and which one this browser gets.
//
// One long answer fed to MediaSource is quickest where the page keeps running. On phones and tablets of Apple the page is
// frozen with the screen, the built-in HLS player is not; elsewhere hls.js; last a plain element, as without scripts.
// The choice is a pure function of what the browser says it can, so it can be tested. Absent: WHEP, which the page may
// get when a listener asks for less delay than a second.

import type { Links } from '../talk/events';
import type { LiveClock } from '../time/clock';

export type TierName = 'stream' | 'native-hls' | 'hls' | 'plain';

/** What a browser can do, asked once. */
export interface Abilities {
  opusMse: boolean;
  aacMse: boolean;
  nativeHls: boolean;
  anyMse: boolean;
  /** The page is frozen with the screen (iOS, iPadOS). */
  frozen: boolean;
}

export const OPUS_MP4 = 'audio/mp4; codecs="opus"';
export const AAC_MP4 = 'audio/mp4; codecs="mp4a.40.2"';

/** Ways to hear, best first. A way that fails repeatedly is followed by the next. */
export function tiersFor(can: Abilities): TierName[] {
  const tiers: TierName[] = [];
  if (can.frozen && can.nativeHls) tiers.push('native-hls');
  if (can.opusMse || can.aacMse) tiers.push('stream');
  if (can.nativeHls && !tiers.includes('native-hls')) tiers.push('native-hls');
  if (can.anyMse) tiers.push('hls');
  tiers.push('plain');
  return tiers;
}

type ManagedSource = typeof MediaSource;

/** MediaSource, or its managed form where that is the only one (Safari on phones). */
export function sourceClass(): ManagedSource | null {
  const scope = globalThis as { ManagedMediaSource?: ManagedSource; MediaSource?: ManagedSource };
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null;
}

export function abilities(audio: HTMLAudioElement): Abilities {
  const source = sourceClass();
  const can = (type: string) => source?.isTypeSupported(type) ?? false;
  const apple = /iPad|iPhone|iPod/.test(navigator.userAgent);
  const tabletAsDesktop = /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1;
  return {
    opusMse: can(OPUS_MP4),
    aacMse: can(AAC_MP4),
    anyMse: source !== null,
    nativeHls: audio.canPlayType('application/vnd.apple.mpegurl') !== '',
    frozen: apple || tabletAsDesktop,
  };
}

/** What a listener hears at which price. */
export type Quality = 'full' | 'saver' | 'least';
export const QUALITIES: readonly Quality[] = ['full', 'saver', 'least'];
export type Rendition = 'opus-96' | 'opus-48' | 'opus-24' | 'aac-96' | 'aac-48';

const BITS: Record<Rendition, number> = {
  'opus-96': 96_000,
  'opus-48': 48_000,
  'opus-24': 24_000,
  'aac-96': 96_000,
  'aac-48': 48_000,
};
const OPUS: Record<Quality, Rendition> = { full: 'opus-96', saver: 'opus-48', least: 'opus-24' };
/** AAC has nothing below 48 kbit/s that sounds like a voice. */
const AAC: Record<Quality, Rendition> = { full: 'aac-96', saver: 'aac-48', least: 'aac-48' };
/** Boxes, HTTP and TCP beside the sound itself, measured on `live.mp4` with parts of 200 ms: bytes a second. */
const OVERHEAD = 720;

export function renditionFor(quality: Quality, opus: boolean): Rendition {
  return (opus ? OPUS : AAC)[quality];
}

/** Megabytes that an hour of it takes. */
export function megabytesAnHour(rendition: Rendition): number {
  return Math.round(((BITS[rendition] / 8 + OVERHEAD) * 3600) / 1e6);
}

/** What a tier is given. */
export interface Ear {
  audio: HTMLAudioElement;
  links: Links;
  clock: LiveClock;
  rendition: () => Rendition;
  /** Within how many ms who loses the line comes back: see Conversation.spread. */
  spread: () => number;
  /** Asks whether the conversation is over; an answer that ends may also be a server that starts again. */
  over: () => Promise<boolean>;
  /** Waits; when it may, no longer than until the event stream, which tries on its own, has found the server again. */
  patience: (signal: AbortSignal, ms: number, mayWake: boolean) => Promise<void>;
  /** Sound arrives: what was said about trouble is over. */
  onFlow: () => void;
  /** Sound stopped arriving; a new try is under way. `busy` when the server asked to come back later. */
  onBreak: (why: 'lost' | 'busy') => void;
}

/** One way to hear. */
export interface Tier {
  readonly name: TierName;
  /** Plays until aborted (resolves), until the conversation is over (resolves), or until this way is hopeless (throws). */
  run(signal: AbortSignal): Promise<void>;
  /** Where the ear is, in seconds of media time, or null when that is not known yet. */
  heard(): number | null;
  /** The listener chose another rendition. */
  reload(): void;
  /** Goes on from where the element was paused, where this way keeps what came meanwhile. Absent: it keeps nothing. */
  resume?(): void;
  /** Leaves out what was missed. */
  live?(): void;
}
