// The moderators' desk: the list of cases, and one case with all that is done about it.
//
// The order is the server's: by what is at stake, then by age. A track is loaded only when somebody presses for it, because that
// stands in the log. Absent: anything that happens by itself.

import { ask } from '../account/api';
import { button, field, form, once, sentence } from '../account/form';
import { h, say } from '../dom/element';
import { casesWords as said } from '../words/cases';
import { clockTime, dayAndTime, number } from '../words/words';
import type { Case, CaseFile } from './model';
import { appealPart, area, choice, rulingPart } from './parts';

/** The acts that make sense about a subject. */
function actsFor(one: Case): string[] {
  const acts = one.about === 'message' ? ['hide'] : [];
  if (one.about === 'speaker' || one.account) acts.push('remove');
  if (one.account) acts.push('warn', 'suspend');
  return acts;
}

export function desk(): HTMLElement {
  const place = h('div', {});
  const list = () => void draw(place, listOfCases(open, false));
  const open = (id: string) => void draw(place, oneCase(id, list));
  const wanted = new URLSearchParams(location.search).get('case');
  if (wanted) open(wanted);
  else list();
  return place;
}

async function draw(place: HTMLElement, what: Promise<HTMLElement>): Promise<void> {
  try {
    place.replaceChildren(await what);
  } catch {
    place.replaceChildren(h('p', {}, said.noAnswer));
  }
}

async function listOfCases(open: (id: string) => void, settled: boolean): Promise<HTMLElement> {
  const place = h('section', {}, h('p', { class: 'lead' }, said.lead));
  const rows = h('ul', { class: 'rows', 'aria-label': said.title });
  const none = h('p', {});
  const told = sentence();
  const more = button(said.more, 'plain', 'button');
  let now = settled;
  let next: number | undefined;
  const waiting = button(said.waiting, 'plain', 'button');
  const ruled = button(said.settled, 'plain', 'button');
  const read = async (offset: number): Promise<string> => {
    const page = await ask<{ cases: Case[]; next?: number }>('GET', `/cases?settled=${now}&offset=${offset}`);
    if (!offset) rows.replaceChildren();
    rows.append(...page.cases.map((one) => row(one, open)));
    next = page.next;
    more.hidden = next === undefined;
    rows.hidden = rows.childElementCount === 0;
    say(none, rows.hidden ? (now ? said.noneSettled : said.none) : '');
    for (const [at, is] of [[waiting, !now], [ruled, now]] as const) at.setAttribute('aria-pressed', String(is));
    return '';
  };
  const turn = (press: HTMLButtonElement, to: boolean) => () => {
    now = to;
    void once(press, told, () => read(0));
  };
  waiting.addEventListener('click', turn(waiting, false));
  ruled.addEventListener('click', turn(ruled, true));
  more.addEventListener('click', () => void once(more, told, () => read(next ?? 0)));
  await read(0);
  place.append(h('div', { class: 'actions' }, waiting, ruled), none, rows, told, h('div', { class: 'actions' }, more));
  return place;
}

function row(one: Case, open: (id: string) => void): HTMLElement {
  const label = `${said.categories[one.category] ?? one.category}: ${said.abouts[one.about] ?? one.about}, ${one.name}`;
  const press = button(label, 'plain', 'button');
  press.addEventListener('click', () => open(one.id));
  const facts = [said.states[one.state] ?? one.state, said.opened(dayAndTime(one.opened_ms)), said.count(number(one.reports), one.reports === 1), one.slug];
  return h('li', { 'data-case': one.id, 'data-category': one.category }, press, h('p', { class: 'help' }, facts.join(', ')));
}

async function oneCase(id: string, back: () => void): Promise<HTMLElement> {
  const place = h('section', { 'data-case': id });
  const told = sentence();
  const path = `/cases/${encodeURIComponent(id)}`;
  const all = button(said.back, 'plain', 'button');
  all.addEventListener('click', back);
  const read = async (): Promise<void> => show(await ask<CaseFile>('GET', path));
  const show = ({ case: one, reports }: CaseFile): void => {
    place.replaceChildren(
      h('div', { class: 'actions' }, all),
      head(one),
      reported(reports, one),
      pinned(one, told),
      one.state === 'open' ? acting(one, path, told, read) : '',
      done(one),
      one.state === 'open' ? ruling(path, told, read) : '',
      one.ruling ? h('div', {}, h('h3', {}, said.ruledBy), rulingPart(one.ruling)) : '',
      one.appeal ? appealPart(one.appeal) : '',
      one.state === 'appealed' ? deciding(path, told, read) : '',
      told,
    );
  };
  await read();
  return place;
}

function head(one: Case): HTMLElement {
  const account = one.account ? one.account : said.noAccount;
  return h(
    'div',
    {},
    h('h2', {}, `${said.abouts[one.about] ?? one.about}: ${one.name}`),
    h('p', {}, `${said.categories[one.category] ?? one.category}. ${said.states[one.state] ?? one.state}, ${dayAndTime(one.moment_ms)}`),
    h('p', {}, `${said.inConversation}: `, h('a', { href: `/c/${encodeURIComponent(one.slug)}` }, one.slug), `, ${account}`),
    one.text ? h('blockquote', { dir: 'auto' }, one.text) : null,
  );
}

