// One who looks on while the chat is flooded: opens "Take part" and waits until the page says what part it shows.
//
//   node flood.mjs --url http://127.0.0.1:8080/c/talk --seconds 20
//
// Prints {"looking":true} when it is there, then {"said":"…","lines":20}.

import { options, run } from './browser.mjs';

const given = options({ url: undefined, seconds: '20' });

await run(Number(given.seconds) + 30, async (launch) => {
  const browser = await launch();
  const page = await (await browser.newContext({ viewport: { width: 360, height: 800 } })).newPage();
  await page.goto(given.url);
  await page.locator('hustings-floor #part').click();
  console.log(JSON.stringify({ looking: true }));
  const part = page.locator('hustings-floor .part');
  await part.waitFor({ timeout: Number(given.seconds) * 1000 });
  return { said: await part.innerText(), lines: await page.locator('hustings-floor .lines li').count() };
});
