// What the waiting room says, in German.

import type { QueueWords } from './queue-en';

export const queueDe: QueueWords = {
  heading: 'Du hast einen Platz in der Schlange',
  coming: 'Ein Platz wird gesucht…',
  checking: 'Sehr viele kommen gleichzeitig. Dein Gerät rechnet kurz, etwa eine Sekunde…',
  waitInstead: (time) => `Es geht auch ohne: Das dauert ${time} länger. Du musst nichts tun.`,
  place: (n) => `Platz ${n}`,
  next: 'Du bist als Nächstes dran.',
  notDrawn: 'Wer vor dem Beginn da ist, hat die gleiche Aussicht. Die Reihenfolge wird ausgelost, wenn es beginnt.',
  ahead: (n, one) => (one ? '1 Person ist vor dir.' : `${n} Personen sind vor dir.`),
  takes: (about, low, high) => `Etwa ${about}, wahrscheinlich zwischen ${low} und ${high}.`,
  unknown: 'Wie lange das dauert, ist noch nicht bekannt: Seit einer Weile ist niemand hineingekommen.',
  mayClose:
    'Du kannst diese Seite schließen; dein Platz bleibt. Öffne sie in diesem Browser wieder, dann geht es hier weiter.',
  starts: (time) => `Beginn um ${time}.`,
  moved: (time) => `Der Beginn wurde auf ${time} verlegt. Dein Platz bleibt.`,
  hostSays: (text) => `Die Gesprächsleitung sagt: ${text}`,
  running: 'Es hat begonnen.',
  onBreak: 'Es ist gerade Pause.',
  offline: 'Der Server ist nicht zu erreichen. Dein Platz bleibt; diese Seite versucht es wieder.',
  full: 'Die Schlange ist voll. Diese Seite versucht es wieder.',
};
