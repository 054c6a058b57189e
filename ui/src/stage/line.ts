// The line of somebody on stage: one WebRTC session at a time, and the will to have one until they leave.
//
// A session that falls silent is first given an ICE restart, which keeps everything and takes one round trip; failing
// that, a new session is made at once and takes over the same seat. The sound of the others tells first that the line is
// gone: it comes fifty times a second, whoever speaks. Absent: the microphone, whose track is only borrowed.

import { Backoff, sleep } from '../time/backoff';
import { fragment, iceServers, restarted, withRetransmission } from './sdp';
import { Refusal, Whip } from './whip';

export type LineState = 'off' | 'joining' | 'on' | 'restoring' | 'refused' | 'replaced';

const LOOK_MS = 250;
/** Fifteen packets' worth of others' sound missing on one side of a look, doubled: then the line is taken for lost. */
const SILENT_MS = 900;
const RESTART_MS = 1800;
const CONNECT_MS = 9000;
/** A session ended by the server this soon after another such end was taken over by the same seat elsewhere. */
const TAKEN_WITHIN_MS = 15_000;

type End = 'lost' | 'gone';

export class Line extends EventTarget {
  state: LineState = 'off';
  refusal: Refusal | null = null;
  /** The sound of the others. */
  readonly others = document.createElement('audio');
  private pc: RTCPeerConnection | null = null;
  private whip: Whip | null = null;
  private control: AbortController | null = null;
  private gathered: string[] = [];
  private goneAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly endpoint: string,
    private readonly token: string,
    private track: MediaStreamTrack,
  ) {
    super();
    this.others.autoplay = true;
  }

  /** The microphone that is sent. */
  get sends(): MediaStreamTrack {
    return this.track;
  }

  /** Goes on stage and stays there, over every break, until `leave`. */
  join(): void {
    if (this.control) return;
    const control = new AbortController();
    this.control = control;
    this.refusal = null;
    this.enter('joining');
    void this.stay(control.signal);
  }

  /** Another microphone, without anybody noticing. */
  async use(track: MediaStreamTrack): Promise<void> {
    track.enabled = this.track.enabled;
    this.track = track;
    await this.pc?.getSenders()[0]?.replaceTrack(track);
  }

  leave(): void {
    this.control?.abort();
    this.control = null;
    void this.whip?.end();
    this.drop();
    this.enter('off');
  }

  private async stay(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ first: 300, cap: 4000 });
    while (!signal.aborted) {
      try {
        const end = await this.session(signal, () => backoff.reset());
        if (signal.aborted) return;
        if (end === 'gone' && this.taken()) return this.finish('replaced');
        this.enter('restoring');
        this.drop();
        continue;
      } catch (error) {
        if (signal.aborted) return;
        this.drop();
        if (error instanceof Refusal) {
          this.refusal = error;
          return this.finish('refused');
        }
      }
      if (this.state !== 'joining') this.enter('restoring');
      await backoff.wait(signal);
    }
  }

  /** Whether the server has ended our session twice in a short time: somebody else has the seat. */
  private taken(): boolean {
    const now = performance.now();
    const soon = now - this.goneAt < TAKEN_WITHIN_MS;
    this.goneAt = now;
    return soon;
  }

  private async session(signal: AbortSignal, onUp: () => void): Promise<End> {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.pc = pc;
    this.gathered = [];
    pc.addEventListener('track', ({ track, receiver }) => {
      soon(receiver);
      this.others.srcObject = new MediaStream([track]);
      void this.others.play().catch(() => undefined);
    });
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) this.gathered.push(candidate.candidate);
      else if (!candidate) void this.trickle(true);
    });
    pc.addTransceiver(this.track, { direction: 'sendrecv' });
    await offer(pc, {});
    const whip = await Whip.post(this.endpoint, this.token, pc.localDescription?.sdp ?? '');
    if (signal.aborted) {
      void whip.end();
      return 'lost';
    }
    this.whip = whip;
    const servers = iceServers(whip.link);
    if (servers.length) pc.setConfiguration({ ...pc.getConfiguration(), iceServers: servers });
    await pc.setRemoteDescription({ type: 'answer', sdp: whip.answer });
    void this.trickle(pc.iceGatheringState === 'complete');
    if (!(await this.connected(pc, signal, CONNECT_MS))) throw new Error('no connection');
    onUp();
    this.enter('on');
    return this.watch(pc, signal);
  }

  private async trickle(complete: boolean): Promise<void> {
    const offer = this.pc?.localDescription?.sdp;
    if (!this.whip || !offer || (!this.gathered.length && !complete)) return;
    const found = this.gathered.splice(0);
    await this.whip.trickle(fragment(offer, found, complete)).catch(() => undefined);
  }

  private async connected(pc: RTCPeerConnection, signal: AbortSignal, withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (!signal.aborted && performance.now() < until) {
      if (pc.connectionState === 'connected') return true;
      if (pc.connectionState === 'failed' || pc.connectionState === 'closed') return false;
      await sleep(40, signal);
    }
    return false;
  }

  /** Looks after a session that is up, and mends it, until it cannot be mended. */
  private async watch(pc: RTCPeerConnection, signal: AbortSignal): Promise<End> {
    let pulse = await pulseOf(pc);
    let flowedAt = Number.POSITIVE_INFINITY;
    while (!signal.aborted) {
      await sleep(LOOK_MS, signal);
      const now = await pulseOf(pc);
      if (now.packets > pulse.packets) flowedAt = performance.now();
      pulse = now;
      if (pc.connectionState === 'failed' || pc.connectionState === 'closed') return 'lost';
      const silent = performance.now() - flowedAt > SILENT_MS;
      if (!silent && pc.iceConnectionState !== 'disconnected') continue;
      this.enter('restoring');
      const mended = await this.mend(pc, signal);
      if (mended !== 'mended') return mended;
      // Silence says something again only once there was sound.
      flowedAt = Number.POSITIVE_INFINITY;
      this.enter('on');
    }
    return 'lost';
  }

  /** One ICE restart. It has worked when the server answers a check, or sends sound. */
  private async mend(pc: RTCPeerConnection, signal: AbortSignal): Promise<End | 'mended'> {
    if (!this.whip) return 'lost';
    const before = await pulseOf(pc);
    try {
      this.gathered = [];
      await offer(pc, { iceRestart: true });
      const offered = pc.localDescription?.sdp ?? '';
      const theirs = await this.whip.restart(fragment(offered, this.gathered.splice(0), false));
      const answer = restarted(this.whip.answer, theirs);
      if (!answer) return 'lost';
      await pc.setRemoteDescription({ type: 'answer', sdp: answer });
      void this.trickle(pc.iceGatheringState === 'complete');
    } catch (error) {
      const gone = error instanceof Refusal && (error.status === 404 || error.status === 410);
      return gone ? 'gone' : 'lost';
    }
    const until = performance.now() + RESTART_MS;
    while (!signal.aborted && performance.now() < until) {
      await sleep(60, signal);
      const now = await pulseOf(pc);
      if (livelier(now, before)) return 'mended';
    }
    return 'lost';
  }

  private finish(state: 'refused' | 'replaced'): void {
    this.control = null;
    this.drop();
    this.enter(state);
  }

  private drop(): void {
    this.pc?.close();
    this.pc = null;
    this.whip = null;
    this.others.srcObject = null;
  }

  private enter(state: LineState): void {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

/** Makes an offer and begins to gather. A browser that takes no word of ours in its offer makes its own. */
async function offer(pc: RTCPeerConnection, options: RTCOfferOptions): Promise<void> {
  const own = await pc.createOffer(options);
  const ours = { type: own.type, sdp: withRetransmission(own.sdp ?? '') };
  await pc.setLocalDescription(ours).catch(() => pc.setLocalDescription(own));
}

/** A talk wants the shortest buffer that the line allows; the browser lengthens it as it must. */
function soon(receiver: RTCRtpReceiver): void {
  if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
}

/** Signs of life: packets of the others' sound, and answers to connectivity checks, by candidate pair. */
interface Pulse {
  packets: number;
  answers: Map<string, number>;
}

async function pulseOf(pc: RTCPeerConnection): Promise<Pulse> {
  const pulse: Pulse = { packets: 0, answers: new Map() };
  if (pc.connectionState === 'closed') return pulse;
  for (const report of (await pc.getStats()).values()) {
    const r = report as { id: string; type: string; packetsReceived?: number; responsesReceived?: number };
    if (r.type === 'inbound-rtp') pulse.packets += r.packetsReceived ?? 0;
    if (r.type === 'candidate-pair') pulse.answers.set(r.id, r.responsesReceived ?? 0);
  }
  return pulse;
}

function livelier(now: Pulse, before: Pulse): boolean {
  return now.packets > before.packets || [...now.answers].some(([id, n]) => n > (before.answers.get(id) ?? 0));
}
