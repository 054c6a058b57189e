// Which voices get a lane, in which order: a lane must not jump while somebody reads it.
//
// Whoever is on stage has a lane, in the order in which they came; who has left keeps one while what they said is still
// in the picture. When there are more voices than lanes, those heard most lately stay, still in their order of coming.
// Pure: the roster and the tape in, lanes out.

import type { Conversation } from '../talk/conversation';
import type { Speaker } from '../talk/events';
import { COLUMNS } from './tape';

export interface Lane {
  seat: string;
  name: string;
  speaker: Speaker | null;
  /** It is a clip's, which is played. */
  clip?: boolean;
}

/** More lanes than this cannot be told apart on a phone. */
export const LANES_MAX = 8;

export function lanesOf(talk: Conversation, visibleFrom: number): { lanes: Lane[]; rest: string[] } {
  const present: Lane[] = talk.speakers
    .filter((s) => s.role !== 'producer')
    .map((s) => ({ seat: s.seat, name: s.name, speaker: s }));
  const { playing } = talk.roster;
  if (playing) present.push({ seat: playing.seat, name: playing.title, speaker: null, clip: true });
  const here = new Set(present.map((l) => l.seat));
  const gone: Lane[] = [...talk.names]
    .filter(([seat]) => !here.has(seat) && talk.tape.lastHeard(seat) > visibleFrom * COLUMNS)
    .map(([seat, name]) => ({ seat, name, speaker: null }));
  const all = [...present, ...gone];
  if (all.length <= LANES_MAX) return { lanes: all, rest: [] };
  const lately = [...all].sort((a, b) => talk.tape.lastHeard(b.seat) - talk.tape.lastHeard(a.seat));
  const kept = new Set(lately.slice(0, LANES_MAX).map((l) => l.seat));
  return {
    lanes: all.filter((l) => kept.has(l.seat)),
    rest: all.filter((l) => !kept.has(l.seat) && l.speaker).map((l) => l.name),
  };
}

/** Height of one lane in CSS pixels: name and stave; lower when there are many. */
export function laneHeight(lanes: number): number {
  if (lanes <= 3) return 84;
  return lanes <= 5 ? 68 : 54;
}
