// An operator in Chromium: signs in by a link, suspends somebody with a reason, reinstates them, and looks into the log.
//
//   node operator.mjs --link http://localhost:8080/account#link=… --handle bo
//
// Prints {"event":"suspended"} and waits three seconds before it reinstates. Prints
// {"log":[…],"whole":…,"errors":[…]} at the end.

import { options, run } from './browser.mjs';

const given = options({ link: undefined, handle: undefined, shots: '' });

await run(90, async (launch) => {
  const browser = await launch();
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  await page.goto(given.link);
  await page.getByRole('button', { name: 'Sign in with this link' }).click();
  await page.getByRole('link', { name: 'People and the log of acts' }).click();
  const row = page.locator(`[data-handle="${given.handle}"]`);
  const act = async (button, reason) => {
    if (!(await row.locator('details').getAttribute('open').catch(() => null))) await row.locator('summary').click();
    await row.getByLabel('Reason').fill(reason);
    await row.getByRole('button', { name: button }).click();
  };
  await page.getByLabel('Handle begins with').fill(given.handle);
  await page.getByRole('button', { name: 'Search' }).click();
  await act(`Suspend ${given.handle} now`, 'Threats against a guest');
  await page.getByText(`${given.handle} is suspended.`).waitFor();
  if (given.shots) await page.screenshot({ path: `${given.shots}/people.png`, fullPage: true });
  console.log(JSON.stringify({ event: 'suspended' }));
  await page.waitForTimeout(Number(process.env.SUSPENDED_MS ?? 3000));
  await act(`Reinstate ${given.handle} now`, 'It was somebody else');
  await page.getByText(`${given.handle} is reinstated.`).waitFor();
  await page.locator('[data-act="account.reinstate"]').waitFor();
  await page.getByRole('button', { name: 'Check the chain' }).click();
  const whole = await page.getByText(/The log is whole/).textContent();
  const log = await page.locator('ol.rows li').allInnerTexts();
  return { log, whole, errors };
});
