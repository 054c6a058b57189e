// What the producer's desk asks of the server. The answer is a value, or the reason in words why there is none.
//
// A file is sent as it is; what it is, the server finds out. Who is signed in and has no token is known by their session.

import { productionWords as words } from '../words/production';

export type Answer<T> = { ok: true; body: T } | { ok: false; detail: string };

const WAIT_MS = 10_000;
/** A large file on a slow line, and a place in the queue of those that are opened. */
const FILE_WAIT_MS = 360_000;

export async function send<T = unknown>(
  method: string,
  path: string,
  token: string | null,
  body?: unknown,
): Promise<Answer<T>> {
  const file = body instanceof Blob;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = file ? 'application/octet-stream' : 'application/json';
  const init: RequestInit = { method, headers, cache: 'no-store', credentials: 'same-origin' };
  if (body !== undefined) init.body = file ? body : JSON.stringify(body);
  try {
    const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(file ? FILE_WAIT_MS : WAIT_MS) });
    const said = (await answer.json().catch(() => ({}))) as { detail?: string };
    if (answer.ok) return { ok: true, body: said as T };
    return { ok: false, detail: said.detail ?? `${answer.status} ${answer.statusText}` };
  } catch {
    return { ok: false, detail: words.offline };
  }
}
