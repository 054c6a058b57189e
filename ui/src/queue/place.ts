// What this browser keeps of its seat or its place: a secret of its own, and what the gate has given.
//
// It survives the page, so that who closes it loses nothing. Without storage it lasts as long as the page does.

export interface Kept {
  /** By which the gate knows us again. */
  secret: string;
  place?: string | undefined;
  /** The first text of the place: the lottery knows it by that. */
  first?: string | undefined;
  ticket?: string | undefined;
}

const key = (slug: string) => `hustings.seat.${slug}`;

export function recall(slug: string): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(key(slug)) ?? 'null') as Kept | null;
    if (typeof kept?.secret === 'string') return kept;
  } catch {
    // Whatever it was, it is no seat.
  }
  return { secret: drawSecret() };
}

export function keep(slug: string, kept: Kept): void {
  try {
    localStorage.setItem(key(slug), JSON.stringify(kept));
  } catch {
    // It lasts as long as the page.
  }
}

function drawSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The query that shows a ticket. */
export function passOf(ticket: string, secret: string): string {
  return `ticket=${encodeURIComponent(ticket)}&secret=${encodeURIComponent(secret)}`;
}

/** How long to wait before looking again: anything up to what the server said (full jitter), at least a second. */
export function pollAfterMs(pollS: number, random: () => number = Math.random): number {
  const most = Number.isFinite(pollS) ? Math.min(Math.max(pollS, 1), 600) : 30;
  return 1000 + random() * (most * 1000 - 1000);
}

/** The longest to wait before looking again: until our turn as the queue moves now, 4 s at least, no longer than everybody. */
export function asksWithinS(pollS: number, ahead: number, perSecond: number): number {
  if (!(perSecond > 0.001)) return pollS;
  return Math.min(Math.max(ahead / perSecond, 4), pollS);
}

/** Seconds until it is our turn, and between which they lie, as the queue moves now; null while it stands still. */
export function expectedS(ahead: number, perSecond: number): [number, number, number] | null {
  if (!(perSecond > 0.001)) return null;
  const about = ahead / perSecond;
  return [about / 1.5, about, about * 2];
}
