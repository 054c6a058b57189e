// Clips: what there is, played and stopped by one press, and what the lobby sounds of.
//
// A clip is a line that is kept by its id and changed in place, so that nothing moves under a finger. What is played, the
// roster says, whoever has pressed. Absent: hearing a clip alone; the stage and the audience hear it, and so does who listens in.

import { h, mark, say, show } from '../dom/element';
import { choice, field, input } from '../plan/fields';
import type { Conversation } from '../talk/conversation';
import { isOpen } from '../talk/events';
import { productionWords as words } from '../words/production';
import { timecode } from '../words/words';
import { type Answer, send } from './send';

interface Clip {
  id: string;
  title: string;
  length_ms: number;
  lane: string;
}

interface Prepared {
  clips: Clip[];
  lobby_sound: string;
}

export class Clips {
  readonly element: HTMLElement;
  private all: Clip[] = [];
  private readonly list = h('ul', { class: 'clips' });
  private readonly empty = h('p', { class: 'note' }, words.noClips);
  private readonly closed = h('p', { class: 'note' }, words.closed);
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly file = input('clip-file', 'file', { accept: 'audio/*,.wav,.flac,.mp3,.ogg,.opus,.m4a' });
  private readonly title = input('clip-title', 'text', { maxlength: '80' });
  private readonly add = h('button', { type: 'submit', class: 'primary' }, words.bring);
  private readonly lobby = choice('lobby-sound', []);
  private readonly rows = new Map<string, { element: HTMLElement; write(): void }>();

  constructor(
    private readonly talk: Conversation,
    private readonly token: string,
  ) {
    this.file.addEventListener('change', () => this.proposeTitle());
    this.lobby.addEventListener('change', () => void this.setLobby());
    this.add.dataset.do = 'bring';
    const form = h(
      'form',
      { class: 'form', onsubmit: (event: Event) => void this.bring(event) },
      field(words.file, this.file),
      field(words.title, this.title),
      h('div', { class: 'row' }, this.add),
    );
    this.element = h(
      'section',
      { class: 'sheet', 'aria-labelledby': 'clips-title' },
      h('h2', { id: 'clips-title' }, words.clips),
      this.empty,
      this.list,
      this.closed,
      this.said,
      form,
      field(words.lobby, this.lobby),
    );
    void this.read();
  }

  update(): void {
    for (const row of this.rows.values()) row.write();
    show(this.empty, this.all.length === 0);
    show(this.closed, this.all.length > 0 && !isOpen(this.talk.phase));
  }

  private async read(): Promise<void> {
    const answer = await send<Prepared>('GET', `${this.talk.api}/clips`, this.token);
    if (!answer.ok) return say(this.said, words.failed(answer.detail));
    this.all = answer.body.clips;
    for (const id of [...this.rows.keys()]) if (!this.all.some((clip) => clip.id === id)) this.rows.delete(id);
    const rows = this.all.map((clip) => {
      const row = this.rows.get(clip.id) ?? this.row(clip.id);
      this.rows.set(clip.id, row);
      return row.element;
    });
    this.list.replaceChildren(...rows);
    const options: [string, string][] = [
      ['off', words.lobbyOff],
      ['default', words.lobbyDefault],
      ...this.all.map((clip): [string, string] => [clip.id, clip.title]),
    ];
    this.lobby.replaceChildren(...options.map(([value, label]) => h('option', { value }, label)));
    this.lobby.value = answer.body.lobby_sound;
    this.update();
  }

  private row(id: string): { element: HTMLElement; write(): void } {
    const clip = () => this.all.find((one) => one.id === id);
    const path = `${this.talk.api}/clips/${id}`;
    const name = h('strong', {});
    const aside = h('span', { class: 'note' });
    const title = input('new-title', 'text', { maxlength: '80' });
    const press = (act: () => void) => h('button', { type: 'button', onclick: act });
    const play = press(() => {
      const on = this.talk.roster.playing?.seat === clip()?.lane;
      void this.act(on ? send('POST', `${this.talk.api}/clips/stop`, this.token) : send('POST', `${path}/play`, this.token));
    });
    play.dataset.do = 'play';
    const rename = press(() => {
      title.value = clip()?.title ?? '';
      show(renaming, renaming.hidden === true);
      if (!renaming.hidden) title.focus();
    });
    const remove = press(() => {
      show(removing, removing.hidden === true);
      if (!removing.hidden) keep.focus();
    });
    const save = press(() => void this.change(send('PATCH', path, this.token, { title: title.value.trim() })));
    const sure = press(() => void this.change(send('DELETE', path, this.token)));
    const keep = press(() => {
      show(removing, false);
      remove.focus();
    });
    say(rename, words.rename);
    say(remove, words.remove);
    say(save, words.save);
    say(sure, words.removeSure);
    say(keep, words.keep);
    const renaming = h('div', { class: 'form' }, field(words.newTitle, title), h('div', { class: 'row' }, save));
    const removing = h('div', { class: 'row' }, sure, keep);
    show(renaming, false);
    show(removing, false);
    const head = h('div', { class: 'clip-head' }, name, aside);
    const acts = h('div', { class: 'row' }, play, rename, remove);
    const element = h('li', { 'data-clip': id }, head, acts, renaming, removing);
    return {
      element,
      write: () => {
        const one = clip();
        if (!one) return;
        const on = this.talk.roster.playing?.seat === one.lane;
        const length = timecode(one.length_ms / 1000);
        say(name, one.title);
        say(aside, on ? `${length}, ${words.playing}` : length);
        say(play, on ? words.stop : words.play);
        mark(play, 'class', on ? null : 'primary');
        mark(play, 'aria-label', on ? `${words.stop}: ${one.title}` : words.playClip(one.title));
        mark(rename, 'aria-label', words.renameClip(one.title));
        mark(remove, 'aria-label', words.removeClip(one.title));
        mark(element, 'data-playing', on);
        play.disabled = !isOpen(this.talk.phase);
      },
    };
  }

  private proposeTitle(): void {
    const chosen = this.file.files?.[0];
    if (chosen && !this.title.value) this.title.value = chosen.name.replace(/\.[^.]*$/, '').slice(0, 80);
  }

  private async bring(event: Event): Promise<void> {
    event.preventDefault();
    const chosen = this.file.files?.[0];
    if (!chosen) return say(this.said, words.noFile);
    this.add.disabled = true;
    say(this.said, words.bringing);
    const title = this.title.value.trim() || chosen.name.slice(0, 80);
    const path = `${this.talk.api}/clips?title=${encodeURIComponent(title)}`;
    const answer = await send('POST', path, this.token, chosen);
    this.add.disabled = false;
    say(this.said, answer.ok ? words.brought(title) : words.failed(answer.detail));
    if (!answer.ok) return;
    this.file.value = '';
    this.title.value = '';
    await this.read();
  }

  private async setLobby(): Promise<void> {
    await this.act(send('PUT', `${this.talk.api}/lobby-sound`, this.token, { sound: this.lobby.value }));
  }

  private async act(sent: Promise<Answer<unknown>>): Promise<boolean> {
    const answer = await sent;
    say(this.said, answer.ok ? '' : words.failed(answer.detail));
    return answer.ok;
  }

  private async change(sent: Promise<Answer<unknown>>): Promise<void> {
    if (!(await this.act(sent))) return;
    this.rows.clear();
    await this.read();
  }
}
