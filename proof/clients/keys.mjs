// A host in Chromium: signs in by a link, makes an API key on the page, which a program then uses, and takes it back.
//
//   node keys.mjs --url http://127.0.0.1:8080 --link http://127.0.0.1:8080/account#link=…
//
// Prints {"before":…,"within":…,"beyond":…,"after":…,"hook":…,"violations":[…],"errors":[…]}: the statuses that the program
// was answered, what the page said of a webhook at a private address, and what axe found with everything open.

import { createRequire } from 'node:module';
import { options, run } from './browser.mjs';

const given = options({ url: undefined, link: undefined, shots: process.env.STORIES_PICTURES ?? '' });
const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

await run(90, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, bypassCSP: true });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  await page.goto(given.link);
  await page.getByRole('button', { name: 'Sign in with this link' }).click();
  await page.getByRole('heading', { name: 'API keys and webhooks' }).click();
  await page.getByText('You have no keys.').waitFor();

  const asks = async (secret, path, method = 'GET') => {
    const answer = await fetch(`${given.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${secret}` } });
    return answer.status;
  };
  const before = await asks('hk_none', '/me');
  await page.getByLabel('What the key is for').fill('The calendar');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByText('Tick at least one thing that the key may be used for.').waitFor();
  await page.getByLabel('See conversations and your own list').check();
  await page.getByLabel('It ends after').selectOption('30');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByText('Copy the key now').waitFor();
  const secret = await page.getByLabel('The new key').inputValue();
  const within = await asks(secret, '/me/conversations');
  const beyond = await asks(secret, '/webhooks');

  await page.getByLabel('Address', { exact: true }).fill('https://127.0.0.1/told');
  await page.getByLabel('It goes live').check();
  await page.getByRole('button', { name: 'Add the webhook' }).click();
  const hook = await page.getByText('public can reach').textContent();

  const violations = [];
  for (const width of [360, 768, 1440]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: source });
      const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      violations.push(...found.violations.map(({ id, nodes }) => ({ id, width, colorScheme, at: nodes.map((n) => n.target.join(' ')).slice(0, 3) })));
      if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) violations.push({ id: 'scrolls-sideways', width });
      if (given.shots) await page.screenshot({ path: `${given.shots}/keys-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.getByRole('button', { name: 'Take back: The calendar' }).click();
  await page.getByText('The key opens nothing any more.').waitFor();
  const after = await asks(secret, '/me/conversations');
  return { before, within, beyond, after, hook, violations, errors };
});
