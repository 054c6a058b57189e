// What somebody on stage asks of the server beside sending sound: start, hold, resume, end, and being muted.
//
// The answer is null when it was done, and otherwise the reason in words. What has changed comes back as an event.

import type { Role } from '../talk/events';
import { words } from '../words/words';

export type SeatOrder =
  | {
      order:
        | 'bring_up'
        | 'send_down'
        | 'mute'
        | 'ask_to_unmute'
        | 'remove'
        | 'ban'
        | 'pardon'
        | 'lower_hand';
    }
  | { order: 'appoint'; role: Role }
  | { order: 'place_hand'; at: number }
  | { order: 'give_turn'; seconds: number };

export interface StageRules {
  locked?: boolean;
  hands_open?: boolean;
  mute_all?: boolean;
  end_turn?: boolean;
}

const WAIT_MS = 6000;

async function post(url: string, token: string, body: unknown): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      // Without a token the session of who is signed in goes by itself.
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    if (answer.ok) return null;
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? `${answer.status} ${answer.statusText}`;
  } catch {
    return words.offline;
  }
}

export function command(api: string, what: 'start' | 'hold' | 'resume' | 'end', token: string): Promise<string | null> {
  return post(`${api}/${what}`, token, {});
}

/** Decides about one seat. */
export function decide(api: string, seat: string, order: SeatOrder, token: string): Promise<string | null> {
  return post(`${api}/stage/seats/${encodeURIComponent(seat)}`, token, order);
}

/** Changes what holds for the whole stage. */
export function rule(api: string, rules: StageRules, token: string): Promise<string | null> {
  return post(`${api}/stage`, token, rules);
}

export function raiseHand(api: string, raised: boolean, token: string): Promise<string | null> {
  return post(`${api}/stage/hand`, token, { raised });
}

/** Says that this device has stopped capturing, or captures again. */
export function tellInterrupted(api: string, interrupted: boolean, token: string): Promise<string | null> {
  return post(`${api}/stage/me`, token, { interrupted });
}

/** Says on the roster whether one's own microphone is off. The track itself is silenced here, whatever comes back. */
export function tellMuted(api: string, muted: boolean, token: string): Promise<string | null> {
  return post(`${api}/stage/me`, token, { muted });
}
