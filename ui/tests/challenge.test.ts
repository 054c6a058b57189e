import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256, solve } from '../src/queue/challenge';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a challenge of the gate', () => {
  it('hashes as SHA-256 does, whatever the length', () => {
    for (const length of [0, 1, 37, 55, 56, 63, 64, 65, 119, 120, 1000]) {
      const message = new Uint8Array(length).map((_, n) => (n * 7 + length) & 255);
      expect(hex(sha256(message)), `${length} bytes`).toBe(createHash('sha256').update(message).digest('hex'));
    }
  });

  it('is solved by numbers that anybody can check', async () => {
    const task = { challenge: 'EwcEdGFsaw', puzzles: 4, bits: 8, wait_s: 20 };
    const found = await solve(task, new AbortController().signal);
    const seed = createHash('sha256').update(task.challenge).digest();
    expect(found).toHaveLength(4);
    found?.forEach((number, at) => {
      const block = Buffer.alloc(37);
      seed.copy(block);
      block[32] = at;
      block.writeUInt32BE(number, 33);
      expect(createHash('sha256').update(block).digest()[0]).toBe(0);
    });
  });

  it('gives up when it takes too long, so that the page waits instead', async () => {
    let clock = 0;
    const task = { challenge: 'x', puzzles: 1, bits: 32, wait_s: 20 };
    const slow = () => (clock += 100);
    expect(await solve(task, new AbortController().signal, slow)).toBeNull();
  });
});
