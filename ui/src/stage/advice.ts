// What to tell somebody about their microphone, from the levels of the last seconds. Pure.
//
// Only what they can change by moving, choosing or switching: distance, device, place. One piece of advice at a time, the
// worst first. The thresholds are for what a browser delivers with gain control, which brings speech to about -20 dBFS.

export interface Frame {
  /** Highest sample of the frame in dB below full scale (0 is the loudest, negative). */
  peak: number;
  /** Mean level in dB below full scale. */
  rms: number;
  /** The wave was cut off at full scale. */
  clipped: boolean;
}

export type Advice = 'listening' | 'clips' | 'silent' | 'quiet' | 'noisy' | 'good';

/** Frames a second. */
export const FRAMES = 20;
const JUDGED_AFTER = 2.5 * FRAMES;
const SILENT_AFTER = 5 * FRAMES;
/** Kept: the last six seconds, long enough for a sentence. */
export const KEPT = 6 * FRAMES;

export function advise(frames: readonly Frame[]): Advice {
  const clips = frames.slice(-3 * FRAMES).filter((f) => f.clipped).length;
  if (clips >= 3) return 'clips';
  if (frames.length < JUDGED_AFTER) return 'listening';
  const levels = frames.map((f) => f.rms).sort((a, b) => a - b);
  const share = (part: number) => levels[Math.min(levels.length - 1, Math.floor(levels.length * part))] ?? -127;
  // Noise suppression makes a pause perfectly silent: only a long one is the microphone's fault.
  if (Math.max(...frames.map((f) => f.peak)) < -60) return frames.length < SILENT_AFTER ? 'listening' : 'silent';
  const speech = share(0.85);
  const room = share(0.1);
  // Speech has pauses: where even the quiet tenth is loud and near the loud part, it is the room.
  if (room > -42 && speech - room < 12) return 'noisy';
  if (speech < -50) return 'listening';
  return speech < -38 ? 'quiet' : 'good';
}
