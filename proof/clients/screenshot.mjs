// A picture of a page.
//
//   node screenshot.mjs --url http://127.0.0.1:8080/c/demo --output page.png --width 360 --height 740 --scheme dark --listen 1
//
// With --listen it presses Listen first; --seconds is how long the page then has.

import { options, run, sleep } from './browser.mjs';

const given = options({ url: undefined, output: undefined, width: '1440', height: '900', scheme: 'light', seconds: '3', listen: '' });

await run(Number(given.seconds) + 30, async (launch) => {
  const browser = await launch();
  const viewport = { width: Number(given.width), height: Number(given.height) };
  const page = await browser.newPage({ viewport, colorScheme: given.scheme });
  await page.goto(given.url);
  if (given.listen) await page.getByRole('button', { name: /listen/i }).first().click();
  await sleep(Number(given.seconds));
  await page.screenshot({ path: given.output });
  return { output: given.output };
});
