// /c/{slug}: one address for its whole life. The page around the player: title, phase, time, and for some the stage.
//
// It changes in place when the phase changes; nothing is reloaded and nothing spins. Absent: sound, which is the player's,
// and the microphone, which is the stage's.

import '../style/page.css';
import { h, mark, say, show } from '../dom/element';
import type { HustingsPlayer } from '../player/player';
import '../player/player';
import { type Token, takeSecret, takeToken } from '../stage/token';
import type { Conversation } from '../talk/conversation';
import { type Cover, type Facts, coverAddress, heldReason, isOpen, phaseName } from '../talk/events';
import { language, words } from '../words/words';
import { SIGNED_IN, boot, masthead } from './boot';
import { movedLine, phaseWord, whenLine } from './phrases';

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

function open(facts: Facts, token: Token | null): void {
  const lamp = h('span', { class: 'lamp' });
  const since = h('span', { class: 'since' });
  const title = h('h1', {}, facts.title);
  const when = h('p', { class: 'when' });
  const moved = h('p', { class: 'moved', role: 'status' });
  const help = h('p', { class: 'help', role: 'status' });
  const notice = h('p', { class: 'notice', role: 'status' }, words.noNews);
  const player = document.createElement('hustings-player') as HustingsPlayer;
  mark(player, 'docked', true);
  const query = new URLSearchParams(location.search);
  if (query.get('tier')) mark(player, 'tier', query.get('tier'));
  const main = h(
    'main',
    { id: 'main' },
    h('div', { class: 'bill' }, h('p', { class: 'phase' }, lamp, since), title, when, moved, help),
    facts.cover ? cover(facts, facts.cover) : null,
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
  talk.bearer = token?.text ?? null;
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
    say(moved, movedLine(talk.facts));
    show(moved, moved.textContent !== '');
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

  // What stands below the player comes in the order of the page, so that nothing that is there already moves.
  let settled = () => {};
  const floorIsThere = new Promise<void>((done) => {
    settled = done;
  });
  announce(main, player, talk, floorIsThere);
  // After the first picture: nothing of it is needed to hear.
  const takePart = (as: Token | null) =>
    setTimeout(() => {
      void import('../moderate/element').then(({ mountModeration }) => mountModeration(player, as, signedIn()));
      const mounted = import('../floor/element').then(({ mountFloor }) => mountFloor(player, as));
      void mounted.catch(() => undefined).then(settled);
    }, FLOOR_AFTER_MS);
  if (secret) void guest(main, player, talk, secret);
  else if (token) enter(main, player, talk, token);
  if (secret || token) return void takePart(token);
  void ownSeat(talk).then((own) => {
    takePart(own);
    if (!own) return floorIsThere.then(() => handWhenOpen(main, player, talk));
    talk.bearer = own.text;
    enter(main, player, talk, own);
  });
}

/** The picture that stands for it. The title says what it would. */
function cover(facts: Facts, picture: Cover): HTMLElement {
  const { width, height } = picture;
  const small = coverAddress(facts.slug, picture, true);
  const large = coverAddress(facts.slug, picture, false);
  return h('img', {
    class: 'cover',
    alt: '',
    width: String(width),
    height: String(height),
    src: small,
    srcset: `${small} 480w, ${large} 1280w`,
    sizes: '(min-width: 40rem) 30rem, 100vw',
    decoding: 'async',
  });
}

/** Whether somebody has signed in with this browser. */
function signedIn(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) !== null;
  } catch {
    return false;
  }
}

/** The seat of who is signed in and runs or produces this conversation. Nobody else's page asks the server for it. */
async function ownSeat(talk: Conversation): Promise<Token | null> {
  if (!signedIn()) return null;
  const facts = await talk.ask();
  if (!facts?.may_edit && !facts?.may_produce) return null;
  const { seatOfAccount } = await import('../talk/seat');
  return seatOfAccount(talk.api, talk.facts.slug);
}

/** A listener may ask to speak once there is somebody to ask: then, and not before, what that needs is loaded. */
function handWhenOpen(main: HTMLElement, player: HustingsPlayer, talk: Conversation): void {
  const look = () => {
    if (!talk.hands.open || !isOpen(talk.phase)) return;
    talk.removeEventListener('change', look);
    // Without a line there is nobody to ask.
    void import('../stage/hand').then(({ mountHand }) => mountHand(main, player)).catch(() => undefined);
  };
  talk.addEventListener('change', look);
}

