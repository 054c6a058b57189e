// One's own account: profile, passkeys, password, sessions.
import { h, say } from '../dom/element';
import { dayAndTime } from '../words/words';
import { type Account, ask } from './api';
import { identities } from './elsewhere';
import { button, field, form, once, sentence } from './form';
import { made, possible } from './passkey';
import { programs } from './programs';
import { said } from './words';

interface Passkey {
  id: string;
  name: string;
  created_ms: number;
  used_ms?: number;
}
interface Session {
  id: string;
  label: string;
  created_ms: number;
  seen_ms: number;
  current: boolean;
}

/** What is shown to who is signed in; `left` is called when they are no more. */
export function mine(account: Account, left: () => void): HTMLElement {
  const told = sentence();
  const out = button(said.signOut, 'plain', 'button');
  const signOut = async () => {
    await ask('POST', '/sign-out');
    left();
    return '';
  };
  out.addEventListener('click', () => void once(out, told, signOut));
  const operator = account.role === 'operator';
  const judges = operator || account.role === 'moderator';
  return h(
    'div',
    { class: 'desk' },
    h('h1', {}, said.title),
    h('p', { class: 'lead' }, said.signedInAs(account.handle, said.roles[account.role] ?? account.role)),
    h('div', { class: 'actions' }, out, account.role === 'member' ? null : h('a', { class: 'button', href: '/plan' }, said.toPlan), operator ? h('a', { class: 'button', href: '/people' }, said.people) : null, h('a', { class: 'button', href: '/cases' }, judges ? said.cases : said.aboutYou)),
    told,
    passkeys(),
    identities(),
    profile(account),
    password(account),
    sessions(),
    programs(account),
  );
}

function profile(account: Account): HTMLElement {
  const name = field(said.name, { value: account.name, maxlength: '80', autocomplete: 'name' });
  const affiliation = field(
    said.affiliation,
    { value: account.affiliation ?? '', maxlength: '120', autocomplete: 'organization' },
    said.affiliationHelp,
  );
  const interests = field(said.interests, { value: account.interests ?? '', maxlength: '400' }, said.interestsHelp);
  const save = form([name.row, affiliation.row, interests.row], button(said.save), async () => {
    await ask<Account>('PUT', '/me/profile', {
      name: name.input.value,
      affiliation: affiliation.input.value || null,
      interests: interests.input.value || null,
    });
    return said.saved;
  });
  return h('section', {}, h('h2', {}, said.profile), h('p', { class: 'help' }, said.profileHelp), save);
}

function passkeys(): HTMLElement {
  const list = h('ul', { class: 'rows' });
  const none = h('p', { hidden: true }, said.noneYet);
  const told = sentence();
  const read = async () => {
    const { passkeys: all } = await ask<{ passkeys: Passkey[] }>('GET', '/me/passkeys');
    none.hidden = all.length > 0;
    list.hidden = all.length === 0;
    list.replaceChildren(...all.map((one) => row(one)));
  };
  const row = (one: Passkey): HTMLElement => {
    const name = field(said.passkeyName, { value: one.name, maxlength: '60' });
    const remove = button(said.remove, 'plain', 'button');
    remove.setAttribute('aria-label', `${said.remove}: ${one.name}`);
    remove.addEventListener(
      'click',
      () =>
        void once(remove, told, async () => {
          await ask('DELETE', `/me/passkeys/${encodeURIComponent(one.id)}`);
          await read();
          return '';
        }),
    );
    const rename = form([name.row], button(said.rename), async () => {
      await ask('PUT', `/me/passkeys/${encodeURIComponent(one.id)}`, { name: name.input.value });
      return said.saved;
    });
    const facts = [said.added(dayAndTime(one.created_ms)), one.used_ms ? said.used(dayAndTime(one.used_ms)) : ''];
    return h(
      'li',
      {},
      h('details', {}, h('summary', {}, one.name), rename, h('div', { class: 'actions' }, remove)),
      h('p', { class: 'help' }, facts.filter(Boolean).join(', ')),
    );
  };
  const add = button(said.addPasskey, 'primary', 'button');
  add.addEventListener(
    'click',
    () =>
      void once(add, told, async () => {
        const { ceremony, options } = await ask<{ ceremony: string; options: Record<string, unknown> }>(
          'POST',
          '/me/passkeys/question',
        );
        const answer = await made(options);
        const name = said.passkeyNameDefault(dayAndTime(Date.now()));
        await ask('POST', '/me/passkeys', { ceremony, name, answer });
        await read();
        return said.passkeyAdded;
      }),
  );
  void read().catch(() => say(told, said.noAnswer));
  const how = possible() ? h('div', { class: 'actions' }, add) : h('p', { class: 'help' }, said.noPasskeys);
  return h('section', {}, h('h2', {}, said.passkeys), h('p', { class: 'help' }, said.passkeysHelp), none, list, how, told);
}

function password(account: Account): HTMLElement {
  let has = account.has_password === true;
  const state = h('p', {}, has ? said.hasPassword : said.hasNoPassword);
  const whose = h('input', { type: 'text', autocomplete: 'username', value: account.handle, hidden: true, 'aria-hidden': 'true' });
  const current = field(said.current, { type: 'password', autocomplete: 'current-password', maxlength: '256' });
  const fresh = field(said.newPassword, { type: 'password', autocomplete: 'new-password', maxlength: '256' }, said.passwordHelp);
  current.row.hidden = !has;
  const set = form([whose, current.row, fresh.row], button(said.setPassword), async () => {
    await ask('PUT', '/me/password', { current: has ? current.input.value : null, new: fresh.input.value });
    has = true;
    current.row.hidden = false;
    current.input.value = fresh.input.value = '';
    say(state, said.hasPassword);
    return said.passwordSet;
  });
  return h('section', {}, h('h2', {}, said.passwordTitle), state, set);
}

function sessions(): HTMLElement {
  const list = h('ul', { class: 'rows' });
  const told = sentence();
  const others = button(said.endOthers, 'plain', 'button');
  const end = (press: HTMLButtonElement, path: string) => () =>
    void once(press, told, async () => {
      await ask('DELETE', path);
      await read();
      return said.ended;
    });
  const row = (one: Session): HTMLElement => {
    const press = button(said.end, 'plain', 'button');
    press.setAttribute('aria-label', `${said.end}: ${one.label}, ${said.lastSeen(dayAndTime(one.seen_ms))}`);
    press.addEventListener('click', end(press, `/me/sessions/${encodeURIComponent(one.id)}`));
    const facts = `${said.since(dayAndTime(one.created_ms))}, ${said.lastSeen(dayAndTime(one.seen_ms))}`;
    return h(
      'li',
      { class: 'line' },
      h('div', {}, h('strong', {}, one.label), one.current ? ` (${said.thisOne})` : null, h('p', { class: 'help' }, facts)),
      one.current ? null : press,
    );
  };
  const read = async () => {
    const { sessions: all } = await ask<{ sessions: Session[] }>('GET', '/me/sessions');
    list.replaceChildren(...all.map(row));
    others.hidden = all.length < 2;
  };
  others.addEventListener('click', end(others, '/me/sessions'));
  void read().catch(() => say(told, said.noAnswer));
  return h('section', {}, h('h2', {}, said.sessions), list, h('div', { class: 'actions' }, others), told);
}
