// People in Chromium who sign in at their organisation, and what does not get in.
//
//   node oidc.mjs --url http://127.0.0.1:8080 --provider http://localhost:9000 --phase people --link …/account#link=…
//
// `people`: Ann has an account of the same mail address, which is not hers by that alone; she signs in by a link, links the two, and
// comes back by the button. Bo has none and gets one. Somebody with an unverified address gets none. `attacks`: tokens that are wrong
// in every way, a sign-in that is replayed, and one that ends in another browser. `suspended`: Ann tries again.
// Prints what the page said each time.

import { options, run, sleep, until } from './browser.mjs';

const given = options({ url: undefined, provider: undefined, phase: undefined, link: '', shots: '' });
const BUTTON = 'Sign in with Acme';
const CALLBACK = '/api/v1/sign-in/oidc/callback';

const mode = (name) => fetch(`${given.provider}/proof/${name}`, { method: 'PUT' });

/** Answers the provider's own pages, if it asks anything, until the browser is back or has been kept from it. */
async function answer(page, name) {
  await page.waitForURL((url) => url.href.startsWith(given.provider) || url.hash.includes('oidc=') || url.pathname !== '/account', { timeout: 15_000 });
  for (let asked = 0; asked < 3 && page.url().startsWith(given.provider); asked += 1) {
    const login = page.locator('input[name=login]');
    await page.locator('button[type=submit]').first().waitFor({ timeout: 8000 }).catch(async () => { throw new Error(`${page.url()}: ${(await page.locator('body').innerText()).slice(0, 300)}`); });
    if (await login.count()) {
      await login.fill(name);
      await page.locator('input[name=password]').fill('whatever');
    }
    const before = page.url();
    await page.locator('button[type=submit]').first().click();
    await until('the provider goes on', 15, async () => page.url() !== before);
  }
}

/** Signs in by the button; gives the sentence of the page, or who is signed in. */
async function signIn(page, name, next = '') {
  await page.goto(`${given.url}/account${next}`);
  await page.getByRole('button', { name: BUTTON }).click();
  await answer(page, name);
  return outcome(page);
}

async function outcome(page) {
  await until('the page is back', 15, async () => page.url().startsWith(`${given.url}/`) && !page.url().includes(CALLBACK));
  await page.locator('main h1').first().waitFor();
  const me = await page.evaluate(async () => (await (await fetch('/api/v1/me')).json()).account);
  return { said: me ? '' : await page.locator('.said.wrong').first().textContent(), handle: me?.handle, role: me?.role, at: page.url() };
}

async function signOut(page) {
  await page.goto(`${given.url}/account`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: BUTTON }).waitFor();
}

const story = {
  async people(fresh) {
    const told = {};
    const page = await fresh();
    told.before = await signIn(page, 'ann');
    await page.goto('about:blank');
    await page.goto(given.link);
    await page.getByRole('button', { name: 'Sign in with this link' }).click();
    await page.getByRole('button', { name: 'Link Acme' }).click();
    await answer(page, 'ann');
    await until('the browser is back', 15, async () => page.url().includes('#oidc='));
    if (!page.url().endsWith('#oidc=linked')) throw new Error(`not linked: ${page.url()}`);
    await page.getByText('ann@acme.example').waitFor();
    told.linked = await page.getByText('Linked. You can').textContent();
    if (given.shots) await page.screenshot({ path: `${given.shots}/linked.png`, fullPage: true });
    await signOut(page);
    if (given.shots) await page.screenshot({ path: `${given.shots}/sign-in.png`, fullPage: true });
    told.after = await signIn(page, 'ann', '?next=/plan?x=1');
    told.cookies = await page.evaluate(() => document.cookie);
    const bo = await fresh();
    told.bo = await signIn(bo, 'bo', '?next=//evil.example/');
    await signOut(bo);
    // The provider still knows him and asks nothing.
    await bo.getByRole('button', { name: BUTTON }).click();
    await bo.getByRole('heading', { name: 'Your account' }).waitFor();
    told.again = await outcome(bo);
    told.unverified = await signIn(await fresh(), 'newcomer');
    return told;
  },
  async attacks(fresh) {
    const told = {};
    for (const name of ['nonce', 'audience', 'issuer', 'expired', 'future', 'unsigned', 'stranger', 'secret']) {
      await mode(name);
      told[name] = await signIn(await fresh(), 'bo');
    }
    // Somebody has just made the server look for a key; it looks every five seconds at most.
    await sleep(6);
    await mode('rolled');
    told.rolled = await signIn(await fresh(), 'bo');
    await mode('good');
    // What came back once is worth nothing again, not even in the browser that it came back to.
    const page = await fresh();
    let back = '';
    page.on('request', (request) => {
      if (request.url().includes(CALLBACK)) back = request.url();
    });
    await signIn(page, 'bo');
    await signOut(page);
    await page.goto(back);
    told.replayed = await outcome(page);
    // A sign-in that an attacker has begun and lets somebody else finish signs nobody in.
    const theirs = await fresh();
    await theirs.goto(`${given.url}/account`);
    const location = await theirs.evaluate(async () => {
      const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"provider":"acme"}' };
      return (await (await fetch('/api/v1/sign-in/oidc', asked)).json()).location;
    });
    const victim = await fresh();
    await victim.goto(location);
    await answer(victim, 'bo');
    told.victim = await outcome(victim);
    return told;
  },
  async suspended(fresh) {
    return { suspended: await signIn(await fresh(), 'ann') };
  },
};

await run(155, async (launch) => {
  const browser = await launch();
  const fresh = async () => (await browser.newContext({ viewport: { width: 360, height: 800 }, locale: 'en-GB' })).newPage();
  return story[given.phase](fresh);
});
