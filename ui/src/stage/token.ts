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

/** Takes the token out of the address (`#t=…`), or finds the one that this tab has kept. */
export function takeToken(slug: string): Token | null {
  const key = `hustings-token-${slug}`;
  const given = new URLSearchParams(location.hash.slice(1)).get('t');
  if (given) {
    history.replaceState(history.state, '', location.pathname + location.search);
    try {
      sessionStorage.setItem(key, given);
    } catch {
      // Kept nowhere: a reload will need the link again.
    }
  }
  let text = given;
  try {
    text ??= sessionStorage.getItem(key);
  } catch {
    // As above.
  }
  const token = text ? readToken(text, slug) : null;
  return token && token.role !== 'listener' ? token : null;
}
