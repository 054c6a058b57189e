// API keys and webhooks of one's own account: for programs that ask or are told on its owner's behalf.
//
// Secrets are shown once, in a field that can be copied from, and are kept nowhere on the page.
import './programs.css';
import { h, say } from '../dom/element';
import { keysWords as said } from '../words/keys';
import { dayAndTime } from '../words/words';
import { type Account, ask, Refusal } from './api';
import { button, field, form, once, sentence } from './form';

interface ApiKey {
  id: string;
  name: string;
  scopes: string[];
  created_ms: number;
  expires_ms?: number;
  used_ms?: number;
}
interface Webhook {
  id: string;
  site: boolean;
  url: string;
  events: string[];
  waiting: number;
}
interface Delivery {
  state: string;
  answer?: string;
}

const DAYS = [30, 90, 365];

/** Boxes to tick, under one heading. */
function boxes(legend: string, labels: Record<string, string>, names: string[]) {
  const all = names.map((name) => ({ name, box: h('input', { type: 'checkbox' }) }));
  const rows = all.map(({ name, box }) => h('label', { class: 'tick' }, box, h('span', {}, labels[name] ?? name)));
  const row = h('fieldset', { class: 'ticks' }, h('legend', {}, legend), ...rows);
  return { row, ticked: () => all.filter(({ box }) => box.checked).map(({ name }) => name) };
}

/** A place for a secret that is shown once. */
function secretBox(label: string) {
  const shown = field(label, { readonly: true, autocomplete: 'off', spellcheck: 'false' });
  shown.row.hidden = true;
  shown.input.addEventListener('focus', () => shown.input.select());
  const show = (secret: string) => {
    shown.input.value = secret;
    shown.row.hidden = false;
    shown.input.focus();
  };
  return { row: shown.row, show };
}

/** Keys and webhooks, closed until somebody wants them: few do. */
export function programs(account: Account): HTMLElement {
  const inner = h('div', {});
  const details = h('details', {}, h('summary', {}, h('h2', {}, said.title)), inner);
  details.addEventListener(
    'toggle',
    () => {
      inner.replaceChildren(h('p', { class: 'help' }, said.help), keys(account), hooks());
    },
    { once: true },
  );
  return h('section', {}, details);
}

function keys(account: Account): HTMLElement {
  const list = h('ul', { class: 'rows' });
  const none = h('p', { hidden: true }, said.none);
  const told = sentence();
  const read = async () => {
    const { keys: all } = await ask<{ keys: ApiKey[] }>('GET', '/me/keys');
    none.hidden = all.length > 0;
    list.hidden = all.length === 0;
    list.replaceChildren(...all.map(row));
  };
  const row = (one: ApiKey): HTMLElement => {
    const press = button(said.revoke, 'plain', 'button');
    press.setAttribute('aria-label', `${said.revoke}: ${one.name}`);
    const go = async () => {
      await ask('DELETE', `/me/keys/${encodeURIComponent(one.id)}`);
      await read();
      return said.revoked;
    };
    press.addEventListener('click', () => void once(press, told, go));
    const over = one.expires_ms !== undefined && one.expires_ms <= Date.now();
    const end = one.expires_ms === undefined ? '' : (over ? said.ended : said.until)(dayAndTime(one.expires_ms));
    const use = one.used_ms === undefined ? said.unused : said.used(dayAndTime(one.used_ms));
    const facts = [said.created(dayAndTime(one.created_ms)), use, end].filter(Boolean).join(', ');
    const what = one.scopes.map((scope) => said.scope[scope] ?? scope).join('; ');
    const text = h('div', {}, h('strong', {}, one.name), h('p', { class: 'help' }, what), h('p', { class: 'help' }, facts));
    return h('li', { class: 'line' }, text, press);
  };
  const name = field(said.name, { maxlength: '60', autocomplete: 'off' }, said.nameHelp);
  const operator = account.role === 'operator';
  const scopes = boxes(
    said.scopes,
    said.scope,
    Object.keys(said.scope).filter((scope) => operator || !scope.startsWith('people:')),
  );
  const choice = h(
    'select',
    { id: 'key-ends' },
    h('option', { value: '' }, said.never),
    ...DAYS.map((n) => h('option', { value: String(n) }, said.days(n))),
  );
  const ends = h('div', { class: 'field' }, h('label', { for: 'key-ends' }, said.ends), choice);
  const secret = secretBox(said.secret);
  const make = form([name.row, scopes.row, ends], button(said.make), async () => {
    const wanted = scopes.ticked();
    if (wanted.length === 0) throw new Refusal(said.tick.replace(/\.$/, ''), 422);
    const days = Number(choice.value);
    const body = { name: name.input.value, scopes: wanted, expires_s: days ? days * 86400 : null };
    const made = await ask<{ secret: string }>('POST', '/me/keys', body);
    secret.show(made.secret);
    name.input.value = '';
    await read();
    return said.made;
  });
  void read().catch(() => say(told, ''));
  return h('div', {}, none, list, told, make, secret.row);
}

function hooks(): HTMLElement {
  const list = h('ul', { class: 'rows' });
  const none = h('p', { hidden: true }, said.noHooks);
  const told = sentence();
  const read = async () => {
    const { webhooks: all } = await ask<{ webhooks: Webhook[] }>('GET', '/webhooks');
    none.hidden = all.length > 0;
    list.hidden = all.length === 0;
    list.replaceChildren(...(await Promise.all(all.map(row))));
  };
  const row = async (one: Webhook): Promise<HTMLElement> => {
    const path = `/webhooks/${encodeURIComponent(one.id)}`;
    const { deliveries } = await ask<{ deliveries: Delivery[] }>('GET', `${path}/deliveries`);
    const press = (label: string, method: string, where: string, done: string) => {
      const made = button(label, 'plain', 'button');
      made.setAttribute('aria-label', `${label}: ${one.url}`);
      const go = async () => {
        await ask(method, where);
        await read();
        return done;
      };
      made.addEventListener('click', () => void once(made, told, go));
      return made;
    };
    const last = deliveries[0];
    const facts = [
      one.site ? said.ofSite : '',
      one.waiting ? said.waiting(one.waiting) : '',
      last ? said.last(said.states[last.state] ?? last.state, last.answer ?? '') : '',
    ];
    const what = one.events.map((event) => said.event[event] ?? event).join(', ');
    return h(
      'li',
      { class: 'line' },
      h(
        'div',
        {},
        h('strong', {}, one.url),
        h('p', { class: 'help' }, what),
        h('p', { class: 'help' }, facts.filter(Boolean).join(', ')),
      ),
      press(said.test, 'POST', `${path}/test`, said.tested),
      press(said.remove, 'DELETE', path, said.removed),
    );
  };
  const url = field(said.url, { type: 'url', maxlength: '2000', autocomplete: 'off', placeholder: 'https://' }, said.urlHelp);
  const events = boxes(said.events, said.event, Object.keys(said.event));
  const secret = secretBox(said.hookSecret);
  const make = form([url.row, events.row], button(said.makeHook), async () => {
    const wanted = events.ticked();
    if (wanted.length === 0) throw new Refusal(said.tickHook.replace(/\.$/, ''), 422);
    const made = await ask<{ secret: string }>('POST', '/webhooks', { url: url.input.value, events: wanted });
    secret.show(made.secret);
    url.input.value = '';
    await read();
    return said.madeHook;
  });
  void read().catch(() => say(told, ''));
  return h('div', {}, h('h3', {}, said.hooks), h('p', { class: 'help' }, said.hooksHelp), none, list, told, make, secret.row);
}
