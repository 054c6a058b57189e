// What the stage says about itself in each of its states. Pure: states in, one sentence out.

import { heldReason, phaseName, type Phase } from '../talk/events';
import { words } from '../words/words';
import type { Advice } from './advice';
import type { MicTrouble } from './microphone';
import type { Token } from './token';
import type { Refusal } from './whip';

export type StageState =
  | 'invited'
  | 'away'
  | 'check'
  | 'joining'
  | 'on'
  | 'restoring'
  | 'left'
  | 'refused'
  | 'replaced'
  | 'over';

export function greeting(token: Token): string {
  const name = token.name || words.guest;
  if (token.role === 'host') return words.invitedHost(name);
  if (token.role === 'cohost') return words.invitedCoHost(name);
  return token.role === 'producer' ? words.invitedProducer(name) : words.invited(name);
}

export function refusalSentence(refusal: Refusal | null): string {
  switch (refusal?.status) {
    case 401:
      return words.tokenExpired;
    case 403:
      return refusal.detail ? words.refused(refusal.detail) : words.tokenRefused;
    case 404:
    case 409:
    case 410:
      return refusal.detail ? words.refused(refusal.detail) : words.notOpen;
    default:
      return words.refused(refusal?.detail ?? '');
  }
}

export function onStageSentence(phase: Phase, muted: boolean): string {
  if (muted) return words.mutedNow;
  if (heldReason(phase) === 'break') return words.onBreak;
  return phaseName(phase) === 'lobby' ? words.onLobby : words.onAir;
}

export function adviceSentence(advice: Advice): string {
  const said: Record<Advice, string> = {
    listening: words.sayIt,
    clips: words.clips,
    silent: words.silent,
    quiet: words.quiet,
    noisy: words.noisy,
    good: words.good,
  };
  return said[advice];
}

export function troubleSentence(trouble: MicTrouble): string {
  const said: Record<MicTrouble, string> = {
    denied: words.micDenied,
    none: words.micNone,
    busy: words.micBusy,
    insecure: words.micInsecure,
    interrupted: words.micInterrupted,
  };
  return said[trouble];
}
