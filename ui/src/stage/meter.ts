// How loud the microphone is, twenty times a second, measured where the sound leaves for the network.
//
// An analyser is enough: it sees nine tenths of all samples, and a meter needs no more. Absent: recording. Nothing that is
// measured here leaves the page.

import { FRAMES, type Frame, KEPT } from './advice';

const CUT_OFF = 0.985;
/** So many samples in a row at full scale are a cut-off wave, one is a peak. */
const CUT_OFF_RUN = 3;

export function frameOf(samples: Float32Array): Frame {
  let top = 0;
  let sum = 0;
  let run = 0;
  let longest = 0;
  for (const sample of samples) {
    const size = Math.abs(sample);
    if (size > top) top = size;
    sum += sample * sample;
    run = size >= CUT_OFF ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  const db = (value: number) => (value > 0 ? Math.max(-127, 20 * Math.log10(value)) : -127);
  return { peak: db(top), rms: db(Math.sqrt(sum / samples.length)), clipped: longest >= CUT_OFF_RUN };
}

export class Meter {
  frames: Frame[] = [];
  private context: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly onFrame: (frame: Frame) => void,
    private readonly onState: () => void = () => undefined,
  ) {}

  /** Whether the system has taken the sound of this page away: a call, or a locked screen. */
  get interrupted(): boolean {
    return (this.context?.state as string | undefined) === 'interrupted';
  }

  /** Measures this track from now on. */
  watch(track: MediaStreamTrack): void {
    if (!this.context) {
      this.context = new AudioContext();
      this.context.addEventListener('statechange', () => this.onState());
    }
    void this.context.resume().catch(() => undefined);
    this.source?.disconnect();
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 2048;
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(analyser);
    this.frames = [];
    const samples = new Float32Array(analyser.fftSize);
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const frame = frameOf(samples);
      this.frames = [...this.frames.slice(1 - KEPT), frame];
      this.onFrame(frame);
    }, 1000 / FRAMES);
  }

  stop(): void {
    clearInterval(this.timer);
    this.source?.disconnect();
    this.source = null;
    void this.context?.close();
    this.context = null;
  }
}
