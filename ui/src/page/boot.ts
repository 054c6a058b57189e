// What the server put into the document, so that the first picture needs no further question.
//
// A document without it (or with something else in it) is a page that says so, not a page that fails.

import { install } from '../app/install';
import { h, say } from '../dom/element';
import { keepFocus } from '../dom/focus';
import { words } from '../words/words';

/** The JSON of `<script id="boot">`, or null. */
export function boot<T>(): T | null {
  try {
    return JSON.parse(document.getElementById('boot')?.textContent ?? 'null') as T | null;
  } catch {
    return null;
  }
}

/** The head of every page. */
export function masthead(aside: Node | null): HTMLElement {
  install();
  keepFocus();
  const right = h('div', { class: 'right' }, aside, accountLink());
  return h('header', { class: 'masthead' }, h('a', { class: 'wordmark', href: '/' }, words.brand), right);
}

/** Where a browser remembers that somebody signed in here: the others, who are most, need not ask the server. */
export const SIGNED_IN = 'hustings.signed-in';

/** The way to one's account: "Sign in", or one's name. */
function accountLink(): HTMLElement {
  const link = h('a', { class: 'account', href: '/account' }, words.signIn);
  void whoAmI().then((name) => {
    if (name) say(link, name);
  });
  return link;
}

async function whoAmI(): Promise<string | null> {
  try {
    if (!localStorage.getItem(SIGNED_IN)) return null;
    const answer = await fetch('/api/v1/me', { headers: { accept: 'application/json' } });
    if (!answer.ok) return null;
    const { account } = (await answer.json()) as { account?: { name: string } };
    if (!account) localStorage.removeItem(SIGNED_IN);
    return account?.name ?? null;
  } catch {
    // Without storage or network it stays "Sign in", which leads to the same page.
    return null;
  }
}
