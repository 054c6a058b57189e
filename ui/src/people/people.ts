// The list of accounts: search by the beginning of a handle, change the role, suspend and reinstate with a reason.
import { type Account, ask } from '../account/api';
import { button, field, form, once, sentence } from '../account/form';
import { said } from '../account/words';
import { h, say } from '../dom/element';
import { dayAndTime } from '../words/words';

const ROLES = ['member', 'host', 'moderator', 'operator'] as const;

/** The section; `changed` is called after every act. */
export function people(me: Account, changed: () => void): HTMLElement {
  const list = h('ul', { class: 'rows', 'aria-label': said.peopleTitle });
  const told = sentence();
  const more = button(said.more, 'plain', 'button');
  const prefix = field(said.search, { type: 'search', autocapitalize: 'none', spellcheck: 'false', maxlength: '32' });
  let next = '';

  const read = async (after: string): Promise<void> => {
    const query = new URLSearchParams({ prefix: prefix.input.value.trim().toLowerCase(), after });
    const found = await ask<{ accounts: Account[]; next?: string }>('GET', `/accounts?${query}`);
    if (!after) list.replaceChildren();
    list.append(...found.accounts.map((one) => row(one, me, told, changed)));
    next = found.next ?? '';
    more.hidden = !next;
    say(told, list.childElementCount ? '' : said.nobody);
  };
  const search = form([prefix.row], button(said.searchGo), async () => {
    await read('');
    return '';
  });
  search.classList.add('inline');
  more.addEventListener('click', () => void once(more, told, () => read(next).then(() => '')));
  void read('').catch(() => say(told, said.noAnswer));
  return h('section', {}, search, list, h('div', { class: 'actions' }, more), told);
}

function row(account: Account, me: Account, told: HTMLElement, changed: () => void): HTMLElement {
  const made = h('li', { 'data-handle': account.handle });
  const draw = (now: Account) => {
    const state = now.suspended
      ? h('p', { class: 'suspended' }, said.suspendedSince(dayAndTime(now.suspended.since_ms), now.suspended.reason))
      : null;
    const about = `${now.name} (${now.handle}), ${said.roles[now.role] ?? now.role}`;
    // One's own account is another operator's to change.
    const acts = now.id === me.id ? null : h('div', {}, standing(now), role(now));
    made.replaceChildren(h('details', {}, h('summary', {}, about), acts), state ?? '');
  };
  const act = async (path: string, body: unknown, sentenceOf: (now: Account) => string) => {
    const now = await ask<Account>('POST', `/accounts/${encodeURIComponent(account.id)}/${path}`, body);
    draw(now);
    say(told, sentenceOf(now));
    changed();
    return '';
  };
  const standing = (now: Account): HTMLElement => {
    const verb = now.suspended ? 'reinstate' : 'suspend';
    const reason = field(said.reason, { maxlength: '500', required: true }, said.reasonHelp);
    const confirm = now.suspended ? said.confirmReinstate(now.handle) : said.confirmSuspend(now.handle);
    const help = h('p', { class: 'help' }, now.suspended ? said.reinstateHelp : said.suspendHelp);
    return form([help, reason.row], button(confirm), () =>
      act(verb, { reason: reason.input.value }, (then) =>
        then.suspended ? said.suspendedNow(then.handle) : said.reinstatedNow(then.handle),
      ),
    );
  };
  const role = (now: Account): HTMLElement => {
    const id = `role-${now.id}`;
    const choose = h('select', { id }, ...ROLES.map((r) => h('option', { value: r, selected: r === now.role }, said.roles[r] ?? r)));
    const picked = h('div', { class: 'field' }, h('label', { for: id }, said.role), choose);
    const made = form([picked], button(said.changeRole), () =>
      act('role', { role: choose.value }, (then) => said.roleChanged(then.handle, said.roles[then.role] ?? then.role)),
    );
    made.classList.add('inline');
    return made;
  };
  draw(account);
  return made;
}
