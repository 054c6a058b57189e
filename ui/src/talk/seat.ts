// A listener's seat: a name and a token for this conversation, without an account.
//
// It is asked for once, when somebody first wants to take part, and kept for this tab. Who came with a link that holds a
// listener's token has one already. Absent: any use of the name other than to show it beside what is written.

import { type Token, readToken } from '../stage/token';

export interface Seat {
  token: string;
  seat: string;
  name: string;
}

const WAIT_MS = 6000;

function kept(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** The seat that this tab has, if it still holds. */
export function seatOf(slug: string, now = Date.now()): Seat | null {
  for (const key of [`hustings-seat-${slug}`, `hustings-token-${slug}`]) {
    const text = kept(key);
    const token = text ? readToken(text, slug) : null;
    if (token && token.exp * 1000 > now) return { token: token.text, seat: token.seat, name: token.name };
  }
  return null;
}

/** Asks for a seat, and keeps its token under this key. A text is why there is none; empty, when nothing was heard. */
async function ask(api: string, body: object, key: string): Promise<Seat | string> {
  try {
    const answer = await fetch(`${api}/seats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    const said = (await answer.json().catch(() => ({}))) as Partial<Seat> & { detail?: string };
    if (!answer.ok || typeof said.token !== 'string') return said.detail ?? `${answer.status} ${answer.statusText}`;
    try {
      sessionStorage.setItem(key, said.token);
    } catch {
      // Kept nowhere: a reload asks again.
    }
    return { token: said.token, seat: said.seat ?? '', name: said.name ?? '' };
  } catch {
    return '';
  }
}

/** Asks for a seat under this name. A text is why there is none. */
export async function takeSeat(api: string, slug: string, name: string, offline: string): Promise<Seat | string> {
  const taken = await ask(api, { name }, `hustings-seat-${slug}`);
  return taken === '' ? offline : taken;
}

/** The seat of whoever is signed in, in the role that they have here; null for everybody else. */
export async function seatOfAccount(api: string, slug: string): Promise<Token | null> {
  // Kept for this tab, as a link's token is.
  const taken = await ask(api, {}, `hustings-token-${slug}`);
  return typeof taken === 'string' ? null : readToken(taken.token, slug);
}

/** The seat no longer holds: it is forgotten, so that the name is asked for again. */
export function leaveSeat(slug: string): void {
  try {
    sessionStorage.removeItem(`hustings-seat-${slug}`);
    sessionStorage.removeItem(`hustings-token-${slug}`);
  } catch {
    // Nothing was kept.
  }
}
