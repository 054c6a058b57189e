// What the waiting room says, in English. It is loaded by who waits, not with the first sound.

export const queueEn = {
  heading: 'You have a place',
  coming: 'Finding you a seat…',
  checking: 'Very many are coming at once. Your device does a short calculation, about a second…',
  waitInstead: (time: string) => `You come in without it, too: it takes ${time} longer. You need do nothing.`,
  place: (n: string) => `Place ${n}`,
  next: 'You are next.',
  notDrawn: 'Everybody who is here before the start has the same chance. The order is drawn when it starts.',
  ahead: (n: string, one: boolean) => (one ? '1 person is before you.' : `${n} people are before you.`),
  takes: (about: string, low: string, high: string) => `About ${about}, most likely between ${low} and ${high}.`,
  unknown: 'How long that takes is not known yet: nobody has come in for a while.',
  mayClose: 'You may close this page; your place is kept. Open it again in this browser and you go on from here.',
  starts: (time: string) => `It starts at ${time}.`,
  moved: (time: string) => `The start was moved to ${time}. Your place stays.`,
  hostSays: (text: string) => `The host says: ${text}`,
  running: 'It has begun.',
  onBreak: 'It is on a break.',
  offline: 'The server cannot be reached. Your place is kept; this page tries again.',
  full: 'The queue is full. This page tries again.',
};

export type QueueWords = typeof queueEn;
