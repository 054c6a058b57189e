// /c/{slug}: one address for its whole life. The page around the player: title, phase, time, and for some the stage.
//
// It changes in place when the phase changes; nothing is reloaded and nothing spins. Absent: sound, which is the player's,
// and the microphone, which is the stage's.

import '../style/page.css';
import { h, mark, say, show } from '../dom/element';
import type { HustingsPlayer } from '../player/player';
import '../player/player';
import { takeToken } from '../stage/token';
import type { Conversation } from '../talk/conversation';
import { type Facts, heldReason, phaseName } from '../talk/events';
import { language, words } from '../words/words';
import { boot, masthead } from './boot';
import { phaseWord, whenLine } from './phrases';

/** Taking part is loaded when the page has been drawn. */
const FLOOR_AFTER_MS = 300;

const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;

function nothingHere(): void {
  page.append(
    masthead(null),
    h(
      'main',
      {},
      h(
        'div',
        { class: 'bill' },
        h('h1', {}, words.notFound),
        h('p', { class: 'help' }, words.notFoundHelp),
        h('p', { class: 'help' }, h('a', { href: '/' }, words.whatIsOn)),
      ),
    ),
  );
}

function open(facts: Facts): void {
  const lamp = h('span', { class: 'lamp' });
  const since = h('span', { class: 'since' });
  const title = h('h1', {}, facts.title);
  const when = h('p', { class: 'when' });
  const help = h('p', { class: 'help', role: 'status' });
  const notice = h('p', { class: 'notice', role: 'status' }, words.noNews);
  const player = document.createElement('hustings-player') as HustingsPlayer;
  mark(player, 'docked', true);
  const query = new URLSearchParams(location.search);
  if (query.get('tier')) mark(player, 'tier', query.get('tier'));
  const main = h(
    'main',
    { id: 'main' },
    h('div', { class: 'bill' }, h('p', { class: 'phase' }, lamp, since), title, when, help),
    player,
  );
  const skip = h('a', { class: 'skip', href: '#main' }, words.skip);
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    player.shadowRoot?.querySelector<HTMLElement>('#listen')?.focus();
  });
  page.append(skip, notice, masthead(null), main);

  const api = `/api/v1/conversations/${encodeURIComponent(facts.slug)}`;
  player.show(facts, api, `${location.origin}${location.pathname}`);
  const talk = player.talk as Conversation;
  const listener = player.listener;
  // For tests and for the curious: the element that sounds.
  Object.assign(window, { hustings: { audio: listener?.audio, talk, listener, player } });

  const update = () => {
    mark(page, 'data-phase', phaseName(talk.phase));
    mark(page, 'data-held', heldReason(talk.phase));
    const said = phaseWord(talk, listener?.on ?? false, Date.now());
    say(lamp, said.word);
    say(since, said.since);
    say(title, talk.facts.title);
    document.title = phaseName(talk.phase) === 'live' ? `● ${talk.facts.title}` : talk.facts.title;
    say(when, whenLine(talk.facts, Date.now()));
    show(when, when.textContent !== '');
    say(help, said.help);
    show(help, said.help !== '');
    show(notice, talk.lost);
    mark(page, 'data-lost', talk.lost);
    makeRoom(main, player);
  };
  talk.addEventListener('change', update);
  listener?.addEventListener('change', update);
  setInterval(update, 500);
  update();

  const token = takeToken(facts.slug);
  const takePart = () => void import('../floor/element').then(({ mountFloor }) => mountFloor(player, token));
  // After the first picture: nothing of it is needed to hear.
  setTimeout(takePart, FLOOR_AFTER_MS);
  if (token) void import('../stage/element').then(({ mountStage }) => mountStage(main, player, token));
}

/** The column ends above whatever stands at the bottom of the window: the platform, or the stage. */
function makeRoom(main: HTMLElement, player: HustingsPlayer): void {
  const platform = player.shadowRoot?.querySelector<HTMLElement>('.platform')?.offsetHeight ?? 0;
  const stage = main.querySelector('hustings-stage')?.shadowRoot?.querySelector<HTMLElement>('.bar');
  const fixed = stage && getComputedStyle(stage).position === 'fixed' ? stage.offsetHeight : 0;
  main.style.setProperty('--dock', `${Math.max(platform, fixed)}px`);
}

const facts = boot<Facts>();
if (facts?.slug) open(facts);
else nothingHere();
