// What was decided about somebody, as they read it, and their appeal: by their session, or by the link that came with the ruling.

import { ask } from '../account/api';
import { button, form, sentence } from '../account/form';
import { h, say } from '../dom/element';
import { casesWords as said } from '../words/cases';
import { dayAndTime } from '../words/words';
import type { Concerned } from './model';
import { appealPart, area, rulingPart } from './parts';

type Send = (id: string, text: string) => Promise<Concerned>;

export async function mine(): Promise<HTMLElement> {
  const { rulings } = await ask<{ rulings: Concerned[] }>('GET', '/me/rulings');
  return list(rulings, (id, text) => ask<Concerned>('POST', `/me/rulings/${encodeURIComponent(id)}/appeal`, { text }));
}

export async function byLink(secret: string): Promise<HTMLElement> {
  const { rulings } = await ask<{ rulings: Concerned[] }>('POST', '/rulings/read', { secret });
  return list(rulings, (id, text) => ask<Concerned>('POST', '/rulings/appeal', { secret, id, text }));
}

function list(rulings: Concerned[], send: Send): HTMLElement {
  if (!rulings.length) return h('p', {}, said.mineNone);
  return h('div', {}, ...rulings.map((one) => section(one, send)));
}

function section(first: Concerned, send: Send): HTMLElement {
  const made = h('section', { 'data-case': first.id });
  const told = sentence();
  const draw = (now: Concerned): void => {
    const acts = now.acts.map((act) => {
      const what = said.happened[act.act] ?? act.act;
      return h('li', {}, h('strong', {}, what), h('p', { dir: 'auto' }, act.reason), h('p', { class: 'help' }, dayAndTime(act.at_ms)));
    });
    const text = area(said.yourAppeal, 2000);
    const appeal = form([text.row], button(said.appealNow, 'primary'), async () => {
      const then = await send(now.id, text.input.value);
      say(told, said.appealMade);
      draw(then);
      return '';
    });
    made.replaceChildren(
      h('h2', {}, `${said.abouts[now.about] ?? now.about}, ${dayAndTime(now.moment_ms)}`),
      h('p', {}, `${said.inConversation}: `, h('a', { href: `/c/${encodeURIComponent(now.slug)}` }, now.slug)),
      now.text ? h('blockquote', { dir: 'auto' }, now.text) : '',
      acts.length ? h('ul', { class: 'rows' }, ...acts) : '',
      now.ruling ? rulingPart(now.ruling) : '',
      now.appeal ? appealPart(now.appeal) : '',
      now.may_appeal && !now.appeal ? appeal : '',
      told,
    );
  };
  draw(first);
  return made;
}
