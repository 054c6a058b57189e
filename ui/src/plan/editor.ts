// Editing a conversation in place, moving it, calling it off, and inviting people to it: on its own page for a host with a
// token, and on /plan for who is signed in.
//
// Who saves what somebody else has changed meanwhile is told what it is now, keeps their own words in the form, and decides.
// Its state is in data-editor, for tests.

import '../style/plan.css';
import { h, mark, say, show } from '../dom/element';
import type { Facts } from '../talk/events';
import { planWords as words } from '../words/plan';
import { dayAndTime } from '../words/words';
import { Caller, type Refused } from './call';
import { CoverField } from './cover';
import { button, choice, field } from './fields';
import { Form } from './form';
import { Invitations } from './invitations';

export class Editor {
  readonly element: HTMLElement;
  private readonly caller: Caller;
  private readonly form = new Form(false);
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly save = button(words.save, () => void this.submit(), 'primary');
  private readonly theirs = button(words.takeTheirs, () => this.take());
  private readonly mine = button(words.saveMine, () => void this.submit());
  private readonly scope = choice('scope', [
    ['one', words.scopeOne],
    ['following', words.scopeFollowing],
  ]);
  private readonly reason = h('textarea', { name: 'reason', rows: '3', maxlength: '500' });
  private readonly off = button(words.callOff, () => this.ask(true));
  private readonly sure = button(words.callOffSure, () => void this.callOff());
  private readonly keep = button(words.keepIt, () => this.ask(false));
  private readonly asking = h('div', { class: 'asking' });
  private current: Facts | null = null;
  private version: number;

  constructor(
    private facts: Facts,
    private readonly api: string,
    token: string | null,
    private readonly changed: (facts: Facts) => void,
  ) {
    this.caller = new Caller(token);
    this.version = facts.version ?? 1;
    this.save.dataset.do = 'save';
    this.off.dataset.do = 'call-off';
    this.sure.dataset.do = 'sure';
    this.asking.append(
      h('p', { class: 'note' }, words.callOffHelp),
      field(words.callOffReason, this.reason),
      h('div', { class: 'row' }, this.sure, this.keep),
    );
    const scope = field(words.scope, this.scope);
    show(scope, facts.series !== undefined);
    this.element = h(
      'div',
      { class: 'desk-sheets' },
      h(
        'section',
        { class: 'sheet', 'aria-labelledby': 'editing-title' },
        h('h2', { id: 'editing-title' }, words.editing),
        this.form.element,
        scope,
        this.said,
        h('div', { class: 'row' }, this.save, this.theirs, this.mine, this.off),
        this.asking,
      ),
      new CoverField(facts, api, token).element,
      new Invitations(api, this.caller).element,
    );
    this.form.read(facts);
    this.ask(false);
    this.enter('ready', '');
  }

  private enter(state: 'ready' | 'working' | 'saved' | 'stale' | 'refused' | 'off', sentence: string): void {
    mark(this.element, 'data-editor', state);
    say(this.said, sentence);
    show(this.theirs, state === 'stale');
    show(this.mine, state === 'stale');
    show(this.save, state !== 'stale' && state !== 'off');
    const before = this.facts.phase === 'scheduled' || this.facts.phase === 'lobby';
    show(this.off, before && state !== 'stale' && state !== 'off' && this.asking.hidden === true);
    for (const press of [this.save, this.mine, this.sure]) press.disabled = state === 'working';
  }

  private async submit(): Promise<void> {
    const body = { ...this.form.value(), ...(this.facts.series ? { scope: this.scope.value } : {}) };
    this.enter('working', words.working);
    const answer = await this.caller.ask<Facts>('PATCH', this.api, body, { 'if-match': `"${this.version}"` });
    if (!answer.ok) return this.refused(answer);
    this.adopt(answer.body);
    this.enter('saved', words.saved);
  }

  private async callOff(): Promise<void> {
    const body = { reason: this.reason.value.trim(), ...(this.facts.series ? { scope: this.scope.value } : {}) };
    this.enter('working', words.working);
    const answer = await this.caller.ask<Facts>('POST', `${this.api}/cancel`, body, {
      'if-match': `"${this.version}"`,
    });
    if (!answer.ok) return this.refused(answer);
    this.adopt(answer.body);
    show(this.asking, false);
    this.enter('off', words.calledOff);
  }

  private refused(answer: Refused): void {
    if (answer.status !== 412) return this.enter('refused', words.failed(answer.detail));
    this.current = answer.current as Facts;
    // Whoever presses again has read what it is now.
    this.version = this.current.version ?? this.version;
    const when = this.current.starts_ms == null ? '' : dayAndTime(this.current.starts_ms);
    this.enter('stale', `${words.stale} ${words.staleNow(this.current.title, when)}`);
    this.theirs.focus();
  }

  private take(): void {
    if (this.current) this.adopt(this.current);
    this.enter('ready', '');
    this.form.focus();
  }

  private adopt(facts: Facts): void {
    this.facts = facts;
    this.version = facts.version ?? this.version;
    this.form.read(facts);
    this.changed(facts);
  }

  private ask(asking: boolean): void {
    show(this.asking, asking);
    show(this.off, !asking);
    if (asking) this.reason.focus();
  }
}
