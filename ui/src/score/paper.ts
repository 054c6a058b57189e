// The paper: where on the picture a media time stands.
//
// Time runs evenly from left to right, except while a conversation is held: then the paper stops after a few seconds and
// waits, so that what was said before the break stays in sight. The caesura says that time is missing there. Pure.

import type { Stretch } from '../talk/conversation';
import { RATE, phaseName } from '../talk/events';

/** Seconds of paper that a break takes, however long it lasts. */
export const HELD_S = 4;

export class Paper {
  constructor(
    private readonly stretches: readonly Stretch[],
    private readonly now: number,
    readonly scale: number,
    readonly nowX: number,
  ) {}

  /** Position on the paper in seconds from its beginning, of a media time in seconds. */
  static position(stretches: readonly Stretch[], t: number): number {
    let skipped = 0;
    stretches.forEach((stretch, i) => {
      if (phaseName(stretch.phase) !== 'held') return;
      const from = stretch.from / RATE;
      const next = stretches[i + 1];
      const to = Math.min(t, next ? next.from / RATE : t);
      skipped += Math.max(0, to - from - HELD_S);
    });
    return t - skipped;
  }

  /** Pixels from the left of a media time in seconds. */
  x(t: number): number {
    const at = Paper.position(this.stretches, t);
    return this.nowX - (Paper.position(this.stretches, this.now) - at) * this.scale;
  }

  /** Pixels from the left of the ear: behind now by its delay, also while the paper waits. */
  earX(t: number): number {
    return this.nowX - (this.now - t) * this.scale;
  }
}

/** Puts a phase that began at this media time among the others, in order; a phase that only goes on is not a new one. */
export function withStretch(stretches: readonly Stretch[], next: Stretch, max: number): Stretch[] {
  const all = [...stretches, next].sort((a, b) => a.from - b.from);
  const same = (a: Stretch, b: Stretch | undefined) =>
    b !== undefined && JSON.stringify(a.phase) === JSON.stringify(b.phase);
  return all.filter((s, i) => !same(s, all[i - 1])).slice(-max);
}

/** What the facts alone say of the timeline, at media time `now` in samples: enough until the events come. */
export function firstStretches(phase: Stretch['phase'], liveSince: number | null, now: number): Stretch[] {
  const name = phaseName(phase);
  if (name === 'scheduled' || name === 'cancelled') return [];
  const begun: Stretch[] = [{ from: 0, phase: 'lobby' }];
  if (liveSince !== null) begun.push({ from: liveSince, phase: 'live' });
  return withStretch(begun, { from: Math.max(now, liveSince ?? 0), phase }, 8);
}
