// The API of accounts, asked from our own pages: the cookie goes by itself, and a refusal comes back as its sentence.

export interface Account {
  id: string;
  handle: string;
  name: string;
  role: 'member' | 'host' | 'moderator' | 'operator';
  affiliation?: string;
  interests?: string;
  created_ms: number;
  suspended?: { since_ms: number; reason: string };
  has_password?: boolean;
}

/** A refusal: `message` is the server's sentence, `status` is 0 where none came. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Asks, and throws a Refusal for whatever is not well. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      cache: 'no-store',
    });
  } catch {
    throw new Refusal('', 0);
  }
  const text = await answer.text();
  let said: unknown;
  try {
    said = text ? JSON.parse(text) : undefined;
  } catch {
    throw new Refusal('', answer.status);
  }
  if (!answer.ok) throw new Refusal((said as { detail?: string })?.detail ?? '', answer.status);
  return said as T;
}
