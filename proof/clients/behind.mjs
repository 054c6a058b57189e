// A page whose audience addresses lead through a cache: opens it, presses Listen and plays HLS until it is told to go.
//
//   node behind.mjs --url http://127.0.0.1:8080/c/demo --audience 8083 --cache 8090 --seconds 20 --output page.png
//
// Wherever the page says the audience's port it reads the cache's: between the two stands a proxy of some lines. Prints {"count":"…","tier":"hls","reports":…,"errors":[…]}
// after so many seconds: what the page says of the count, and how often it reported itself. With --ready 1 it prints
// {"event":"sounds"} when it plays.

import { createServer } from 'node:http';
import { listenIn, options, run, sleep, until } from './browser.mjs';

const given = options({ url: undefined, audience: undefined, cache: undefined, seconds: '20', output: '', ready: '', width: '1440', height: '900' });

await run(Number(given.seconds) + 60, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: Number(given.width), height: Number(given.height) } });
  await listenIn(context);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  let reports = 0;
  page.on('response', (answer) => {
    if (answer.request().method() === 'POST' && answer.url().endsWith('/here') && answer.status() === 204) reports += 1;
  });
  const moved = (text) => text.replaceAll(`:${given.audience}`, `:${given.cache}`);
  const { origin, pathname } = new URL(given.url);
  const proxy = createServer(async (request, response) => {
    const answer = await fetch(origin + request.url, { headers: { accept: request.headers.accept ?? '*/*' } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = /html|json/.test(answer.headers.get('content-type') ?? '');
    // The body is not compressed any more.
    const kept = [...answer.headers].filter(([name]) => !/^(content-(encoding|length)|connection|transfer-encoding)$/.test(name));
    response.writeHead(answer.status, Object.fromEntries(kept.map(([name, value]) => [name, moved(value)])));
    response.end(text ? moved(bytes.toString()) : bytes);
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  await page.goto(`http://127.0.0.1:${proxy.address().port}${pathname}?tier=hls`);
  await page.getByRole('button', { name: /listen/i }).first().click();
  await until('the page plays', 20, () => page.evaluate(() => [...window.proof.elements].some((e) => !e.paused && e.readyState >= 2 && e.currentTime > 0)));
  if (given.ready) console.log(JSON.stringify({ event: 'sounds' }));
  await sleep(Number(given.seconds));
  const said = await page.evaluate(() => {
    const player = document.querySelector('hustings-player');
    return { tier: player.dataset.tier, state: player.dataset.state, count: player.shadowRoot.querySelector('.count').textContent };
  });
  if (given.output) await page.screenshot({ path: given.output });
  return { ...said, reports, errors };
});
