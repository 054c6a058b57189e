// What a page says about the life of a conversation: one word, a time, and a sentence that tells what to expect.
//
// Pure: facts in, words out.

import type { Conversation } from '../talk/conversation';
import { type Facts, RATE, heldReason, phaseName } from '../talk/events';
import { clockTime, dayAndTime, span, timecode, words } from '../words/words';

/** A time of day needs no date when it is less than this ago. */
const LATELY_MS = 18 * 3_600_000;

export interface Said {
  word: string;
  since: string;
  help: string;
}

/** Seconds on air at the shown media time. */
export function onAir(talk: Conversation): number | null {
  const shown = talk.shown();
  const since = talk.facts.live_since;
  return shown === null || since == null ? null : Math.max(0, shown - since / RATE);
}

function untilStart(startsMs: number | null | undefined, now: number): string {
  if (startsMs == null) return '';
  const left = startsMs - now;
  if (left < -60_000) return words.late(span(-left));
  return left < 30_000 ? words.startsSoon : words.startsIn(span(left));
}

export function phaseWord(talk: Conversation, listening: boolean, now: number): Said {
  const phase = phaseName(talk.phase);
  const air = onAir(talk);
  const clock = air === null ? '' : timecode(air);
  switch (phase) {
    case 'scheduled':
      return { word: words.scheduled, since: untilStart(talk.facts.starts_ms, now), help: words.scheduledHelp };
    case 'lobby':
      return {
        word: listening ? words.lobby : words.lobbyOut,
        since: untilStart(talk.facts.starts_ms, now),
        help: listening ? words.lobbyHelp : '',
      };
    case 'live':
      return { word: words.live, since: clock, help: '' };
    case 'held':
      return heldReason(talk.phase) === 'break'
        ? { word: words.heldBreak, since: clock, help: words.heldBreakHelp }
        : { word: words.heldLost, since: '', help: words.heldLostHelp };
    case 'ended':
      return { word: words.ended, since: '', help: words.endedHelp };
    default:
      return { word: words.cancelled, since: '', help: words.cancelledHelp };
  }
}

/** "Tuesday 12 November, 20:00, your time", or when it began. */
export function whenLine(facts: Facts, now: number): string {
  const began =
    facts.live_since != null && facts.epoch_ms != null ? facts.epoch_ms + (facts.live_since / RATE) * 1000 : null;
  if (began !== null) {
    const lately = now - began < LATELY_MS;
    return `${words.began(lately ? clockTime(began) : dayAndTime(began))}, ${words.yourTime}`;
  }
  return facts.starts_ms == null ? '' : `${dayAndTime(facts.starts_ms)}, ${words.yourTime}`;
}

/** Before it begins, inside and at the doors: that it was moved, and what the host says of it. */
export function movedLine(facts: Facts): string {
  const phase = phaseName(facts.phase);
  if (phase !== 'lobby' && phase !== 'scheduled') return '';
  // What stands below the title before the doors open says from when it was moved.
  const moved = phase === 'lobby' && facts.moved_from_ms != null ? words.movedFrom(clockTime(facts.moved_from_ms)) : '';
  return [moved, facts.delay ? words.hostSays(facts.delay) : ''].filter((part) => part !== '').join(' ');
}

/** The word on a card of the front page. */
export function cardWord(facts: Facts, now: number): string {
  switch (phaseName(facts.phase)) {
    case 'scheduled':
      return untilStart(facts.starts_ms, now) || (facts.stays ? words.cardRoom : words.scheduled);
    case 'lobby':
      return words.lobbyOut;
    case 'live':
      return words.live;
    case 'held':
      return heldReason(facts.phase) === 'break' ? words.heldBreak : words.cardLost;
    case 'ended':
      return words.ended;
    default:
      return words.cancelled;
  }
}
