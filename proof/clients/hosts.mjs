// Two hosts with the same conversation open: both change its title, one after the other has saved.
//
//   node hosts.mjs --url http://127.0.0.1:8080/c/talk --first TOKEN --second TOKEN
//
// Prints what the second is told, and what stands in their form before and after they look at what it is now.

import { options, run, until } from './browser.mjs';

const given = options({ url: undefined, first: undefined, second: undefined, shots: '' });

await run(60, async (launch) => {
  const browser = await launch();
  const open = async (token) => {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${given.url}#t=${token}`);
    await page.locator('[data-do=edit]').click();
    await page.locator('[data-editor=ready]').waitFor({ timeout: 10_000 });
    return page;
  };
  const [first, second] = [await open(given.first), await open(given.second)];
  const save = async (page, title) => {
    await page.getByLabel('Title').fill(title);
    await page.locator('[data-do=save]').click();
    await until('the page answers', 10, async () => {
      const state = await page.locator('[data-editor]').getAttribute('data-editor');
      return state !== 'working' && state !== 'ready';
    });
    return page.locator('[data-editor]').getAttribute('data-editor');
  };
  const saved = await save(first, 'What the first wants');
  const stale = await save(second, 'What the second wants');
  const told = await second.locator('[data-editor] .said').first().textContent();
  const kept = await second.getByLabel('Title').inputValue();
  if (given.shots) await second.screenshot({ path: `${given.shots}/stale-360.png`, fullPage: true });
  await second.getByRole('button', { name: 'Show what it is now' }).click();
  const theirs = await second.getByLabel('Title').inputValue();
  const wide = await second.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  return { saved, stale, told, kept, theirs, wide };
});
