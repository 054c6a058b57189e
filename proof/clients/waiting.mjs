// Somebody who waits in Chromium: opens the page of a full conversation, reads the waiting room, closes the page, opens it
// again, and is let in when somebody leaves.
//
//   node waiting.mjs --url http://127.0.0.1:8080/c/talk --goodbye '{"ticket":"…","secret":"…"}' --shots DIR
//
// Prints {"place":…,"again":…,"keeps":…,"german":…,"connections":…,"playing":…}: what the page said of the place at first and
// after it was opened again, that it may be closed, what it says in German, whether an event stream was open meanwhile, and
// the player's state in the end.

import { options, run, until } from './browser.mjs';

const given = options({ url: undefined, goodbye: undefined, shots: '' });

await run(100, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, locale: 'en-GB' });
  const streams = [];
  context.on('request', (request) => /\/c\/[^/]+\/(events|live\.)/.test(request.url()) && streams.push(request.url()));
  const place = (page) => page.locator('hustings-player .waiting .place');
  const shot = async (page, name) => given.shots && page.screenshot({ path: `${given.shots}/${name}.png` });

  const open = async (into, wanted) => {
    const page = await into.newPage();
    await page.goto(given.url);
    await place(page).filter({ hasText: wanted }).waitFor({ timeout: 20_000 });
    return page;
  };
  const first = await open(context, /\S/);
  const said = await place(first).textContent();
  const keeps = await first.locator('hustings-player .waiting .keep').textContent();
  await shot(first, 'waiting');
  await first.close();

  const page = await open(context, /\S/);
  const again = await place(page).textContent();
  const german = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'de-DE' });
  const other = await open(german, /\S/);
  const deutsch = await place(other).textContent();
  await shot(other, 'waiting-de');
  const connections = streams.length;

  const answer = await fetch(`${given.url}/tickets/goodbye`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: given.goodbye,
  });
  if (answer.status !== 204) throw new Error(`the goodbye was answered with ${answer.status}`);
  const listen = page.getByRole('button', { name: /listen/i }).first();
  await listen.waitFor({ timeout: 40_000 });
  await listen.click();
  const state = () => page.evaluate(() => document.querySelector('hustings-player')?.dataset.state);
  await until('it plays', 20, async () => (await state()) === 'playing');
  await shot(page, 'let-in');
  return { place: said, again, keeps, german: deutsch, connections, playing: await state() };
});
