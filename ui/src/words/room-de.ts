// Der Raum in Worten, für die, die ein Gespräch leiten.

import type { RoomWords } from './room-en';

export const roomDe: RoomWords = {
  room: 'Der Raum',
  hears: (n, one) => (one ? '1 Person hört dir zu.' : `${n} hören dir zu.`),
  hearsNobody: 'Gerade hört dir niemand zu.',
  waits: (n, one) => (one ? '1 Person wartet drinnen.' : `${n} warten drinnen.`),
  moved: (came, went) => `In den letzten fünf Minuten kamen ${came} und gingen ${went}.`,
  still: 'In den letzten fünf Minuten kam und ging niemand.',
  rate: (n) => `In jeder Minute kommen etwa ${n}.`,
  mostLeft: (time, n, of) => `Die meisten gingen um ${time}: ${n} von ${of}.`,
  named: (names) => `Wer zuhört, wird nicht genannt. Von denen, die einen Namen angaben: ${names}.`,
  unnamed: 'Wer zuhört, wird nicht genannt, und noch hat niemand einen Namen angegeben.',
  lines: 'Leitungen',
  lineGood: (name) => `${name}: die Leitung ist gut.`,
  lineRepaired: (name, percent) => `${name}: die Leitung verliert ${percent} % der Pakete, ersetzt.`,
  lineBad: (name, percent, missing) =>
    `${name}: die Leitung verliert ${percent} % der Pakete; ${missing} % lassen sich nicht ersetzen und fehlen hörbar.`,
  lineLate: (seconds) => `Es ist ${seconds} s später zu hören.`,
  lineDown: (name) => `${name}: die Leitung ist weg. Der Platz bleibt.`,
  lineInterrupted: (name) => `${name}: ein Anruf oder ein gesperrter Bildschirm hat das Mikrofon genommen.`,
  unknown: 'Wie die Leitungen sind, ist gerade nicht zu erfragen.',
};
