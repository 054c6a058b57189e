// Asking the API, as whoever has a token or a session: an answer, or a sentence that says why not.
//
// Without a token the browser sends the session's cookie, for this site's own requests alone. Absent: trying again by itself,
// because what changes something is the person's to repeat.

import { planWords as words } from '../words/plan';

export interface Refused {
  ok: false;
  status: number;
  detail: string;
  /** What it is now, where somebody else was quicker. */
  current?: unknown;
}

export interface Done<T> {
  ok: true;
  body: T;
}

export class Caller {
  constructor(private readonly token: string | null) {}

  async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Done<T> | Refused> {
    const headers: Record<string, string> = { accept: 'application/json', ...more };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init: RequestInit = { method, headers, cache: 'no-store', credentials: 'same-origin' };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      const answer = await fetch(path, init);
      const read = (await answer.json().catch(() => ({}))) as { detail?: string; current?: unknown };
      if (answer.ok) return { ok: true, body: read as T };
      const refused: Refused = { ok: false, status: answer.status, detail: read.detail ?? String(answer.status) };
      if (read.current) refused.current = read.current;
      return refused;
    } catch {
      return { ok: false, status: 0, detail: words.offline };
    }
  }
}
