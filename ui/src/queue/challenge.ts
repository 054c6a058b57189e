// A challenge of the gate: sixteen small puzzles, which are calculated in pieces so that the page stays alive.
//
// It is met by newcomers while very many come at once. A puzzle's answer is a number that makes SHA-256 of the challenge's hash, the
// puzzle's index and the number begin with so many zero bits. It takes a phone about a second. Whoever cannot or does not calculate
// waits instead: the same challenge lets in who has only waited. Nobody has to see, read or solve anything. Absent: WebCrypto, whose
// answer to each hash comes too late for sixty thousand of them.

/** What the gate answers with 428. */
export interface Challenge {
  challenge: string;
  puzzles: number;
  bits: number;
  wait_s: number;
}

/** Pieces between which the page may do other things, in ms; and how long is calculated at most. */
const PIECE_MS = 12;
const PATIENCE_MS = 2500;

/** The answers, or null if it took too long: then waiting is the way. */
export async function solve(
  task: Challenge,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<number[] | null> {
  const seed = sha256(new TextEncoder().encode(task.challenge));
  const block = new Uint8Array(37);
  block.set(seed);
  const view = new DataView(block.buffer);
  const found: number[] = [];
  const began = now();
  let piece = began;
  for (let at = 0; at < task.puzzles; at++) {
    block[32] = at;
    for (let number = 0; ; number++) {
      view.setUint32(33, number);
      if (zeros(sha256(block)) >= task.bits) {
        found.push(number);
        break;
      }
      if (number % 256 === 255 && now() - piece >= PIECE_MS) {
        if (signal.aborted || now() - began > PATIENCE_MS) return null;
        await new Promise((done) => setTimeout(done));
        piece = now();
      }
    }
  }
  return found;
}

/** Zero bits at the beginning, of the first 32. */
function zeros(hash: Uint8Array): number {
  return Math.clz32(((hash[0] ?? 0) << 24) | ((hash[1] ?? 0) << 16) | ((hash[2] ?? 0) << 8) | (hash[3] ?? 0));
}

const K = new Uint32Array(64);
const START = new Uint32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0;
  if (!prime) continue;
  // The first 32 bits of the fractions of roots of primes (FIPS 180-4, sections 4.2.2 and 5.3.3).
  if (found < 8) START[found] = (Math.sqrt(n) % 1) * 2 ** 32;
  K[found++] = (Math.cbrt(n) % 1) * 2 ** 32;
}

const words = new Uint32Array(64);
const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

/** SHA-256 (FIPS 180-4). */
export function sha256(message: Uint8Array): Uint8Array {
  const length = ((message.length + 72) >> 6) << 6;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 4, message.length * 8);
  const state = START.slice();
  for (let at = 0; at < length; at += 64) compress(state, view, at);
  const hash = new Uint8Array(32);
  const out = new DataView(hash.buffer);
  state.forEach((word, n) => {
    out.setUint32(n * 4, word);
  });
  return hash;
}

function compress(state: Uint32Array, view: DataView, at: number): void {
  for (let n = 0; n < 64; n++) {
    if (n < 16) {
      words[n] = view.getUint32(at + n * 4);
      continue;
    }
    const [a, b] = [words[n - 15] as number, words[n - 2] as number];
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    words[n] = (words[n - 16] as number) + s0 + (words[n - 7] as number) + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let n = 0; n < 64; n++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[n] as number) + (words[n] as number)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, n) => {
    state[n] = (state[n] as number) + word;
  });
}
