// /cases: the moderators' desk; for everybody what was decided about them, and their appeal.
//
// A ruling's link carries its secret in the fragment, which no server sees; it leaves the address at once.
import '../style/page.css';
import '../account/account.css';
import { type Account, ask } from '../account/api';
import { desk } from '../cases/desk';
import { byLink, mine } from '../cases/mine';
import { h } from '../dom/element';
import { casesWords } from '../words/cases';
import { language, words } from '../words/words';
import { masthead } from './boot';

const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;
document.title = `${casesWords.title} – ${words.brand}`;

const secret = new URLSearchParams(location.hash.slice(1)).get('ruling');
if (secret) history.replaceState(null, '', location.pathname + location.search);

const main = h('main', {});
page.append(masthead(null), main);

function show(...children: (Node | string)[]): void {
  main.replaceChildren(h('div', { class: 'desk wide' }, ...children));
}

async function begin(): Promise<void> {
  if (secret) return show(h('h1', {}, casesWords.mine), await byLink(secret));
  const { account } = await ask<{ account?: Account }>('GET', '/me');
  if (!account) {
    const way = h('a', { class: 'button', href: '/account?next=/cases' }, casesWords.signIn);
    return show(h('h1', {}, casesWords.title), h('p', { class: 'lead' }, casesWords.notModerator), h('div', { class: 'actions' }, way));
  }
  if (account.role === 'moderator' || account.role === 'operator') return show(h('h1', {}, casesWords.title), desk());
  show(h('h1', {}, casesWords.mine), await mine());
}

begin().catch(() => show(h('h1', {}, casesWords.title), h('p', {}, casesWords.noAnswer)));
