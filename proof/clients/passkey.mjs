// A person with a passkey in Chromium: signs in by a link, adds a passkey (a virtual authenticator, over the DevTools
// protocol), signs out, and comes back by the passkey alone.
//
//   node passkey.mjs --url http://localhost:8080 --link http://localhost:8080/account#link=…
//
// Prints {"name":…,"next":…,"cookies":[…],"errors":[…]}: the name in the head of the page, where signing in led, and what a
// script of the page sees of the cookies.

import { options, run } from './browser.mjs';

const given = options({ url: undefined, link: undefined, shots: '' });

await run(60, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  const shot = (name) => (given.shots ? page.screenshot({ path: `${given.shots}/${name}.png`, fullPage: true }) : null);

  await page.goto(given.link);
  await page.getByRole('button', { name: 'Sign in with this link' }).click();
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
  if (page.url().includes('link=')) throw new Error('the secret is still in the address');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('You can sign in with it from now on').waitFor();
  await shot('account');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await shot('sign-in');

  await page.goto(`${given.url}/account?next=//evil.example/`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  const name = page.locator('.masthead .account');
  await page.waitForFunction(() => document.querySelector('.masthead .account')?.textContent !== 'Sign in');
  return { name: await name.textContent(), next: page.url(), cookies: await page.evaluate(() => document.cookie), errors };
});
