// The sleep timer: after so many minutes the sound fades out and stops, so that nobody wakes of a sudden silence.
//
// It knows an element's volume and a way to stop, and nothing of listening. Who is awake and presses something else keeps the
// sound: choosing again, or choosing none, brings the volume back. Where a device allows no volume to be set (phones of Apple)
// it stops without a fade. Absent: "at the end", which is what happens without a timer.

const FADE_MS = 10_000;
const STEP_MS = 100;

export class SleepTimer {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fading: ReturnType<typeof setInterval> | undefined;
  private volume = 1;

  constructor(
    private readonly sound: { volume: number },
    private readonly stop: () => void,
  ) {}

  /** Stops after so many minutes; 0: not at all. */
  set(minutes: number): void {
    this.cancel();
    if (minutes > 0) this.timer = setTimeout(() => this.fade(), minutes * 60_000 - FADE_MS);
  }

  private cancel(): void {
    clearTimeout(this.timer);
    if (this.fading === undefined) return;
    clearInterval(this.fading);
    this.fading = undefined;
    this.sound.volume = this.volume;
  }

  private fade(): void {
    this.volume = this.sound.volume;
    let left = FADE_MS;
    this.fading = setInterval(() => {
      left -= STEP_MS;
      // The ear hears ratios: by the square, the fade is even.
      this.sound.volume = this.volume * Math.max(0, left / FADE_MS) ** 2;
      if (left > 0) return;
      this.stop();
      this.cancel();
    }, STEP_MS);
  }
}
