// What a listener can choose about the sound: how loud, how much data, how long.
//
// Data is said in megabytes an hour, because that is what a contract is written in. The choices are kept in this browser.
// Absent: an equaliser, a speed. It is live.

import { h, say, show } from '../dom/element';
import type { Listener } from '../listen/listener';
import { QUALITIES, type Quality, megabytesAnHour, renditionFor } from '../listen/tier';
import { number, words } from '../words/words';
import { SleepTimer } from './sleep';

const KEY = 'hustings-sound';
const SLEEP_MINUTES = [15, 30, 60];

interface Kept {
  volume?: number;
  quality?: Quality;
}

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept;
  } catch {
    return {};
  }
}

function keep(change: Kept): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...kept(), ...change }));
  } catch {
    // A browser that keeps nothing forgets the choice; it is asked again next time.
  }
}

export function soundPanel(listener: Listener): { element: HTMLElement; update(): void } {
  const before = kept();
  if (before.quality && QUALITIES.includes(before.quality)) listener.quality = before.quality;
  listener.audio.volume = Math.min(1, Math.max(0, before.volume ?? 1));

  const volume = h('input', {
    type: 'range',
    min: '0',
    max: '100',
    value: String(Math.round(listener.audio.volume * 100)),
  });
  volume.addEventListener('input', () => {
    listener.audio.volume = Number(volume.value) / 100;
    keep({ volume: listener.audio.volume });
  });

  const choices = QUALITIES.map((quality) => {
    const input = h('input', { type: 'radio', name: 'quality', value: quality });
    input.addEventListener('change', () => {
      listener.choose(quality);
      keep({ quality });
    });
    const price = words.perHour(number(megabytesAnHour(renditionFor(quality, true))));
    return { quality, input, row: h('label', { class: 'choice' }, input, words[quality], h('span', { class: 'price' }, price)) };
  });
  const quality = h('fieldset', { class: 'field' }, h('legend', {}, words.quality), ...choices.map((c) => c.row));
  const elsewhere = h('p', { class: 'field' }, h('span', {}, words.qualityElsewhere));

  const timer = new SleepTimer(listener.audio, () => {
    listener.stop();
    sleep.value = '0';
  });
  const sleep = h(
    'select',
    {},
    h('option', { value: '0' }, words.sleepNever),
    ...SLEEP_MINUTES.map((m) => h('option', { value: String(m) }, words.minutes(number(m)))),
  );
  sleep.addEventListener('change', () => {
    timer.set(Number(sleep.value));
  });

  const tier = h('p', { class: 'field' }, h('span'));
  const element = h(
    'div',
    { class: 'panel', id: 'sound' },
    h('h2', {}, words.sound),
    h('label', { class: 'field' }, h('span', {}, words.volume), volume),
    quality,
    elsewhere,
    h('label', { class: 'field' }, h('span', {}, words.sleepAfter), sleep),
    tier,
  );
  return {
    element,
    update() {
      show(quality, listener.choosable);
      show(elsewhere, !listener.choosable);
      for (const c of choices) c.input.checked = c.quality === listener.quality;
      const name = listener.tierName;
      show(tier, name !== null);
      const how = name === 'stream' ? words.tierStream : name === 'plain' ? words.tierPlain : words.tierHls;
      say(tier.firstElementChild as Element, `${words.tier}: ${how}`);
    },
  };
}
