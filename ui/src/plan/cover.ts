// The cover of a conversation in the plan editor: the picture that there is, another in its place, or none.

import { h, mark, say, show } from '../dom/element';
import { send } from '../producer/send';
import { type Cover, type Facts, coverAddress } from '../talk/events';
import { productionWords as words } from '../words/production';
import { button, field, input } from './fields';

export class CoverField {
  readonly element: HTMLElement;
  private cover: Cover | null;
  private readonly picture = h('img', { class: 'cover', alt: words.coverAlt });
  private readonly file = input('cover', 'file', { accept: 'image/png,image/jpeg,image/webp' });
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly use = button(words.coverSet, () => void this.set(), 'primary');
  private readonly none = button(words.coverRemove, () => void this.remove());

  constructor(
    private readonly facts: Facts,
    private readonly api: string,
    private readonly token: string | null,
  ) {
    this.cover = facts.cover ?? null;
    this.use.dataset.do = 'cover';
    this.element = h(
      'section',
      { class: 'sheet', 'aria-labelledby': 'cover-title' },
      h('h2', { id: 'cover-title' }, words.cover),
      this.picture,
      field(words.coverFile, this.file, words.coverHelp),
      this.said,
      h('div', { class: 'row' }, this.use, this.none),
    );
    this.update();
  }

  private update(): void {
    const { cover } = this;
    show(this.picture, cover !== null);
    show(this.none, cover !== null);
    if (!cover) return;
    mark(this.picture, 'width', String(cover.width));
    mark(this.picture, 'height', String(cover.height));
    mark(this.picture, 'src', coverAddress(this.facts.slug, cover, true));
  }

  private async set(): Promise<void> {
    const chosen = this.file.files?.[0];
    if (!chosen) return say(this.said, words.noFile);
    say(this.said, words.coverWorking);
    this.use.disabled = true;
    const answer = await send<{ cover: Cover }>('PUT', `${this.api}/cover`, this.token, chosen);
    this.use.disabled = false;
    say(this.said, answer.ok ? words.coverDone : words.failed(answer.detail));
    if (!answer.ok) return;
    this.cover = answer.body.cover;
    this.file.value = '';
    this.update();
  }

  private async remove(): Promise<void> {
    const answer = await send('DELETE', `${this.api}/cover`, this.token);
    say(this.said, answer.ok ? words.coverGone : words.failed(answer.detail));
    if (!answer.ok) return;
    this.cover = null;
    this.update();
  }
}
