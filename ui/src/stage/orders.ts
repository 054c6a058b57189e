// What somebody on stage asks of the server beside sending sound: start, hold, resume, end, and being muted.
//
// The answer is null when it was done, and otherwise the reason in words. What has changed comes back as an event.

import { words } from '../words/words';

const WAIT_MS = 6000;

async function post(url: string, token: string, body: unknown): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
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

/** Says on the roster whether one's own microphone is off. The track itself is silenced here, whatever comes back. */
export function tellMuted(api: string, muted: boolean, token: string): Promise<string | null> {
  return post(`${api}/stage/me`, token, { muted });
}
