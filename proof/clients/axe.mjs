// axe-core on a page, at a phone's and a desk's width, in light and dark.
//
//   node axe.mjs --url http://127.0.0.1:8080/c/demo
//
// Prints {"violations":[…]} and fails if there is one.

import { createRequire } from 'node:module';
import { options, run } from './browser.mjs';

const given = options({ url: undefined });
const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

await run(60, async (launch) => {
  const browser = await launch();
  const violations = [];
  for (const width of [360, 1440]) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      await page.goto(given.url);
      await page.getByRole('heading').first().waitFor({ timeout: 10_000 });
      await page.addScriptTag({ path: source });
      const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      for (const { id, help, nodes } of found.violations) {
        violations.push({ id, help, width, colorScheme, at: nodes.map((n) => n.target.join(' ')).slice(0, 3) });
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      if (wide) violations.push({ id: 'scrolls-sideways', width, colorScheme });
      await context.close();
    }
  }
  if (violations.length) throw new Error(JSON.stringify(violations));
  return { violations };
});
