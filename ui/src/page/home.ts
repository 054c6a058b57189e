// /: what is on, and what is coming.
//
// The list comes with the document and is asked for again once a minute while somebody looks. Absent: recommendations,
// endless scrolling, counters that beg.

import '../style/page.css';
import '../style/home.css';
import { h } from '../dom/element';
import { type Facts, coverAddress, isOpen, isOver, phaseName } from '../talk/events';
import { dayHeading, language, number, words } from '../words/words';
import { boot, masthead } from './boot';
import { cardWord, whenLine } from './phrases';

const page = document.getElementById('page') as HTMLElement;
const AGAIN_MS = 45_000;
document.documentElement.lang = language;
document.title = words.brand;

function card(facts: Facts): HTMLElement {
  const open = isOpen(facts.phase);
  const n = facts.listening ?? 0;
  return h(
    'li',
    { class: 'card', 'data-phase': phaseName(facts.phase) },
    h(
      'a',
      { href: `/c/${encodeURIComponent(facts.slug)}` },
      facts.cover
        ? h('img', { class: 'cover', alt: '', loading: 'lazy', src: coverAddress(facts.slug, facts.cover, true) })
        : null,
      h('span', { class: 'phase' }, h('span', { class: 'lamp' }, cardWord(facts, Date.now()))),
      h('span', { class: 'name' }, facts.title),
      h('span', { class: 'more' }, open && n > 0 ? words.hear(number(n), n === 1) : whenLine(facts, Date.now())),
    ),
  );
}

function section(title: string, all: Facts[], main: boolean): HTMLElement | null {
  if (!all.length) return null;
  return h('section', { class: main ? 'shelf now' : 'shelf' }, h('h2', {}, title), h('ul', {}, ...all.map(card)));
}

/** What comes, with its days as headings. */
function days(all: Facts[], main: boolean): HTMLElement | null {
  if (!all.length) return null;
  const groups = new Map<string, Facts[]>();
  for (const facts of all) {
    const day = facts.starts_ms == null ? '' : dayHeading(facts.starts_ms);
    groups.set(day, [...(groups.get(day) ?? []), facts]);
  }
  const parts = [...groups].flatMap(([day, some]) => [
    day ? h('h3', { class: 'day' }, day) : null,
    h('ul', {}, ...some.map(card)),
  ]);
  return h('section', { class: main ? 'shelf now' : 'shelf' }, h('h2', {}, words.coming), ...parts);
}

function write(all: Facts[]): void {
  // What has no time comes last.
  const starts = (f: Facts) => f.starts_ms ?? Number.MAX_SAFE_INTEGER;
  const ORDER = ['live', 'held', 'lobby'];
  const on = all
    .filter((f) => isOpen(f.phase))
    .sort((a, b) => ORDER.indexOf(phaseName(a.phase)) - ORDER.indexOf(phaseName(b.phase)));
  const coming = all.filter((f) => f.phase === 'scheduled').sort((a, b) => starts(a) - starts(b));
  const over = all.filter((f) => isOver(f.phase));
  const empty = h('div', { class: 'empty' }, h('h2', {}, words.nothing), h('p', {}, words.nothingHelp));
  const parts = [
    section(words.onNow, on, true),
    days(coming, on.length === 0),
    on.length + coming.length === 0 ? empty : null,
    section(words.over, over, false),
  ];
  main.replaceChildren(h('h1', { class: 'motto' }, words.motto), ...parts.filter((p) => p !== null));
}

const main = h('main', { class: 'home' });
page.append(masthead(null), main);
write(boot<{ conversations: Facts[] }>()?.conversations ?? []);

setInterval(
  async () => {
    if (document.visibilityState === 'hidden') return;
    try {
      const answer = await fetch('/api/v1/conversations', { headers: { accept: 'application/json' } });
      if (answer.ok) write(((await answer.json()) as { conversations: Facts[] }).conversations);
    } catch {
      // What is shown stays; it is asked again in a while.
    }
  },
  AGAIN_MS + Math.random() * AGAIN_MS,
);
