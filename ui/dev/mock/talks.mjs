// Conversations in every phase, with people who take turns: what the pages are looked at with, without a server.
//
// Levels are made up, deterministic in media time, and shaped like speech: phrases of some seconds, syllables within
// them, pauses between them, now and then somebody who talks over somebody. Nothing here is shipped.

const RATE = 48000;
const now = () => Date.now();
const bootMs = Number(process.env.MOCK_BOOT ?? now());
const minute = 60_000;

const people = (names) =>
  names.map(([name, role], i) => ({ seat: `seat-${i}`, name, role, muted: false, connected: true }));
const three = people([
  ['Ada Obi', 'host'],
  ['Jonas Brandt', 'speaker'],
  ['Ngũgĩ wa Kamau', 'speaker'],
]);

function talk(slug, title, phase, more = {}) {
  const epoch = more.epoch ?? bootMs - 42 * minute;
  const open = !['scheduled', 'cancelled'].includes(phase);
  const live = open && phase !== 'lobby';
  return {
    slug,
    title,
    phase,
    starts_ms: more.starts_ms ?? (live ? epoch + 15 * minute : bootMs + 4 * minute),
    epoch_ms: open ? epoch : null,
    live_since: live ? 15 * 60 * RATE : null,
    listening: open ? (more.listening ?? 1204) : 0,
    about: more.about ?? 0,
    speakers: more.speakers ?? three,
    held_at: more.held_at ?? null,
  };
}

const muted = three.map((s, i) => ({ ...s, muted: i === 2 }));
const lost = three.map((s) => ({ ...s, connected: false }));
const crowd = people([
  ['Ada Obi', 'host'],
  ...[
    'Jonas Brandt',
    'Mei-Ling Ho',
    'Ravi Nair',
    'Zoë Östlund',
    'Paweł Żak',
    'Fatima Haddad',
    'Tom',
    'Ines Prado',
    'Kofi',
  ].map((n) => [n, 'speaker']),
]);

export const talks = new Map(
  [
    talk('live', 'Who pays for the bridge?', 'live', { speakers: muted }),
    talk('lobby', 'The last ferry: a town without its harbour', 'lobby', {
      speakers: three,
      listening: 312,
      epoch: bootMs - 9 * minute,
    }),
    talk('break', 'Who pays for the bridge?', { held: 'break' }, { held_at: bootMs - 9000 }),
    talk('lost', 'Who pays for the bridge?', { held: 'line_lost' }, { speakers: lost, held_at: bootMs - 5000 }),
    talk('scheduled', 'What a night nurse knows', 'scheduled', { starts_ms: bootMs + 26 * 60 * minute }),
    talk('ended', 'Ten years of the small press', 'ended', { epoch: bootMs - 200 * minute }),
    talk('cancelled', 'The reading that was', 'cancelled'),
    talk('crowd', 'Open mike: everybody who has ever missed the 18:04', 'live', { speakers: crowd, listening: 48210 }),
    talk('cached', 'Who pays for the bridge?', 'live', { listening: 5213, about: 0.06 }),
    talk('stage', 'Who pays for the bridge?', 'live'),
  ].map((t) => [t.slug, t]),
);

export const mediaNow = (t) => Math.floor(((now() - t.epoch_ms) * RATE) / 1000);

const noise = (n) => {
  const x = Math.sin(n * 12.9898) * 43758.5453;
  return x - Math.floor(x);
};

/** Level in dB below full scale of a seat (by index) at a media time in seconds. */
export function dbovAt(seat, count, seconds) {
  const turn = Math.floor(seconds / 6.5);
  const holder = Math.floor(noise(turn) * Math.min(count, 3));
  const inTurn = (seconds / 6.5) % 1;
  const interrupts = noise(turn * 7 + seat) > 0.86 && inTurn > 0.8;
  const speaks = (holder === seat && inTurn < 0.93) || interrupts;
  if (!speaks) return 127;
  const phrase = Math.sin(seconds * 1.9 + seat) + Math.sin(seconds * 0.73 + seat * 2);
  if (phrase < -1.65) return 127;
  const syllable = noise(Math.floor(seconds * 10) + seat * 100);
  return Math.round(Math.max(10, 20 + (1 - syllable) * 26 - phrase * 3));
}

/** One `levels` event for the second that ends at `t` samples. */
export function levels(t, at) {
  const step_ms = 100;
  const voices = t.speakers
    .map((s, i) => ({
      seat: s.seat,
      dbov: Array.from({ length: 10 }, (_, k) =>
        s.muted ? 127 : dbovAt(i, t.speakers.length, at / RATE - 1 + k / 10),
      ),
    }))
    .filter((v) => v.dbov.some((d) => d < 127));
  return { t: at, step_ms, voices };
}
