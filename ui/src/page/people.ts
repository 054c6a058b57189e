// /people: accounts and the log of acts, for operators.
import '../style/page.css';
import '../account/account.css';
import { type Account, ask } from '../account/api';
import { said } from '../account/words';
import { h } from '../dom/element';
import { log } from '../people/log';
import { people } from '../people/people';
import { language, words } from '../words/words';
import { masthead } from './boot';

const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;
document.title = `${said.peopleTitle} – ${words.brand}`;
const main = h('main', {});
page.append(masthead(null), main);

async function begin(): Promise<void> {
  const { account } = await ask<{ account?: Account }>('GET', '/me');
  if (account?.role !== 'operator') {
    const way = h('a', { class: 'button', href: '/account?next=/people' }, said.signInTitle);
    const told = h('p', { class: 'lead' }, said.notOperator);
    main.replaceChildren(h('div', { class: 'desk' }, h('h1', {}, said.peopleTitle), told, h('div', { class: 'actions' }, way)));
    return;
  }
  const acts = log();
  const found = people(account, () => acts.read());
  main.replaceChildren(h('div', { class: 'desk wide' }, h('h1', {}, said.peopleTitle), found, acts.element));
}

begin().catch(() => main.replaceChildren(h('div', { class: 'desk' }, h('h1', {}, said.peopleTitle), h('p', {}, said.noAnswer))));