function reported(reports: CaseFile['reports'], one: Case): HTMLElement {
  const rows = reports.map((report) =>
    h(
      'li',
      {},
      h('strong', {}, said.categories[report.category] ?? report.category),
      h('p', { dir: 'auto' }, report.text || said.noWords),
      h('p', { class: 'help' }, dayAndTime(report.at_ms)),
    ),
  );
  const count = h('p', { class: 'help' }, said.count(number(one.reports), one.reports === 1));
  return h('div', {}, h('h3', {}, said.reports), count, h('ul', { class: 'rows' }, ...rows));
}

function pinned(one: Case, told: HTMLElement): HTMLElement {
  const title = h('h3', {}, said.pinned);
  if (one.unpinned_ms) return h('div', {}, title, h('p', {}, said.unpinned(dayAndTime(one.unpinned_ms))));
  if (!one.pinned) return h('div', {}, title, h('p', {}, said.noPin));
  const rows = one.pinned.tracks.map((track) => {
    const place = h('li', { 'data-track': track.seat });
    const load = button(said.listen(track.name), 'plain', 'button');
    load.addEventListener('click', () => {
      void once(load, told, async () => {
        const answer = await fetch(track.href, { cache: 'no-store' });
        if (!answer.ok) return said.noAnswer;
        // Whole and from here, so that it can be sought in and is asked for once.
        const src = URL.createObjectURL(await answer.blob());
        const audio = h('audio', { controls: true, preload: 'auto', src, 'aria-label': said.track(track.name) });
        place.replaceChildren(h('p', {}, track.name), audio);
        audio.focus();
        return '';
      });
    });
    place.append(load);
    return place;
  });
  const from = h('p', { class: 'help' }, `${said.pinnedHelp} (${said.from(clockTime(one.pinned.from_ms))})`);
  return h('div', {}, title, from, h('ul', { class: 'rows' }, ...rows));
}

type Again = () => Promise<void>;

function acting(one: Case, path: string, told: HTMLElement, again: Again): HTMLElement {
  const reason = field(said.reason, { maxlength: '500' });
  const buttons = actsFor(one).map((act) => {
    const press = button(said.acts[act] ?? act, 'plain', 'button');
    press.addEventListener('click', () => {
      void once(press, told, async () => {
        await ask('POST', `${path}/acts`, { act, reason: reason.input.value });
        await again();
        return said.done;
      });
    });
    return press;
  });
  if (!buttons.length) return h('div', {});
  return h('div', {}, h('h3', {}, said.actFirst), h('p', { class: 'help' }, said.actHelp), reason.row, h('div', { class: 'actions' }, ...buttons));
}

function done(one: Case): HTMLElement | string {
  if (!one.acts.length) return '';
  const rows = one.acts.map((act) =>
    h('li', { 'data-act': act.act }, h('strong', {}, said.acts[act.act] ?? act.act), h('p', { dir: 'auto' }, act.reason), h('p', { class: 'help' }, dayAndTime(act.at_ms))),
  );
  return h('div', {}, h('h3', {}, said.wasDone), h('ul', { class: 'rows' }, ...rows));
}

function ruling(path: string, told: HTMLElement, again: Again): HTMLElement {
  const decision = choice(said.decision, said.decisions);
  const days = field(said.days, { type: 'number', min: '1', max: '730' });
  const territory = field(said.territory, { autocapitalize: 'characters', spellcheck: 'false', maxlength: '200' });
  const reasons = area(said.reasons, 2000);
  const statement = area(said.statement, 2000);
  const rows = [decision.row, days.row, territory.row, reasons.row, statement.row];
  const rule = form(rows, button(said.ruleNow, 'primary'), async () => {
    const made = await ask<{ link: string }>('POST', `${path}/ruling`, {
      decision: decision.input.value,
      territory: territory.input.value.toUpperCase().split(/[\s,]+/).filter(Boolean),
      days: Number(days.input.value) || null,
      reasons: reasons.input.value,
      statement: statement.input.value,
    });
    await again();
    told.replaceChildren(h('span', {}, said.linkOnce), ' ', h('code', { class: 'link' }, made.link));
    return '';
  });
  return h('div', { class: 'rule' }, h('h3', {}, said.rule), rule);
}

function deciding(path: string, told: HTMLElement, again: Again): HTMLElement {
  const reasons = area(said.reasons, 2000);
  const decide = (label: string, upheld: boolean) => {
    const press = button(label, 'plain', 'button');
    press.addEventListener('click', () => {
      void once(press, told, async () => {
        await ask('POST', `${path}/appeal/decision`, { upheld, reasons: reasons.input.value });
        await again();
        return said.done;
      });
    });
    return press;
  };
  const buttons = h('div', { class: 'actions' }, decide(said.uphold, true), decide(said.overturn, false));
  return h('div', {}, h('h3', {}, said.decide), h('p', { class: 'help' }, said.decideHelp), reasons.row, buttons);
}
