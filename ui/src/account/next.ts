// Where to go after signing in: a path of this site, or nowhere.

/** The path in `?next=`, if it begins with exactly one slash and stays here. */
export function nextOf(search: string, origin: string): string | null {
  const next = new URLSearchParams(search).get('next');
  // A second slash, or a backslash that browsers read as one, would lead to another host.
  if (!next || !/^\/(?![/\\])/.test(next) || /[\\\p{Cc}]/u.test(next)) return null;
  const to = URL.parse?.(next, origin) ?? new URL(next, origin);
  return to.origin === origin ? to.pathname + to.search + to.hash : null;
}
