// The room, told in sentences. Pure: what the server says in, sentences out.
//
// Figures are rounded to what somebody on stage can do something about. Nobody who listens is named unless they gave a name in
// front of everybody; of those a few are.

import type { Speaker } from '../talk/events';
import { speak } from '../words/language';
import { roomDe } from '../words/room-de';
import { type RoomWords, roomEn } from '../words/room-en';
import { clockTime, list, number } from '../words/words';

export const roomWords: RoomWords = speak('room', roomEn, roomDe);

export interface LineNow {
  seat: string;
  lost_permille: number;
  missing_permille: number;
  delay_ms: number;
}

export interface Minute {
  at_ms: number;
  arrived: number;
  left: number;
  listening: number;
}

export interface RoomNow {
  lines: LineNow[];
  minutes: Minute[];
}

/** A line that loses less than this is good; of what is missing nobody hears less. */
const LOST_PERMILLE = 10;
const MISSING_PERMILLE = 5;
/** A line that is later than this makes people talk at the same time. */
const LATE_MS = 250;
const LATELY = 5;
/** So many of a minute must leave before it is worth saying when. */
const LEFT_MIN = 5;
const LEFT_SHARE = 0.05;
const NAMES = 4;

const percent = (permille: number) => number(permille / 10, permille < 100 && permille % 10 ? 1 : 0);

/** The line of one speaker in plain words. */
export function lineSentence(one: Speaker, line: LineNow | undefined): string {
  if (one.interrupted) return roomWords.lineInterrupted(one.name);
  if (!one.connected) return roomWords.lineDown(one.name);
  const { lost_permille: lost = 0, missing_permille: missing = 0, delay_ms = 0 } = line ?? {};
  const said =
    missing >= MISSING_PERMILLE
      ? roomWords.lineBad(one.name, percent(lost), percent(missing))
      : lost >= LOST_PERMILLE
        ? roomWords.lineRepaired(one.name, percent(lost))
        : roomWords.lineGood(one.name);
  return delay_ms > LATE_MS ? `${said} ${roomWords.lineLate(number(delay_ms / 1000, 1))}` : said;
}

/** How the audience comes and goes. */
export function comingAndGoing(minutes: readonly Minute[]): string[] {
  const lately = minutes.slice(-LATELY);
  const sum = (of: (m: Minute) => number) => lately.reduce((all, minute) => all + of(minute), 0);
  const [came, went] = [sum((m) => m.arrived), sum((m) => m.left)];
  const said = [came || went ? roomWords.moved(number(came), number(went)) : roomWords.still];
  const rate = Math.round(came / Math.max(1, lately.length));
  if (rate >= 2) said.push(roomWords.rate(number(rate)));
  const worst = minutes.reduce<Minute | null>((most, m) => (m.left > (most?.left ?? 0) ? m : most), null);
  const before = worst ? worst.listening + worst.left : 0;
  if (worst && worst.left >= LEFT_MIN && worst.left >= before * LEFT_SHARE) {
    said.push(roomWords.mostLeft(clockTime(worst.at_ms), number(worst.left), number(before)));
  }
  return said;
}

/** How many hear it now; before the start they wait. */
export function audienceSentence(listening: number, live: boolean): string {
  if (listening === 0) return roomWords.hearsNobody;
  const say = live ? roomWords.hears : roomWords.waits;
  return say(number(listening), listening === 1);
}

/** A few of those who have given a name in front of everybody. */
export function namesSentence(names: readonly string[]): string {
  const some = [...new Set(names)].slice(-NAMES);
  return some.length ? roomWords.named(list(some)) : roomWords.unnamed;
}