/** What was announced, where there is something: it comes beside the sound, not before it. */
function announce(main: HTMLElement, player: HustingsPlayer, talk: Conversation, floorIsThere: Promise<void>): void {
  const { facts } = talk;
  const quiet = isOpen(facts.phase) || phaseName(facts.phase) === 'ended';
  if (quiet && !facts.description && !facts.guests?.length) return;
  void import('../before/before').then(async ({ Announcement }) => {
    if (isOpen(talk.phase)) await floorIsThere;
    const announcement = new Announcement();
    const update = () => {
      // While there is sound, sound is first: what was announced stands below it.
      if (isOpen(talk.phase)) {
        if (main.lastElementChild !== announcement.element) main.append(announcement.element);
      } else if (announcement.element.nextElementSibling !== player) main.insertBefore(announcement.element, player);
      announcement.update(talk.facts, Date.now());
    };
    talk.addEventListener('change', update);
    setInterval(update, 10_000);
    update();
  });
}

/** Somebody with a token: hosts edit and invite; guests test until the doors open, and then there is the stage. */
function enter(main: HTMLElement, player: HustingsPlayer, talk: Conversation, token: Token): void {
  const hosts = token.role === 'host' || token.role === 'cohost';
  if (hosts) void import('../plan/host').then(({ hostRow }) => first(main, hostRow(talk, token.text)));
  if (token.role === 'listener') return;
  const production = () => import('../producer/producer');
  if (token.role === 'producer') return void production().then(({ mountProducer }) => mountProducer(main, player, token));
  if (hosts) void production().then(({ mountClips }) => mountClips(main, player, token));
  const stage = () => import('../stage/element').then(({ mountStage }) => mountStage(main, player, token));
  if (hosts || phaseName(talk.phase) !== 'scheduled') return void stage();
  void import('../guest/test-room').then(() => {
    const room = document.createElement('hustings-test-room');
    first(main, room);
    const opened = () => {
      if (phaseName(talk.phase) === 'scheduled') return;
      talk.removeEventListener('change', opened);
      room.remove();
      void stage();
    };
    talk.addEventListener('change', opened);
    opened();
  });
}

/** What somebody is to do stands before what they may read. */
function first(main: HTMLElement, what: HTMLElement): void {
  main.querySelector('.bill')?.after(what);
}

async function guest(
  main: HTMLElement,
  player: HustingsPlayer,
  talk: Conversation,
  shown: string,
): Promise<void> {
  const { acceptance } = await import('../guest/guest');
  const accepted = (token: Token) => {
    talk.bearer = token.text;
    enter(main, player, talk, token);
  };
  first(main, acceptance(talk.facts.slug, shown, accepted));
}

/** What is for the invited: its facts are told to a token, or to a session; a secret becomes a token first. */
async function unsealed(slug: string): Promise<void> {
  const { acceptance, sealedSentence, unseal } = await import('../guest/guest');
  const begin = async (token: Token | null) => {
    const told = await unseal(slug, token);
    page.replaceChildren();
    if (told) return open(told, token);
    page.append(masthead(null), h('main', {}, sealedSentence()));
  };
  if (!secret) return begin(takeToken(slug));
  const shown = secret;
  secret = null;
  const form = acceptance(slug, shown, (token) => void begin(token));
  page.append(masthead(null), h('main', {}, sealedSentence(), form));
}

/** The column ends above whatever stands at the bottom of the window: the platform, or the stage. */
function makeRoom(main: HTMLElement, player: HustingsPlayer): void {
  const platform = player.shadowRoot?.querySelector<HTMLElement>('.platform')?.offsetHeight ?? 0;
  const stage = main.querySelector('hustings-stage')?.shadowRoot?.querySelector<HTMLElement>('.bar');
  const fixed = stage && getComputedStyle(stage).position === 'fixed' ? stage.offsetHeight : 0;
  const dock = `${Math.max(platform, fixed)}px`;
  main.style.setProperty('--dock', dock);
  // What gets the focus is scrolled to where the bar does not cover it.
  document.documentElement.style.scrollPaddingBottom = `calc(${dock} + 1rem)`;
}

const facts = boot<Facts & { sealed?: boolean }>();
let secret = takeSecret();
if (facts?.sealed) void unsealed(facts.slug);
else if (facts?.slug) open(facts, takeToken(facts.slug));
else nothingHere();
