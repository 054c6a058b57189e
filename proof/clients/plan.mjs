// A host's evening in Chromium: signs in by a link, plans a conversation on /plan for the next whole minute, opens its page,
// tests the microphone, goes on stage, and presses Start when the time has come.
//
//   node plan.mjs --link http://localhost:8080/account#link=… --microphone voice.wav --seconds 12
//
// Prints {"event":"live","slug":…} when the page is live, and at last {"slug":…,"late_ms":…,"errors":[…]}: how long after the
// announced time the page said so. `--pictures DIR` saves what the host saw.

import { options, run, sleep, until } from './browser.mjs';

const given = options({ link: undefined, microphone: undefined, seconds: '12', pictures: '' });

await run(Number(given.seconds) + 240, async (launch) => {
  const browser = await launch({ microphone: given.microphone });
  const context = await browser.newContext({ permissions: ['microphone'], viewport: { width: 1440, height: 900 }, timezoneId: 'Europe/Berlin' });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  const picture = (name) => (given.pictures ? page.screenshot({ path: `${given.pictures}/${name}.png`, fullPage: true }) : null);

  await page.goto(given.link);
  await page.getByRole('button', { name: 'Sign in with this link' }).click();
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
  // A session is of the host that it was made at.
  await page.goto(`${new URL(given.link).origin}/plan`);
  await page.getByLabel('Title').fill('An evening that begins on time');
  // The next whole minute with room to get ready, as a clock in Berlin shows it.
  const starts = Math.ceil((Date.now() + 40_000) / 60_000) * 60_000;
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' }).format(starts);
  const [day, time] = wall.split(' ');
  await page.locator('input[type=date]').fill(day);
  await page.locator('input[type=time]').fill(time);
  await picture('plan-form');
  await page.getByRole('button', { name: 'Plan it' }).click();
  await page.waitForURL(/\/plan\?c=/);
  const slug = new URL(page.url()).searchParams.get('c');
  await page.getByRole('link', { name: 'Open its page' }).waitFor();
  await picture('plan-one');
  await page.getByRole('link', { name: 'Open its page' }).click();

  const stage = page.locator('hustings-stage');
  for (const state of ['invited', 'check']) {
    await until(`the page is at "${state}"`, 20, async () => (await stage.getAttribute('data-stage-state')) === state);
    await stage.locator('button.primary:visible:enabled').first().click({ timeout: 5000 });
  }
  await until('the host is on stage', 20, async () => (await stage.getAttribute('data-stage-state')) === 'on');
  await picture('plan-on-stage');
  await sleep(Math.max(0, starts - Date.now()) / 1000);
  await stage.locator('[data-order=start]').click();
  await until('it is live', 10, () => page.evaluate(() => document.getElementById('page')?.dataset.phase === 'live'));
  const late_ms = Date.now() - starts;
  console.log(JSON.stringify({ event: 'live', slug }));
  await picture('plan-live');
  await sleep(Number(given.seconds));
  return { slug, late_ms, errors };
});
