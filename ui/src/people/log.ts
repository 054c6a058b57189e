// The log of acts: newest first, filtered by act and subject, checked, and taken along as lines of JSON.
import { type Account, ask } from '../account/api';
import { button, field, form, once, sentence } from '../account/form';
import { said } from '../account/words';
import { h, say } from '../dom/element';
import { dayAndTime, number } from '../words/words';

interface Act {
  seq: number;
  at_ms: number;
  actor: string;
  act: string;
  subject: string;
  reason: string;
}

/** The section, and what reads it again. */
export function log(): { element: HTMLElement; read: () => void } {
  const list = h('ol', { class: 'rows', 'aria-label': said.log });
  const told = sentence();
  const more = button(said.more, 'plain', 'button');
  const verify = button(said.verify, 'plain', 'button');
  const kinds = Object.entries(said.acts).map(([value, text]) => h('option', { value }, text));
  const act = h('select', { id: 'log-act' }, h('option', { value: '' }, said.anyAct), ...kinds);
  const about = field(said.about, { autocapitalize: 'none', spellcheck: 'false', maxlength: '64' });
  const handles = new Map<string, string>();
  let next = 0;

  // The log names accounts by what never changes; people are told the handle.
  const named = async (who: string): Promise<string> => {
    if (who === 'console') return said.console;
    // Cases, seats and links have no handle.
    if (!who.startsWith('account:')) return who;
    const id = who.replace(/^account:/, '');
    if (!handles.has(id)) {
      const found = await ask<Account>('GET', `/accounts/${encodeURIComponent(id)}`).catch(() => null);
      handles.set(id, found?.handle ?? who);
    }
    return handles.get(id) ?? who;
  };
  const row = async (one: Act): Promise<HTMLElement> => {
    const [actor, subject] = [await named(one.actor), await named(one.subject)];
    const verb = said.acts[one.act] ?? one.act;
    return h(
      'li',
      { 'data-act': one.act },
      h('strong', {}, `${actor}: ${verb}`),
      one.actor === one.subject ? null : ` (${subject})`,
      one.reason ? h('p', {}, one.reason) : null,
      h('p', { class: 'help' }, `${one.seq}, ${dayAndTime(one.at_ms)}`),
    );
  };
  const read = async (before: number): Promise<void> => {
    const query = new URLSearchParams({ act: act.value });
    const handle = about.input.value.trim();
    if (handle) query.set('subject', `account:${(await ask<Account>('GET', `/accounts/${encodeURIComponent(handle)}`)).id}`);
    if (before) query.set('before', String(before));
    const page = await ask<{ acts: Act[]; next?: number }>('GET', `/audit?${query}`);
    const rows: HTMLElement[] = [];
    for (const one of page.acts) rows.push(await row(one));
    if (!before) list.replaceChildren();
    list.append(...rows);
    next = page.next ?? 0;
    more.hidden = !next;
    say(told, list.childElementCount ? '' : said.noActs);
  };
  const picked = h('div', { class: 'field' }, h('label', { for: 'log-act' }, said.act), act);
  const filter = form([picked, about.row], button(said.filter), () => read(0).then(() => ''));
  filter.classList.add('inline');
  more.addEventListener('click', () => void once(more, told, () => read(next).then(() => '')));
  const check = async () => {
    const found = await ask<{ whole: boolean; acts?: number; broken?: string }>('GET', '/audit/verified');
    return found.whole ? said.whole(number(found.acts ?? 0)) : said.broken(found.broken ?? '');
  };
  verify.addEventListener('click', () => void once(verify, told, check));
  const again = () => void read(0).catch(() => say(told, said.noAnswer));
  again();
  const take = h('a', { class: 'button', href: '/api/v1/audit.ndjson', download: 'audit.ndjson' }, said.exportLog);
  const element = h(
    'section',
    {},
    h('h2', {}, said.log),
    h('p', { class: 'help' }, said.logHelp),
    filter,
    h('div', { class: 'actions' }, verify, take),
    told,
    list,
    h('div', { class: 'actions' }, more),
  );
  return { element, read: again };
}
