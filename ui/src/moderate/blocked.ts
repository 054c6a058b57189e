// Names whose lines somebody does not want to read: kept on the account of who is signed in, else in this browser.
//
// A name is all that a line tells of its author, so it is what can be blocked. Absent: telling anybody.

const KEY = 'hustings.blocked';
/** As many as the server keeps. */
const MAX = 190;

export class Blocked extends EventTarget {
  private names = new Set<string>();

  constructor(private readonly signedIn: boolean) {
    super();
    this.names = new Set(signedIn ? [] : here());
    if (signedIn) void this.read();
  }

  get all(): string[] {
    return [...this.names].sort();
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** Adds a name or takes it off, at once for this page; why it was not kept, else null. */
  async set(name: string, blocked: boolean): Promise<string | null> {
    const names = new Set(this.names);
    if (blocked) names.add(name);
    else names.delete(name);
    this.names = new Set([...names].slice(-MAX));
    this.dispatchEvent(new Event('change'));
    if (this.signedIn) return this.write();
    try {
      localStorage.setItem(KEY, JSON.stringify(this.all));
    } catch {
      // Until this page is closed, then.
    }
    return null;
  }

  private async read(): Promise<void> {
    try {
      const answer = await fetch('/api/v1/me/blocked', { cache: 'no-store' });
      if (!answer.ok) return;
      this.names = new Set(((await answer.json()) as { names: string[] }).names);
      this.dispatchEvent(new Event('change'));
    } catch {
      // Nothing is hidden, then.
    }
  }

  private async write(): Promise<string | null> {
    try {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ names: this.all });
      const answer = await fetch('/api/v1/me/blocked', { method: 'PUT', headers, body });
      if (answer.ok) return null;
      return ((await answer.json().catch(() => ({}))) as { detail?: string }).detail ?? String(answer.status);
    } catch {
      return '';
    }
  }
}

function here(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((name): name is string => typeof name === 'string').slice(-MAX) : [];
  } catch {
    return [];
  }
}
