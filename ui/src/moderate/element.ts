// <hustings-moderation>, below everything else: what is kept and why, reporting, blocked names, and for moderators the people of
// the stage, so that an abuser is gone by two presses.
//
// Loaded after the first picture. A moderator needs no seat: what they ask goes with their session. Absent: the chat itself, to
// which it only adds what can be done about a line.

import type { Act, Concerned } from '../cases/model';
import { h, say, sheet, show } from '../dom/element';
import type { HustingsFloor } from '../floor/element';
import { post } from '../floor/post';
import type { HustingsPlayer } from '../player/player';
import { People } from '../stage/people';
import type { Token } from '../stage/token';
import tokens from '../style/tokens.css?inline';
import type { Conversation } from '../talk/conversation';
import { isOpen, phaseName } from '../talk/events';
import { seatOf } from '../talk/seat';
import { casesWords } from '../words/cases';
import { floorWords } from '../words/floor';
import { Blocked } from './blocked';
import css from './moderate.css?inline';
import { type Line, ReportForm } from './report';

const styles = [sheet(tokens), sheet(css)];
/** How often somebody who is signed in is told of a warning, and how unevenly, so that not all ask at once. */
const WARNED_MS = 20_000;
const JITTER_MS = 10_000;

interface Me {
  account?: { id: string; role: string };
}

/** Who is signed in, if anybody is. */
async function whoAmI(signedIn: boolean): Promise<Me['account'] | null> {
  if (!signedIn) return null;
  try {
    const answer = await fetch('/api/v1/me', { headers: { accept: 'application/json' } });
    return answer.ok ? (((await answer.json()) as Me).account ?? null) : null;
  } catch {
    return null;
  }
}

/** The latest warning of somebody's account in a conversation, by the server's clock. */
async function lastWarning(slug: string, since: number): Promise<Act | null> {
  try {
    const answer = await fetch('/api/v1/me/rulings', { cache: 'no-store' });
    if (!answer.ok) return null;
    const { rulings } = (await answer.json()) as { rulings: Concerned[] };
    const acts = rulings.filter((one) => one.slug === slug).flatMap((one) => one.acts);
    return acts.filter((act) => act.act === 'warn' && act.at_ms >= since).sort((a, b) => b.at_ms - a.at_ms)[0] ?? null;
  } catch {
    return null;
  }
}

export class HustingsModeration extends HTMLElement {
  private talk!: Conversation;
  private report!: ReportForm;
  private blocked!: Blocked;
  private people: People | null = null;
  private floor: HustingsFloor | null = null;
  /** Decides on reports on this site, and does not run this conversation. */
  private judges = false;
  private readonly desk = h('div', { class: 'moderators-desk' });
  private readonly warning = h('p', { class: 'said', role: 'status', hidden: true });
  private readonly names = h('ul', {});
  private readonly list = h(
    'details',
    { class: 'blocked' },
    h('summary', {}, casesWords.blockedNames),
    h('p', { class: 'soft' }, casesWords.blockedHelp),
    this.names,
  );

  async begin(player: HustingsPlayer, token: Token | null, signedIn: boolean): Promise<void> {
    const talk = player.talk as Conversation;
    this.talk = talk;
    this.report = new ReportForm(talk, () => token?.text ?? seatOf(talk.facts.slug)?.token ?? '');
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = styles;
    const kept = h('p', { class: 'soft kept' }, casesWords.kept);
    root.append(h('section', { 'aria-label': casesWords.report }, kept, this.warning, this.report.element, this.list));
    talk.addEventListener('change', () => this.update());
    this.update();
    const me = await whoAmI(signedIn);
    this.blocked = new Blocked(me != null);
    this.blocked.addEventListener('change', () => this.hideNames());
    this.hideNames();
    const runs = token?.role === 'host' || token?.role === 'cohost';
    this.judges = me != null && (me.role === 'moderator' || me.role === 'operator') && !runs;
    this.joinChat();
    if (me) void this.hearWarnings(Date.now());
    // Whoever runs it has the same people at their own desk.
    if (this.judges) {
      this.people = new People(talk, '', `a-${me?.id}`, true);
      const cases = h('p', {}, h('a', { href: '/cases' }, casesWords.casesLink));
      // Above the sound: who has to act does not scroll, and nothing that stays in view lies over it.
      this.desk.attachShadow({ mode: 'open' }).adoptedStyleSheets = styles;
      this.desk.shadowRoot?.append(
        h('section', { class: 'people-of-stage' }, h('h2', {}, casesWords.moderate), this.people.element, cases),
      );
      player.before(this.desk);
      this.update();
    }
  }

  /** Tells who is signed in that a moderator has warned them here. */
  private async hearWarnings(since: number): Promise<void> {
    for (;;) {
      await new Promise((done) => setTimeout(done, WARNED_MS + Math.random() * JITTER_MS));
      if (!isOpen(this.talk.phase) || document.visibilityState === 'hidden') continue;
      const warned = await lastWarning(this.talk.facts.slug, since);
      if (!warned) continue;
      since = warned.at_ms + 1;
      say(this.warning, `${casesWords.happened.warn}: ${warned.reason}`);
      show(this.warning, true);
    }
  }

  /** The chat may come a moment later. */
  private joinChat(): void {
    const floor = (window as { hustings?: { floor?: HustingsFloor } }).hustings?.floor;
    if (!floor) return void setTimeout(() => this.joinChat(), 300);
    this.floor = floor;
    const hide = (line: Line, mute: boolean) =>
      void post(`${this.talk.api}/chat/${line.id}/state`, '', { hidden: true, mute });
    const acts = (line: Line) => [
      ...(this.judges
        ? [
            { label: floorWords.hide, press: () => hide(line, false) },
            { label: floorWords.hideAndMute, press: () => hide(line, true) },
          ]
        : []),
      { label: casesWords.reportLine, press: () => this.report.aboutLine(line) },
      { label: casesWords.block, press: () => void this.blocked.set(line.name, true) },
    ];
    floor.lookAfterLines(acts, (name) => this.blocked.has(name));
  }

  private hideNames(): void {
    const row = (name: string) =>
      h('li', {}, h('button', { type: 'button', onclick: () => void this.blocked.set(name, false) }, casesWords.unblock(name)));
    this.names.replaceChildren(...this.blocked.all.map(row));
    show(this.list, this.blocked.all.length > 0);
    this.floor?.linesChanged();
  }

  private update(): void {
    const over = phaseName(this.talk.phase) === 'ended';
    show(this, isOpen(this.talk.phase) || over);
    show(this.desk, isOpen(this.talk.phase));
    this.report.update();
    this.people?.update();
    if (!this.blocked) show(this.list, false);
  }
}

if (!customElements.get('hustings-moderation')) customElements.define('hustings-moderation', HustingsModeration);

/** Puts it on a page, after all that is there. */
export function mountModeration(player: HustingsPlayer, token: Token | null, signedIn: boolean): void {
  const made = document.createElement('hustings-moderation') as HustingsModeration;
  (player.parentElement ?? document.body).append(made);
  void made.begin(player, token, signedIn);
}

