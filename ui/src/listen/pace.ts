// How a player stays one second behind, no more and not much less.
//
// A slight change of speed corrects the distance to the speakers without being heard; a jump is made only when the
// distance is so large that catching up would take minutes. When the buffer ran dry the wanted distance grows, because
// this line needs more, and creeps back after minutes without trouble. Pure: distances in, speed out.

export interface Place {
  /** Seconds behind the speakers. */
  delay: number;
  /** Seconds of sound that are here and not yet played. */
  ahead: number;
}

export interface Step {
  rate: number;
  /** Seconds to skip forward; 0 for none. */
  skip: number;
}

/** One part of 0.2 s, half a second of fan-out phase, 0.3 s for the network and the player. */
export const TARGET_MIN = 1.0;
const TARGET_MAX = 4;
/** Farther behind the target than this, catching up at 4 % would take more than a minute. */
const SKIP_BEYOND = 3;
/** Never play faster with less than this in hand. */
const AHEAD_MIN = 0.25;
const EASE_AFTER_S = 120;

/** How fast somebody catches up who paused and wants to hear all of it: a minute in ten, with voices at their own pitch. */
const CATCH_UP = 1.1;

export class Pace {
  target: number;
  /** Somebody has paused: nothing is skipped, and what was missed is caught up on. */
  keep = false;
  private calm = 0;

  /** `least` is how near to the speakers this way of hearing can be, in seconds. */
  constructor(private readonly least = TARGET_MIN) {
    this.target = least;
  }

  /** The buffer ran dry. */
  starved(): void {
    this.target = Math.min(TARGET_MAX, this.target + 0.25);
    this.calm = 0;
  }

  /** Decides once per `elapsed` seconds. */
  step(place: Place, elapsed: number): Step {
    this.calm += elapsed;
    if (this.calm > EASE_AFTER_S && this.target > this.least) {
      this.target = Math.max(this.least, this.target - 0.25);
      this.calm = 0;
    }
    const over = place.delay - this.target;
    if (this.keep && over > 0.6) return { rate: place.ahead > 1 ? CATCH_UP : 1, skip: 0 };
    this.keep = false;
    if (over > SKIP_BEYOND) {
      // Only what is here can be skipped; a little must remain.
      const skip = Math.min(over, place.ahead - AHEAD_MIN);
      if (skip > 1) return { rate: 1, skip };
    }
    if (over > 0.15 && place.ahead > AHEAD_MIN) return { rate: over > 0.6 ? 1.05 : 1.025, skip: 0 };
    if (over < -0.2) return { rate: 0.98, skip: 0 };
    return { rate: 1, skip: 0 };
  }
}
