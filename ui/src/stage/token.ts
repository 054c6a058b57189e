// The token of a speaker's link: taken from the address at once, so that a screenshot or a shared address does not give
// the stage away, and kept for this tab, so that a reload does not lose it.
//
// The claims are read only to greet somebody by name and to lay out the right buttons. Whether they are true is the
// server's to check, at every request.

import type { Role } from '../talk/events';

export interface Token {
  text: string;
  seat: string;
  name: string;
  role: Role;
  /** Seconds since 1970. */
  exp: number;
}

/** The claims of a JWT without checking its signature, or null if it is none for this conversation. */
export function readToken(text: string, slug: string): Token | null {
  const part = text.split('.')[1];
  if (!part) return null;
  try {
    const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (claims.conversation !== slug || typeof claims.sub !== 'string' || typeof claims.role !== 'string') return null;
    return {
      text,
      seat: claims.sub,
      name: typeof claims.name === 'string' ? claims.name : '',
      role: claims.role as Role,
      exp: Number(claims.exp) || 0,
    };
  } catch {
    return null;
  }
}

/** Keeps a token for this tab. */
export function keepToken(slug: string, text: string): Token | null {
  try {
    sessionStorage.setItem(`hustings-token-${slug}`, text);
  } catch {
    // Kept nowhere: a reload will need the link again.
  }
  return readToken(text, slug);
}

/** Takes one part out of the address's fragment, which then shows nothing of it. */
function taken(name: string): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get(name);
  if (given) history.replaceState(history.state, '', location.pathname + location.search);
  return given;
}

/** Takes the secret of an invitation out of the address (`#i=…`). */
export function takeSecret(): string | null {
  return taken('i');
}

/** Takes the token out of the address (`#t=…`), or finds the one that this tab has kept. A listener's opens no stage. */
export function takeToken(slug: string): Token | null {
  const given = taken('t');
  if (given) return keepToken(slug, given);
  try {
    const kept = sessionStorage.getItem(`hustings-token-${slug}`);
    return kept ? readToken(kept, slug) : null;
  } catch {
    return null;
  }
}
