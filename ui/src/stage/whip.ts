// WHIP (RFC 9725) as HTTP: a session is made by POST, changed by PATCH, ended by DELETE.
//
// Every request has a bound in time: a network that has changed under us answers nothing at all, and waiting for TCP to
// notice takes minutes. Refusals are values with the server's own words. Absent: WebRTC; this file only carries texts.

const POST_MS = 6000;
const PATCH_MS = 2000;

/** The server said no, and asking again in the same way will not help. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(`${status} ${detail}`);
  }
}

/** Statuses that mean "not now": worth another try. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

async function refusal(answer: Response): Promise<Refusal | Error> {
  if (PASSING.has(answer.status)) return new Error(`status ${answer.status}`);
  let detail = answer.statusText;
  try {
    const problem = (await answer.json()) as { detail?: string; title?: string };
    detail = problem.detail ?? problem.title ?? detail;
  } catch {
    // Not problem+json: the status line is all there is.
  }
  return new Refusal(answer.status, detail);
}

export class Whip {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly answer: string,
    readonly link: string | null,
    private tag: string | null,
  ) {}

  /** Offers; resolves with the session, or throws a Refusal (final) or another error (passing). */
  static async post(endpoint: string, token: string, offer: string): Promise<Whip> {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
      body: offer,
      signal: AbortSignal.timeout(POST_MS),
    });
    if (answer.status !== 201) throw await refusal(answer);
    const place = new URL(answer.headers.get('location') ?? '', answer.url || new URL(endpoint, location.href)).href;
    return new Whip(place, token, await answer.text(), answer.headers.get('link'), answer.headers.get('etag'));
  }

  /** Sends candidates of the running ICE session. Losing one is no harm: the server sees where packets come from. */
  async trickle(fragment: string): Promise<void> {
    const answer = await this.patch(fragment, this.tag);
    if (!answer.ok) throw await refusal(answer);
  }

  /** Restarts ICE; resolves with the server's fragment. */
  async restart(fragment: string): Promise<string> {
    const answer = await this.patch(fragment, '*');
    if (answer.status !== 200) throw await refusal(answer);
    this.tag = answer.headers.get('etag') ?? this.tag;
    return answer.text();
  }

  /** Leaves. Works while the page is being closed. */
  async end(): Promise<void> {
    await fetch(this.url, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${this.token}` },
      keepalive: true,
    }).catch(() => undefined);
  }

  private patch(body: string, tag: string | null): Promise<Response> {
    const headers: Record<string, string> = {
      'content-type': 'application/trickle-ice-sdpfrag',
      authorization: `Bearer ${this.token}`,
    };
    if (tag) headers['if-match'] = tag;
    return fetch(this.url, { method: 'PATCH', headers, body, signal: AbortSignal.timeout(PATCH_MS) });
  }
}
