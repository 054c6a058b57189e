// Inviting people by link: making one, copying it once, and withdrawing it.

import { h, say, show } from '../dom/element';
import { planWords as words } from '../words/plan';
import type { Caller } from './call';
import { button, choice, field, input } from './fields';

interface Invitation {
  id: string;
  role: 'speaker' | 'cohost' | 'host' | 'producer' | 'listener';
  label: string;
  name: string;
  uses_max?: number;
  uses: number;
  revoked_ms?: number;
  link?: string;
}

export class Invitations {
  readonly element: HTMLElement;
  private readonly list = h('ul', { class: 'invitations' });
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly name = input('invitee', 'text', { maxlength: '80' });
  private readonly email = input('email', 'email', { maxlength: '254' });
  private readonly emailField = field(words.inviteMail, this.email);
  private readonly role = choice('role', [
    ['speaker', words.speaker],
    ['cohost', words.cohost],
    ['producer', words.producer],
    ['listener', words.listener],
  ]);
  private readonly kind = choice('kind', [
    ['1', words.kindOne],
    ['0', words.kindMany],
  ]);
  private readonly link = input('link', 'text', { readonly: true, 'aria-label': words.linkOnce });
  private readonly copy = button(words.copy, () => void this.copyLink());
  private readonly made = h('div', { class: 'made' }, h('p', {}, words.linkOnce), this.link, this.copy);

  constructor(
    private readonly api: string,
    private readonly caller: Caller,
  ) {
    const make = button(words.invite, () => void this.make(make), 'primary');
    make.dataset.do = 'invite';
    show(this.made, false);
    show(this.emailField, false);
    this.element = h(
      'section',
      { class: 'sheet', 'aria-labelledby': 'invitations-title' },
      h('h2', { id: 'invitations-title' }, words.invitations),
      field(words.inviteFor, this.name),
      this.emailField,
      h('div', { class: 'pair' }, field(words.inviteAs, this.role), field(words.inviteKind, this.kind)),
      h('div', { class: 'row' }, make),
      this.made,
      this.said,
      this.list,
    );
    void this.read();
  }

  private async read(): Promise<void> {
    const answer = await this.caller.ask<{ invitations: Invitation[]; mail?: boolean }>('GET', `${this.api}/invitations`);
    if (!answer.ok) return say(this.said, words.failed(answer.detail));
    show(this.emailField, answer.body.mail === true);
    const all = answer.body.invitations;
    this.list.replaceChildren(
      ...(all.length ? all.map((one) => this.row(one)) : [h('li', { class: 'note' }, words.noInvitations)]),
    );
  }

  private row(one: Invitation): HTMLElement {
    const state = one.revoked_ms ? words.withdrawn : one.uses ? words.used(one.uses) : words.unused;
    const withdraw = button(words.withdraw, () => void this.withdraw(one, withdraw));
    withdraw.dataset.do = 'withdraw';
    return h(
      'li',
      { 'data-withdrawn': one.revoked_ms !== undefined },
      h(
        'span',
        {},
        h('strong', {}, one.name || one.label || words.someone),
        ` ${words[one.role]}, ${one.uses_max === 1 ? words.kindOne : words.kindMany}: ${state}`,
      ),
      one.revoked_ms ? null : withdraw,
    );
  }

  private async make(press: HTMLButtonElement): Promise<void> {
    press.disabled = true;
    const name = this.name.value.trim();
    const email = this.email.value.trim();
    const body = {
      role: this.role.value,
      uses_max: Number(this.kind.value),
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
    };
    const answer = await this.caller.ask<Invitation>('POST', `${this.api}/invitations`, body);
    press.disabled = false;
    if (!answer.ok) return say(this.said, words.failed(answer.detail));
    say(this.said, '');
    this.link.value = answer.body.link ?? '';
    say(this.copy, words.copy);
    show(this.made, true);
    this.name.value = '';
    this.email.value = '';
    this.copy.focus();
    await this.read();
  }

  private async copyLink(): Promise<void> {
    this.link.select();
    try {
      await navigator.clipboard.writeText(this.link.value);
      say(this.copy, words.copied);
    } catch {
      // It is selected: the person copies it by hand.
    }
  }

  private async withdraw(one: Invitation, press: HTMLButtonElement): Promise<void> {
    press.disabled = true;
    const answer = await this.caller.ask('POST', `${this.api}/invitations/${encodeURIComponent(one.id)}/revoke`);
    if (!answer.ok) say(this.said, words.failed(answer.detail));
    await this.read();
  }
}
