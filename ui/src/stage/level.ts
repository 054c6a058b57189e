// One's own level as a stave with a stroke on it that grows to the right: from -60 dB to full scale, with the last 3 dB set
// apart, because what reaches them is cut off. It is a <meter> to a screen reader, and silent unless asked.

import { h, mark } from '../dom/element';
import { words } from '../words/words';
import type { Frame } from './advice';

const FLOOR_DB = -60;

export class Level {
  private readonly stroke = h('i');
  readonly element = h(
    'div',
    {
      class: 'level',
      role: 'meter',
      'aria-label': words.yourLevel,
      'aria-valuemin': '0',
      'aria-valuemax': '100',
      'aria-valuenow': '0',
    },
    this.stroke,
  );
  private shown = 0;

  /** Shows a frame; null is nothing, as while muted. */
  show(frame: Frame | null): void {
    const wanted = frame === null ? 0 : Math.max(0, Math.min(1, 1 - frame.peak / FLOOR_DB));
    // Up at once, down slowly, as the eye expects of a level.
    this.shown = Math.max(wanted, this.shown - 0.06);
    this.stroke.style.setProperty('transform', `scaleX(${this.shown.toFixed(3)})`);
    mark(this.element, 'data-clips', frame?.clipped ?? false);
    mark(this.element, 'aria-valuenow', String(Math.round(this.shown * 100)));
  }
}
