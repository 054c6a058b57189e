// A listener's own seat: a name, and a token that this tab keeps, so that one can ask to speak and take part.
//
// It is asked for once, when it is first needed. Absent: accounts; who is signed in gets the seat of their account.

import { type Token, readToken } from '../stage/token';
import { words } from '../words/words';

const WAIT_MS = 6000;
const key = (slug: string) => `hustings-seat-${slug}`;
const NAME = 'hustings-name';

function kept(name: string): string | null {
  try {
    return sessionStorage.getItem(name) ?? null;
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Kept nowhere: after a reload it is asked for again.
  }
}

/** The seat that this tab has already, if its token holds still. */
export function seatHere(slug: string): Token | null {
  const text = kept(key(slug));
  const token = text ? readToken(text, slug) : null;
  return token && token.exp * 1000 > Date.now() ? token : null;
}

/** The name that was given last. */
export function nameHere(): string {
  return kept(NAME) ?? '';
}

/** Takes a seat under a name. The answer is a token, or why there is none. */
export async function takeSeat(api: string, slug: string, name: string): Promise<Token | string> {
  try {
    const answer = await fetch(`${api}/seats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    const said = (await answer.json().catch(() => ({}))) as { token?: string; detail?: string; title?: string };
    if (!answer.ok) return said.detail ?? said.title ?? `${answer.status} ${answer.statusText}`;
    const token = readToken(said.token ?? '', slug);
    if (!token) return words.offline;
    keep(key(slug), token.text);
    keep(NAME, name);
    return token;
  } catch {
    return words.offline;
  }
}
