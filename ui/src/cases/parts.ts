// What the desk and those concerned both read: a ruling, an appeal, and a field of several lines.

import { h } from '../dom/element';
import { casesWords as said } from '../words/cases';
import { dayAndTime } from '../words/words';
import type { Appeal, Ruling } from './model';

let next = 0;

/** A labelled field of several lines. */
export function area(label: string, max: number): { row: HTMLElement; input: HTMLTextAreaElement } {
  next += 1;
  const input = h('textarea', { id: `area-${next}`, rows: '3', maxlength: String(max) });
  return { row: h('div', { class: 'field' }, h('label', { for: `area-${next}` }, label), input), input };
}

export function choice(label: string, options: Record<string, string>): { row: HTMLElement; input: HTMLSelectElement } {
  next += 1;
  const all = Object.entries(options).map(([value, text]) => h('option', { value }, text));
  const input = h('select', { id: `choice-${next}` }, ...all);
  return { row: h('div', { class: 'field' }, h('label', { for: `choice-${next}` }, label), input), input };
}

export function rulingPart(ruling: Ruling): HTMLElement {
  const holds = ruling.ends_ms ? said.ends(dayAndTime(ruling.ends_ms)) : said.forEver;
  const where = ruling.territory.length ? `, ${ruling.territory.join(' ')}` : '';
  return h(
    'div',
    { class: 'ruling', 'data-decision': ruling.decision },
    h('p', {}, h('strong', {}, said.decisions[ruling.decision] ?? ruling.decision), ` (${holds}${where})`),
    h('p', { dir: 'auto' }, ruling.statement),
    ruling.reasons ? h('p', { class: 'help', dir: 'auto' }, `${said.reasons}: ${ruling.reasons}`) : null,
    h('p', { class: 'help' }, `${said.ruledBy} ${dayAndTime(ruling.at_ms)}. ${said.appealUntil(dayAndTime(ruling.appeal_until_ms))}`),
  );
}

export function appealPart(appeal: Appeal): HTMLElement {
  const decided = appeal.upheld === undefined ? said.appealWaits : appeal.upheld ? said.upheld : said.overturned;
  return h(
    'div',
    { class: 'appeal' },
    h('h3', {}, said.appeal),
    h('blockquote', { dir: 'auto' }, appeal.text),
    h('p', { 'data-upheld': appeal.upheld === undefined ? null : String(appeal.upheld) }, decided),
    appeal.reasons ? h('p', { dir: 'auto' }, appeal.reasons) : null,
    appeal.by_the_same ? h('p', { class: 'help' }, said.bySame) : null,
  );
}
