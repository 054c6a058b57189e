// /account: signing in, and one's own account.
//
// A link's secret is in the fragment, which no server sees; it leaves the address at once, so that it is in no history.
import '../style/page.css';
import '../account/account.css';
import { type Account, ask } from '../account/api';
import { mine } from '../account/mine';
import { nextOf } from '../account/next';
import { byLink, signIn } from '../account/signin';
import { said } from '../account/words';
import { h } from '../dom/element';
import { language, words } from '../words/words';
import { masthead, SIGNED_IN } from './boot';

const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;
document.title = `${said.title} – ${words.brand}`;

const secret = new URLSearchParams(location.hash.slice(1)).get('link');
if (secret) history.replaceState(null, '', location.pathname + location.search);

const main = h('main', {});
page.append(masthead(null), main);

function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(SIGNED_IN, '1');
    else localStorage.removeItem(SIGNED_IN);
  } catch {
    // Only the head of other pages would have known it.
  }
}

function head(): void {
  page.querySelector('.masthead')?.replaceWith(masthead(null));
}

function inside(account: Account): void {
  remember(true);
  main.replaceChildren(mine(account, outside));
  head();
}

function done(account: Account): void {
  const next = nextOf(location.search, location.origin);
  if (next) {
    remember(true);
    location.assign(next);
  } else inside(account);
}

function outside(): void {
  remember(false);
  main.replaceChildren(signIn(done));
  head();
}

async function begin(): Promise<void> {
  if (secret) {
    main.replaceChildren(byLink(secret, done));
    return;
  }
  const { account } = await ask<{ account?: Account }>('GET', '/me');
  if (account) inside(account);
  else outside();
}

begin().catch(() => main.replaceChildren(h('div', { class: 'desk' }, h('h1', {}, said.title), h('p', {}, said.noAnswer))));
