// Signing in: by a passkey first, by password or link otherwise.
import { h } from '../dom/element';
import { boot } from '../page/boot';
import { type Account, ask } from './api';
import { atProvider, came, type Provider } from './elsewhere';
import { button, field, form, once, sentence } from './form';
import { answerOf, possible } from './passkey';
import { said } from './words';

/** What is shown to who is not signed in; `done` is called with who they are. */
export function signIn(done: (account: Account) => void): HTMLElement {
  const told = sentence();
  const press = button(said.byPasskey, 'primary', 'button');
  const passkey = async () => {
    const { ceremony, options } = await ask<{ ceremony: string; options: Record<string, unknown> }>(
      'POST',
      '/sign-in/passkey/question',
    );
    done(await ask<Account>('POST', '/sign-in/passkey', { ceremony, answer: await answerOf(options) }));
    return '';
  };
  press.addEventListener('click', () => void once(press, told, passkey));
  const first = possible()
    ? h('div', {}, h('div', { class: 'actions' }, press), h('p', { class: 'help' }, said.passkeyHelp), told)
    : h('p', { class: 'help' }, said.noPasskeys);

  const handle = field(said.handle, { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: '32' });
  const password = field(said.password, { type: 'password', autocomplete: 'current-password', maxlength: '256' });
  const byPassword = form([handle.row, password.row], button(said.byPassword, possible() ? 'plain' : 'primary'), async () => {
    const body = { handle: handle.input.value, password: password.input.value };
    password.input.value = '';
    done(await ask<Account>('POST', '/sign-in/password', body));
    return '';
  });
  const email = field(said.email, { type: 'email', autocomplete: 'email', maxlength: '254' });
  const byMail = form([email.row], button(said.byMail), async () => {
    await ask<null>('POST', '/sign-in/mail', { email: email.input.value });
    return said.mailSent;
  });
  const facts = boot<{ mail?: boolean; providers?: Provider[] }>();
  const mails = facts?.mail === true;
  const elsewhere = (facts?.providers ?? []).map((one) => atProvider(one));
  const back = came(location.hash);
  return h(
    'div',
    { class: 'desk' },
    h('h1', {}, said.signInTitle),
    h('p', { class: 'lead' }, said.signInHelp),
    back ? h('p', { class: 'said wrong', role: 'status' }, back) : null,
    elsewhere.length ? h('section', {}, ...elsewhere) : null,
    h('section', {}, first),
    h('section', {}, h('h2', {}, said.otherWays), byPassword, mails ? byMail : null, h('p', { class: 'help' }, said.byLinkHelp)),
  );
}

/** What is shown to who opened a link: one press, so that no link signs anybody in by itself. */
export function byLink(secret: string, done: (account: Account) => void): HTMLElement {
  const go = form([], button(said.useLink, 'primary'), async () => {
    done(await ask<Account>('POST', '/sign-in/link', { secret }));
    return '';
  });
  const other = h('p', {}, h('a', { href: '/account' }, said.otherWays));
  return h('div', { class: 'desk' }, h('h1', {}, said.linkTitle), h('p', { class: 'lead' }, said.linkHelp), go, other);
}
