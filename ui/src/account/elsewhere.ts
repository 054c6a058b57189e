// Signing in at an organisation, and the list of what one signs in by there.
//
// The server says where to go, and the browser goes; it comes back to /account, with the name of what happened in the fragment
// if it was not a plain sign-in.
import { h, say } from '../dom/element';
import { boot } from '../page/boot';
import { dayAndTime } from '../words/words';
import { ask } from './api';
import { button, once, sentence } from './form';
import { nextOf } from './next';
import { said } from './words';

export interface Provider {
  id: string;
  name: string;
}
interface Identity {
  id: string;
  provider: string;
  email?: string;
  created_ms: number;
  used_ms?: number;
}

async function leave(path: string, body: unknown): Promise<string> {
  const { location: to } = await ask<{ location: string }>('POST', path, body);
  location.assign(to);
  return said.leaving;
}

/** A button that leads to a provider. */
export function atProvider({ id, name }: Provider): HTMLElement {
  const told = sentence();
  const press = button(said.byProvider(name), 'primary', 'button');
  const next = nextOf(location.search, location.origin);
  press.addEventListener('click', () => void once(press, told, () => leave('/sign-in/oidc', next ? { provider: id, next } : { provider: id })));
  return h('div', {}, h('div', { class: 'actions' }, press), told);
}

/** What the fragment says of how somebody came back, in a sentence. */
export function came(fragment: string): string {
  const why = new URLSearchParams(fragment.slice(1)).get('oidc');
  return why ? (said.came[why] ?? said.came.wrong ?? '') : '';
}

/** What one signs in by elsewhere; nothing where nobody can. */
export function identities(): HTMLElement | null {
  const providers = boot<{ providers?: Provider[] }>()?.providers ?? [];
  const list = h('ul', { class: 'rows' });
  const none = h('p', { hidden: true }, said.noIdentities);
  const told = sentence();
  const read = async () => {
    const { identities: all } = await ask<{ identities: Identity[] }>('GET', '/me/identities');
    none.hidden = all.length > 0;
    list.hidden = all.length === 0;
    list.replaceChildren(...all.map(row));
    // Where no provider is left there may still be something to remove.
    section.hidden = providers.length === 0 && all.length === 0;
  };
  const row = (one: Identity): HTMLElement => {
    const remove = button(said.remove, 'plain', 'button');
    remove.setAttribute('aria-label', `${said.remove}: ${one.provider}`);
    const go = async () => {
      await ask('DELETE', `/me/identities/${encodeURIComponent(one.id)}`);
      await read();
      return said.identityRemoved;
    };
    remove.addEventListener('click', () => void once(remove, told, go));
    const facts = [one.email ?? '', said.added(dayAndTime(one.created_ms)), one.used_ms ? said.used(dayAndTime(one.used_ms)) : ''];
    return h('li', { class: 'line' }, h('div', {}, h('strong', {}, one.provider), h('p', { class: 'help' }, facts.filter(Boolean).join(', '))), remove);
  };
  const links = providers.map(({ id, name }) => {
    const press = button(said.linkProvider(name), 'plain', 'button');
    press.addEventListener('click', () => void once(press, told, () => leave('/me/identities', { provider: id })));
    return press;
  });
  const back = came(location.hash);
  if (back) say(told, back);
  void read().catch(() => say(told, said.noAnswer));
  const section = h('section', {}, h('h2', {}, said.identities), h('p', { class: 'help' }, said.identitiesHelp), none, list, h('div', { class: 'actions' }, ...links), told);
  section.hidden = providers.length === 0;
  return section;
}
