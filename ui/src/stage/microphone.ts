// The microphone: asked for in a press, changed at any time, and missed when it goes.
//
// Echo cancellation, noise suppression and gain control are the browser's, on by default, because most people sit in a
// kitchen with a laptop; `?raw=1` turns them off for measuring and for studios. Absent: the network.

export type MicTrouble = 'denied' | 'none' | 'busy' | 'insecure' | 'interrupted';

const KEY = 'hustings-microphone';

function troubleOf(error: unknown): MicTrouble {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'denied';
}

export class Microphone extends EventTarget {
  track: MediaStreamTrack | null = null;
  trouble: MicTrouble | null = null;
  devices: MediaDeviceInfo[] = [];
  /** The device went away and another one took its place. */
  swapped = false;

  constructor(private readonly raw: boolean) {
    super();
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.list());
  }

  get deviceId(): string {
    return this.track?.getSettings().deviceId ?? '';
  }

  /** Opens a microphone: the one asked for, the one used last, or the default. Call in a press. */
  async open(deviceId?: string): Promise<MediaStreamTrack | null> {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.fail('insecure');
      return null;
    }
    const wanted = deviceId ?? this.remembered();
    try {
      return await this.capture(wanted ? { exact: wanted } : undefined);
    } catch (error) {
      // The remembered one may be at home.
      if (wanted && deviceId === undefined && troubleOf(error) === 'none') return this.open('');
      this.fail(troubleOf(error));
      return null;
    }
  }

  close(): void {
    this.release();
    this.changed();
  }

  private async capture(deviceId: ConstrainDOMString | undefined): Promise<MediaStreamTrack | null> {
    const process = !this.raw;
    const audio: MediaTrackConstraints = {
      echoCancellation: process,
      noiseSuppression: process,
      autoGainControl: process,
      channelCount: 1,
      sampleRate: 48000,
    };
    if (deviceId) audio.deviceId = deviceId;
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const track = stream.getAudioTracks()[0] ?? null;
    this.release();
    this.track = track;
    this.trouble = null;
    track?.addEventListener('ended', () => void this.gone(track));
    track?.addEventListener('mute', () => this.track === track && this.fail('interrupted'));
    track?.addEventListener('unmute', () => {
      if (this.track !== track || this.trouble !== 'interrupted') return;
      this.trouble = null;
      this.changed();
    });
    if (this.deviceId) this.remember(this.deviceId);
    await this.list();
    return track;
  }

  /** The device was unplugged, or the system took it: another one, if there is one. */
  private async gone(track: MediaStreamTrack): Promise<void> {
    if (this.track !== track) return;
    try {
      await this.capture(undefined);
      this.swapped = true;
      this.changed();
    } catch {
      this.fail('interrupted');
    }
  }

  private async list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    this.devices = all.filter((d) => d.kind === 'audioinput' && d.deviceId !== '');
    this.changed();
  }

  private release(): void {
    const old = this.track;
    this.track = null;
    this.swapped = false;
    old?.stop();
  }

  private fail(trouble: MicTrouble): void {
    this.trouble = trouble;
    this.changed();
  }

  private remembered(): string {
    try {
      return localStorage.getItem(KEY) ?? '';
    } catch {
      return '';
    }
  }

  private remember(deviceId: string): void {
    try {
      localStorage.setItem(KEY, deviceId);
    } catch {
      // Asked for again next time.
    }
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
