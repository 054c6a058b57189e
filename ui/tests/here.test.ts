// When a page says that it is here, and what: never while it is seen, one in so many, at its own moment, with a goodbye.
import { describe, expect, it } from 'vitest';
import { Here, type World, hereOf, readAsked } from '../src/listen/here';

/** A world whose clock runs when somebody sleeps, and whose server answers as it is told. */
function world(answer: unknown, draws: number[] = [0.5, 0.25, 0.125]) {
  const said: string[] = [];
  let now = 0;
  let drawn = 0;
  const end = new AbortController();
  const made: World & { said: string[]; end: AbortController; until: number } = {
    said,
    end,
    until: 60_000,
    random: () => draws[drawn++ % draws.length] as number,
    now: () => now,
    sleep: (ms) => {
      now += ms;
      if (now >= made.until) end.abort();
      return Promise.resolve();
    },
    fetch: ((_: string, init?: RequestInit) => {
      if (init?.method === 'POST') said.push(`${now} ${init.body}`);
      else said.push(`${now} asks`);
      return Promise.resolve(new Response(typeof answer === 'string' ? answer : JSON.stringify(answer)));
    }) as typeof fetch,
  };
  return made;
}

async function told(answer: unknown, draws?: number[], sounds = () => true, until = 60_000): Promise<string[]> {
  const w = world(answer, draws);
  w.until = until;
  await new Here('http://x/c/a/here', sounds, w).run(w.end.signal);
  return w.said;
}

describe('a page behind a cache', () => {
  it('reports at its own moment in each period, and says goodbye', async () => {
    // Draws: the upper half, the lower half, the moment.
    const said = await told({ seen: false, one_in: 1, every_s: 15 }, [0.5, 0.25, 0.2], undefined, 40_000);
    const id = 'id=8000000040000000';
    expect(said).toEqual([
      '3000 asks',
      `3000 ${id}`,
      '18000 asks',
      `18000 ${id}`,
      '33000 asks',
      `33000 ${id}`,
      `48000 ${id}&leaving=1`,
    ]);
  });

  it('reports only if its number is among those that are asked for', async () => {
    const reports = async (upper: number, one_in: number) => {
      const said = await told({ seen: false, one_in, every_s: 15 }, [upper, 0.1, 0.1]);
      return said.filter((s) => s.includes('id=')).length > 0;
    };
    expect(await reports(0.24, 4)).toBe(true);
    expect(await reports(0.25, 4)).toBe(false);
    expect(await reports(0.99, 1)).toBe(true);
  });

  it('keeps to the rate that the server states: one in four of many', async () => {
    let reporting = 0;
    for (let n = 0; n < 400; n += 1) {
      const said = await told({ seen: false, one_in: 4, every_s: 15 }, [(n * 0.618033988) % 1, 0.3, 0.9], undefined, 20_000);
      if (said.some((s) => s.includes('id='))) reporting += 1;
    }
    expect(reporting).toBeGreaterThan(95);
    expect(reporting).toBeLessThan(105);
  });

  it('draws another number after ten minutes, and says goodbye under the old one', async () => {
    const said = await told({ seen: false, one_in: 1, every_s: 15 }, [0.5, 0.25, 0.2, 0.75, 0.6], undefined, 640_000);
    const goodbyes = said.filter((s) => s.includes('leaving'));
    expect(goodbyes.length).toBe(2);
    const numbers = new Set(said.flatMap((s) => s.match(/id=([0-9a-f]{16})/)?.[1] ?? []));
    expect(numbers.size).toBe(2);
  });
});

describe('a page that says nothing', () => {
  it('is one whose connections the server sees', async () => {
    const said = await told({ seen: true, one_in: 1, every_s: 15 });
    expect(said.every((s) => s.endsWith('asks')) && said.length).toBe(4);
  });

  it('is one that does not sound', async () => {
    expect(await told({ seen: false, one_in: 1, every_s: 15 }, undefined, () => false)).toEqual([]);
  });

  it('is one whose server says nothing of it, or nonsense', async () => {
    for (const answer of ['<html>', 'null', {}, { seen: false, one_in: 0, every_s: 15 }]) {
      expect((await told(answer)).filter((s) => s.includes('id='))).toEqual([]);
    }
    expect(readAsked({ seen: false, one_in: 2, every_s: Number.NaN })).toBeNull();
  });
});

it('asks beside the playlists, over the same way', () => {
  expect(hereOf('https://cdn.example/c/evening/hls/index.m3u8')).toBe('https://cdn.example/c/evening/here');
});
