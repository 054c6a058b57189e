// The room in words, for those who run a conversation. It is loaded with their desk.

export const roomEn = {
  room: 'The room',
  hears: (n: string, one: boolean) => (one ? '1 person hears you.' : `${n} hear you.`),
  hearsNobody: 'Nobody hears you at the moment.',
  waits: (n: string, one: boolean) => (one ? '1 person waits inside.' : `${n} wait inside.`),
  moved: (came: string, went: string) => `In the last five minutes ${came} came and ${went} left.`,
  still: 'In the last five minutes nobody came or left.',
  rate: (n: string) => `About ${n} come each minute.`,
  mostLeft: (time: string, n: string, of: string) => `Most left at ${time}: ${n} of ${of}.`,
  named: (names: string) => `Who listens is not named. Of those who gave a name: ${names}.`,
  unnamed: 'Who listens is not named, and nobody has given a name yet.',
  lines: 'Lines',
  lineGood: (name: string) => `${name}: the line is good.`,
  lineRepaired: (name: string, percent: string) => `${name}: the line loses ${percent} % of packets, repaired.`,
  lineBad: (name: string, percent: string, missing: string) =>
    `${name}: the line loses ${percent} % of packets; ${missing} % cannot be repaired and are heard as gaps.`,
  lineLate: (seconds: string) => `It is heard ${seconds} s late.`,
  lineDown: (name: string) => `${name}: the line is down. The seat is kept.`,
  lineInterrupted: (name: string) => `${name}: a call or a locked screen has taken the microphone.`,
  unknown: 'What the lines are like cannot be asked at the moment.',
};

export type RoomWords = typeof roomEn;
