// /plan: for those who plan. My conversations and one short form; with ?c=SLUG, one of them to edit and invite to.

import '../style/page.css';
import '../style/plan.css';
import { h, say, show } from '../dom/element';
import { Caller } from '../plan/call';
import { Editor } from '../plan/editor';
import { button } from '../plan/fields';
import { Form } from '../plan/form';
import type { Facts } from '../talk/events';
import { planWords as words } from '../words/plan';
import { language } from '../words/words';
import { masthead } from './boot';
import { cardWord, whenLine } from './phrases';

const page = document.getElementById('page') as HTMLElement;
const caller = new Caller(null);
const API = '/api/v1/conversations';
document.documentElement.lang = language;
const main = h('main', { class: 'plan' });
page.append(masthead(null), main);

function sentence(text: string): HTMLElement {
  return h('p', { class: 'said', role: 'status' }, text);
}

async function one(slug: string): Promise<void> {
  const api = `${API}/${encodeURIComponent(slug)}`;
  const answer = await caller.ask<Facts>('GET', api);
  if (!answer.ok) return main.replaceChildren(h('h1', {}, words.editing), sentence(words.failed(answer.detail)));
  const title = h('h1', {}, answer.body.title);
  const when = h('p', { class: 'when' });
  const tell = (facts: Facts) => {
    say(title, facts.title);
    say(when, `${cardWord(facts, Date.now())}. ${whenLine(facts, Date.now())}`);
    document.title = facts.title;
  };
  tell(answer.body);
  const links = h(
    'p',
    { class: 'row' },
    h('a', { class: 'button', href: `/c/${encodeURIComponent(slug)}` }, words.toPage),
    h('a', { class: 'button', href: '/plan' }, words.toPlan),
  );
  main.replaceChildren(title, when, links, new Editor(answer.body, api, null, tell).element);
}

function card(facts: Facts): HTMLElement {
  return h(
    'li',
    {},
    h(
      'a',
      { href: `/plan?c=${encodeURIComponent(facts.slug)}` },
      h('strong', {}, facts.title),
      h('span', { class: 'note' }, `${cardWord(facts, Date.now())}. ${whenLine(facts, Date.now())}`),
    ),
  );
}

async function all(): Promise<void> {
  document.title = words.mine;
  const list = h('ul', { class: 'mine' });
  const more = button(words.more, () => void read());
  let after = '';
  async function read(): Promise<string> {
    const answer = await caller.ask<{ conversations: Facts[]; next?: string }>(
      'GET',
      `/api/v1/me/conversations${after}`,
    );
    if (!answer.ok) return answer.status === 401 || answer.status === 403 ? words.needAccount : words.failed(answer.detail);
    list.append(...answer.body.conversations.map(card));
    after = `?after=${encodeURIComponent(answer.body.next ?? '')}`;
    show(more, answer.body.next !== undefined);
    return list.children.length ? '' : words.mineNone;
  }
  show(more, false);
  const said = sentence('');
  main.replaceChildren(h('h1', {}, words.mine), said, list, more);
  const text = await read();
  say(said, text);
  show(said, text !== '');
  if (text === '' || text === words.mineNone) main.append(creation());
}

function creation(): HTMLElement {
  const form = new Form(true);
  const said = sentence('');
  // A press that comes twice makes one.
  const key = crypto.randomUUID();
  const make = button(
    words.create,
    async () => {
      make.disabled = true;
      say(said, words.working);
      const answer = await caller.ask<Facts>('POST', API, form.value(), { 'idempotency-key': key });
      if (answer.ok) {
        location.assign(`/plan?c=${encodeURIComponent(answer.body.slug)}`);
        return;
      }
      make.disabled = false;
      say(said, words.failed(answer.detail));
    },
    'primary',
  );
  make.dataset.do = 'create';
  return h(
    'section',
    { class: 'sheet', 'aria-labelledby': 'plan-title' },
    h('h2', { id: 'plan-title' }, words.plan),
    form.element,
    said,
    h('div', { class: 'row' }, make),
  );
}

const slug = new URLSearchParams(location.search).get('c');
void (slug ? one(slug) : all());
