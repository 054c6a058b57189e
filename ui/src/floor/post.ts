// One act of taking part, sent to the server. The answer is null when it was taken, and otherwise the reason in words.

import { floorWords } from '../words/floor';

const WAIT_MS = 6000;

export interface Refused {
  status: number;
  detail: string;
}

export async function post(url: string, token: string, body?: unknown): Promise<Refused | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      // Without a token the session of who is signed in goes by itself.
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    if (answer.ok) return null;
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
    return { status: answer.status, detail: problem.detail ?? `${answer.status} ${answer.statusText}` };
  } catch {
    return { status: 0, detail: floorWords.offline };
  }
}
