// Two people in Chromium before the start, one inside and one who waits for a seat, while the host is late: posts why, moves
// the start, begins.
//
//   node lobby.mjs --url http://127.0.0.1:8080/c/talk --token TOKEN --starts MS
//
// Prints {"delayed":{"lobby":…,"waiting":…,"queue":…,"status":…},"moved":{…},"begun":{…}}: after how many milliseconds each
// of the two pages, queue.json and the status page showed each act.

import { options, run } from './browser.mjs';

const given = options({ url: undefined, token: undefined, starts: undefined });
const slug = given.url.split('/').pop();
const origin = new URL(given.url).origin;
const api = `${origin}/api/v1/conversations/${slug}`;
const WORDS = 'The train is late. We begin when it is here.';
const STARTS = Number(given.starts) + 420_000;

async function act(method, url, body) {
  const headers = { authorization: `Bearer ${given.token}`, 'content-type': 'application/json' };
  if (method === 'PATCH') {
    const now = await fetch(api, { headers });
    headers['if-match'] = now.headers.get('etag');
  }
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}

// After how long a condition held, in milliseconds from `began`; null after 12 s.
async function after(began, holds) {
  while (performance.now() - began < 12_000) {
    if (await holds().catch(() => false)) return Math.round(performance.now() - began);
    await new Promise((done) => setTimeout(done, 50));
  }
  return null;
}

await run(55, async (launch) => {
  const browser = await launch();
  const open = async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB', timezoneId: 'UTC' });
    const page = await context.newPage();
    await page.goto(given.url);
    return page;
  };
  const inside = await open();
  await inside.waitForFunction(() => window.hustings?.talk.lineUp, null, { timeout: 20_000 });
  const waits = await open();
  await waits.locator('hustings-player .waiting').filter({ hasText: 'It starts at' }).waitFor({ timeout: 20_000 });

  const lobby = () => inside.locator('.bill').innerText();
  const waiting = () => waits.locator('hustings-player .waiting').innerText();
  const queue = async () => (await fetch(`${given.url}/queue.json`)).text();
  const status = async () => (await fetch(`${origin}/status`)).text();
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(STARTS);
  const utc = new Date(STARTS).toISOString().slice(0, 16).replace('T', ' ');

  const phase = () => inside.locator('#page').getAttribute('data-phase');
  const seen = {};
  const watch = async (name, doing, marks) => {
    const began = performance.now();
    await doing();
    const found = Object.entries(marks).map(async ([place, holds]) => [place, await after(began, holds)]);
    seen[name] = Object.fromEntries(await Promise.all(found));
  };
  const says = (text) => async (read) => (await read()).includes(text);
  const all = (lobbySays, waitingSays, queueSays, statusSays) => ({
    lobby: () => says(lobbySays)(lobby),
    waiting: () => says(waitingSays)(waiting),
    queue: () => says(queueSays)(queue),
    status: () => says(statusSays)(status),
  });
  await watch('delayed', () => act('PATCH', api, { delay: WORDS }), all(WORDS, WORDS, WORDS, WORDS));
  await watch('moved', () => act('PATCH', api, { starts_ms: STARTS }), all(clock, clock, `"starts_ms":${STARTS}`, `starts at <time>${utc}`));
  await watch('begun', () => act('POST', `${api}/start`), {
    ...all('', 'It has begun', '"phase":"live"', `${slug}</a>: live`),
    lobby: async () => (await phase()) === 'live',
  });
  return seen;
});
