// Two people in Chromium and one seat: the first hears, the second waits; the first loads the page again and hears on, then closes
// it, and the second is let in.
//
//   node leaving.mjs --url http://127.0.0.1:8080/c/talk
//
// Prints {"first":…,"reloaded":…,"waits":…,"free_ms":…}: the first player's state before and after the page was loaded again,
// what the second was told after that, and after how many milliseconds from the closing it was let in.

import { options, run, until } from './browser.mjs';

const given = options({ url: undefined });

await run(80, async (launch) => {
  const browser = await launch();
  const open = async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(given.url);
    return page;
  };
  const state = (page) => page.evaluate(() => document.querySelector('hustings-player')?.dataset.state);
  const listen = async (page) => {
    const press = page.getByRole('button', { name: /listen/i }).first();
    await press.waitFor({ timeout: 20_000 });
    await press.click();
    await until('it plays', 20, async () => (await state(page)) === 'playing');
    return state(page);
  };
  const first = await open();
  const before = await listen(first);
  const second = await open();
  const place = second.locator('hustings-player .waiting .place');
  await place.filter({ hasText: /\S/ }).waitFor({ timeout: 20_000 });
  await first.reload();
  const reloaded = await listen(first);
  // Longer than a closed page's seat is kept: nobody else was called to it.
  await new Promise((done) => setTimeout(done, 7000));
  const waits = await place.textContent();
  const still = await state(first);
  if (still !== 'playing') throw new Error(`the first is ${still} some seconds after it was loaded again`);
  const closed = performance.now();
  await first.close();
  await second.getByRole('button', { name: /listen/i }).first().waitFor({ timeout: 30_000 });
  return { first: before, reloaded, waits, free_ms: Math.round(performance.now() - closed) };
});
