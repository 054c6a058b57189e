// What the score is drawn from: how loud each voice was, in columns of 100 ms along media time.
//
// One ring per seat of the last four minutes, which is more than the widest screen shows. Levels arrive in batches whose
// step the server chooses; a column keeps the loudest step in it. Absent: any notion of a screen.

import { RATE, type VoiceLevels } from '../talk/events';

/** Columns a second. */
export const COLUMNS = 10;
const COLUMN_MS = 1000 / COLUMNS;
const KEPT = 240 * COLUMNS;
/** Columns without sound after which a voice no longer counts as speaking: a breath is not the end of a turn. */
const BREATH = 7;
/** At least this many columns of the last second must be loud: a cough is not a turn. */
const TURN = 3;
/** Louder than this, in dB below full scale, is speech; room noise lies below. */
const SPEECH_DBOV = 48;
/** A seat whose levels are older than this is forgotten once there are many: a conversation may see hundreds. */
const SEATS_KEPT = 96;

class Ring {
  readonly cells = new Uint8Array(KEPT);
  head = -1;

  write(column: number, loudness: number): void {
    if (column < 0 || column <= this.head - KEPT) return;
    if (column > this.head) {
      const blank = Math.min(KEPT, column - this.head);
      for (let c = column - blank + 1; c <= column; c += 1) this.cells[c % KEPT] = 0;
      this.head = column;
    }
    const at = column % KEPT;
    this.cells[at] = Math.max(this.cells[at] ?? 0, loudness);
  }

  read(column: number): number {
    return column > this.head || column <= this.head - KEPT || column < 0 ? 0 : (this.cells[column % KEPT] ?? 0);
  }
}

export class Tape {
  private readonly rings = new Map<string, Ring>();
  /** Media time in samples up to which levels are known. */
  known = 0;

  /** Takes in one batch; `t` is the media time in samples at the end of its last step. */
  write(t: number, stepMs: number, voices: VoiceLevels[]): void {
    const endMs = (t / RATE) * 1000;
    for (const voice of voices) {
      if (!Array.isArray(voice.dbov)) continue;
      const ring = this.ring(voice.seat);
      voice.dbov.forEach((dbov, i) => {
        const from = endMs - (voice.dbov.length - i) * stepMs;
        const loudness = Math.max(0, 127 - Math.min(127, dbov));
        // A step goes where its middle is, so that pauses stay pauses; a long one fills all that it covers.
        const first = stepMs > COLUMN_MS ? from + COLUMN_MS / 2 : from + stepMs / 2;
        const last = Math.max(first, from + stepMs - COLUMN_MS / 2);
        for (let ms = first; ms <= last; ms += COLUMN_MS) ring.write(Math.floor(ms / COLUMN_MS), loudness);
      });
    }
    this.known = Math.max(this.known, t);
  }

  /** Level in dB below full scale of a voice in a column; 127 where nothing was heard. */
  dbov(seat: string, column: number): number {
    return 127 - (this.rings.get(seat)?.read(column) ?? 0);
  }

  /** Who speaks at this media time (samples), loudest turn first. */
  speaking(t: number): string[] {
    const now = Math.floor((t / RATE) * COLUMNS);
    const found: [string, number][] = [];
    for (const [seat, ring] of this.rings) {
      let loud = 0;
      let lately = false;
      for (let c = now - COLUMNS; c < now; c += 1) {
        if (127 - ring.read(c) > SPEECH_DBOV) continue;
        loud += 1;
        if (c >= now - BREATH) lately = true;
      }
      if (lately && loud >= TURN) found.push([seat, loud]);
    }
    return found.sort((a, b) => b[1] - a[1]).map(([seat]) => seat);
  }

  /** The last column in which this voice spoke, or -1: which lanes are worth their room when there are many. */
  lastHeard(seat: string): number {
    return this.rings.get(seat)?.head ?? -1;
  }

  clear(): void {
    this.rings.clear();
    this.known = 0;
  }

  private ring(seat: string): Ring {
    const known = this.rings.get(seat);
    if (known) return known;
    if (this.rings.size >= SEATS_KEPT) {
      const oldest = [...this.rings].sort((a, b) => a[1].head - b[1].head)[0];
      if (oldest) this.rings.delete(oldest[0]);
    }
    const made = new Ring();
    this.rings.set(seat, made);
    return made;
  }
}
