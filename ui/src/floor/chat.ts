// The chat: the last lines, what part of a flood is shown, and one's own line.
//
// A screen reader is told nothing of it by itself, because lines come faster than they can be read aloud; the list can be
// walked through. It follows the newest line unless somebody has scrolled up.

import { h, mark, say, show } from '../dom/element';
import { floorWords } from '../words/floor';
import { number } from '../words/words';
import type { FloorState, Line } from './state';

/** For so long after a flood its sentence stays. */
const FLOOD_MS = 4000;

export type LineActs = (line: Line) => { label: string; press: () => void }[];

export class Chat {
  readonly element: HTMLElement;
  private readonly list = h('ol', { class: 'lines', 'aria-label': floorWords.chat, tabindex: '0' });
  private readonly empty = h('p', { class: 'soft' }, floorWords.noLines);
  private readonly part = h('p', { class: 'part' });
  private readonly rule = h('p', { class: 'soft' });
  private readonly input = h('input', { type: 'text', maxlength: '500', autocomplete: 'off', id: 'line' });
  private readonly form: HTMLFormElement;
  private readonly rows = new Map<number, HTMLLIElement>();
  private floodUntil = 0;
  /** What everybody can do about a line, and whether a name is not to be read. */
  private acts: LineActs | null = null;
  private unread: (name: string) => boolean = () => false;

  constructor(
    send: (text: string) => Promise<boolean>,
    private readonly hide: ((line: Line, mute: boolean) => void) | null,
  ) {
    this.form = h(
      'form',
      { class: 'write' },
      h('label', { for: 'line' }, floorWords.yourLine),
      h('div', { class: 'row' }, this.input, h('button', { type: 'submit' }, floorWords.send)),
    );
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (text) void send(text).then((taken) => taken && this.input.value === text && this.clear());
    });
    this.element = h('section', { class: 'chat' }, h('h2', {}, floorWords.chat), this.empty, this.list, this.part, this.rule, this.form);
  }

  update(state: FloorState): void {
    const below = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 24;
    const kept = new Set(state.lines.map((line) => line.id));
    for (const [id, row] of this.rows) {
      if (kept.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    state.lines.forEach((line, i) => {
      const row = this.rows.get(line.id) ?? this.row(line);
      show(row, !this.unread(line.name));
      if (this.list.children[i] !== row) this.list.insertBefore(row, this.list.children[i] ?? null);
    });
    show(this.empty, state.lines.length === 0);
    show(this.list, state.lines.length > 0);
    const { shown, offered } = state.flood;
    if (offered > shown) {
      this.floodUntil = performance.now() + FLOOD_MS;
      say(this.part, floorWords.part(number(shown), number(offered)));
    }
    show(this.part, performance.now() < this.floodUntil);
    const { chat, slow_s } = state.rules;
    say(this.rule, chat ? (slow_s ? floorWords.slow(number(slow_s)) : '') : floorWords.chatOff);
    show(this.rule, this.rule.textContent !== '');
    show(this.form, chat || this.hide !== null);
    if (below) this.list.scrollTop = this.list.scrollHeight;
  }

  /** Adds to every line what can be done about it. */
  lookAfter(acts: LineActs, unread: (name: string) => boolean): void {
    this.acts = acts;
    this.unread = unread;
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
  }

  focus(): void {
    this.input.focus();
  }

  private clear(): void {
    this.input.value = '';
  }

  private row(line: Line): HTMLLIElement {
    const role = line.role === 'host' || line.role === 'cohost' ? floorWords.roleHost : line.role ? floorWords.roleStage : '';
    const row = h(
      'li',
      { 'data-line': String(line.id) },
      h('span', { class: 'who' }, line.name, role ? h('small', {}, ` ${role}`) : null),
      h('span', { class: 'what', dir: 'auto' }, line.text),
    );
    if (this.hide) row.append(this.tool(line, false), this.tool(line, true));
    const acts = this.acts?.(line) ?? [];
    if (acts.length) {
      const button = ({ label, press }: { label: string; press: () => void }) =>
        h('button', { type: 'button', class: 'small', 'aria-label': `${label}: ${floorWords.lineOf(line.name)}`, onclick: press }, label);
      row.append(h('details', { class: 'more' }, h('summary', { 'aria-label': `${floorWords.moreOf}: ${floorWords.lineOf(line.name)}` }, floorWords.moreOf), ...acts.map(button)));
    }
    mark(row, 'data-stage', role !== '');
    this.rows.set(line.id, row);
    return row;
  }

  private tool(line: Line, mute: boolean): HTMLButtonElement {
    const label = mute ? floorWords.hideAndMute : floorWords.hide;
    const press = () => this.hide?.(line, mute);
    return h('button', { type: 'button', class: 'small', 'aria-label': `${label}: ${floorWords.lineOf(line.name)}`, onclick: press }, label);
  }
}
