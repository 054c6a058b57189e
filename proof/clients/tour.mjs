// Goes through every page in every state, in Chromium, and says what it finds: pictures for people, axe for what pictures do
// not show.
//
//   node tour.mjs --url http://localhost:8080 --audience http://127.0.0.1:8443 --data DATA --hustings BINARY --sounds DIR \
//     [--shots docs/screens] [--axe 1] [--half 1] [--only live,plan]
//
// The server runs already and is empty. Prints {"states":n,"pictures":n,"violations":[…],"errors":[…]}; with --axe a
// violation, a page that scrolls sideways, or an error of a script fails it. Widths 360, 768 and 1440, light and dark; a state
// is made once and then looked at in all six ways; with --half in two, narrow and light, wide and dark.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { options, run, sleep } from './browser.mjs';
import { gallery } from './tour/gallery.mjs';
import { open } from './tour/house.mjs';
import { STATES } from './tour/states.mjs';

const given = options({ url: undefined, audience: undefined, data: undefined, hustings: undefined, sounds: undefined, shots: '', axe: '', only: '', half: '', widths: '360,768,1440', locale: 'en-GB' });
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const HEIGHTS = { 360: 740, 768: 1024, 1440: 900 };
const TALL_MAX = 3600;
const SCHEMES = ['light', 'dark'];
// What a refusal that is part of a state writes into the console; and a page that has been taken off the line.
const EXPECTED = /the server responded with a status of 4\d\d|ERR_INTERNET_DISCONNECTED|net::ERR_FAILED|error occurred when fetching the script/;

const widths = given.widths.split(',').map(Number);
const all = widths.flatMap((width) => SCHEMES.map((scheme) => [width, scheme]));
const ways = given.half ? [[widths[0], 'light'], [widths.at(-1), 'dark']] : all;
const wanted = given.only ? given.only.split(',') : [''];
const states = STATES.filter((state) => wanted.some((w) => state.name.startsWith(w)));
const found = { states: 0, pictures: 0, violations: [], errors: [] };

await run(1500, async (launch) => {
  if (given.shots) mkdirSync(given.shots, { recursive: true });
  const browser = await launch({ microphone: `${given.sounds}/tenor.wav` });
  const world = await open(given);
  const sessions = {};
  try {
    for (const state of states.filter((s) => s.bare)) await visit(browser, world, state, sessions);
    await world.accounts();
    for (const handle of new Set(states.map((s) => s.as).filter(Boolean))) sessions[handle] = await signedIn(browser, world, handle);
    await world.seed();
    if (states.some((s) => s.as === 'hanna')) world.planned = await planned(browser, world, sessions.hanna);
    for (const state of states.filter((s) => !s.bare)) await visit(browser, world, state, sessions);
  } finally {
    world.close();
  }
  if (given.shots) gallery(given.shots, STATES, [360, 768, 1440], SCHEMES);
  if (given.axe && (found.violations.length || found.errors.length)) throw new Error(JSON.stringify(found));
  return found;
});

async function signedIn(browser, world, handle) {
  const context = await browser.newContext({ locale: given.locale });
  const page = await context.newPage();
  await page.goto(world.links[handle]);
  await page.locator('main form button').first().click();
  await page.waitForFunction(() => localStorage.getItem('hustings.signed-in') === '1', null, { timeout: 10_000 });
  const state = await context.storageState();
  await context.close();
  return state;
}

/** An event that this account has planned, so that its page of planning is full. */
async function planned(browser, world, session) {
  const context = await browser.newContext({ storageState: session });
  const page = await context.newPage();
  await page.goto(`${given.url}/plan`);
  const slug = await page.evaluate(async (starts_ms) => {
    const body = { title: 'A walk along the old quay', starts_ms, zone: 'Europe/Berlin', length_min: 60, guests: [{ name: 'Anna', affiliation: 'Harbour office' }] };
    const answer = await fetch('/api/v1/conversations', { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': 'tour-of-the-house' }, body: JSON.stringify(body) });
    const made = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(made));
    for (const invitation of [{ role: 'speaker', label: 'Anna', name: 'Anna' }, { role: 'producer', label: 'Sound' }]) {
      await fetch(`/api/v1/conversations/${made.slug}/invitations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(invitation) });
    }
    return made.slug;
  }, Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 86_400_000);
  await context.close();
  return slug;
}

async function visit(browser, world, state, sessions) {
  const context = await browser.newContext({
    locale: given.locale, timezoneId: 'Europe/Berlin', viewport: { width: widths[0], height: HEIGHTS[widths[0]] ?? 800 },
    permissions: state.silent ? [] : ['microphone'], storageState: state.as ? sessions[state.as] : undefined, bypassCSP: Boolean(given.axe),
    deviceScaleFactor: 1,
  });
  // A microphone that is refused: the browser under test would always give it.
  if (state.silent) await context.addInitScript(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')); });
  const page = await context.newPage();
  const where = (message) => found.errors.push({ state: state.name, message });
  page.on('pageerror', (error) => where(String(error.message)));
  page.on('console', (line) => line.type() === 'error' && !EXPECTED.test(line.text()) && where(line.text()));
  try {
    await state.before?.(page, world);
    const address = given.url + state.path(world);
    if (state.origin) await embed(page, address);
    else await page.goto(address);
    await page.getByRole('heading').or(page.locator('hustings-player')).first().waitFor({ timeout: 10_000 });
    await sleep(state.origin ? 2.5 : 0.9);
    await state.act?.(page, world);
    await sleep(0.5);
    for (const [width, scheme] of ways) await look(context, page, state, width, scheme);
    found.states += 1;
  } catch (error) {
    where(String(error.message ?? error).split('\n')[0]);
  } finally {
    await context.close();
  }
}

/** Our player as another site has it. */
async function embed(page, address) {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Another site</title>
    <style>body{font:1rem/1.5 Georgia,serif;margin:1.5rem auto;max-width:46rem;padding:0 1rem}</style>
    <script type="module" src="${given.url}/assets/player.js"></script></head>
    <body><main><h1>The paper of the town</h1><p>On the evening of the debate this paper carries the sound of it.</p><hustings-player src="${address}"></hustings-player><p>Letters to the editor are on the next page.</p></main></body></html>`;
  const site = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end(html));
  await new Promise((done) => site.listen(0, '127.0.0.1', done));
  site.unref();
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
}

async function look(context, page, state, width, scheme) {
  const least = HEIGHTS[width] ?? 800;
  await page.setViewportSize({ width, height: least });
  await page.emulateMedia({ colorScheme: scheme });
  await sleep(0.25);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) found.violations.push({ state: state.name, width, scheme, id: 'scrolls-sideways', at: [`${wide} px`] });
  // The panels of a page open inside its window; what is longer than the window is shown whole.
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  if (tall > least && state.tall !== false) {
    await page.setViewportSize({ width, height: Math.min(TALL_MAX, tall) });
    await sleep(0.2);
  }
  if (given.shots) {
    const cdp = await context.newCDPSession(page);
    const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: 50 });
    writeFileSync(`${given.shots}/${state.name}-${width}-${scheme}.webp`, Buffer.from(data, 'base64'));
    await cdp.detach();
    found.pictures += 1;
  }
  // What axe says of the widest and the narrowest it says of what lies between.
  if (given.axe && (width === widths[0] || width === widths.at(-1))) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: AXE });
    const result = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
    for (const { id, help, nodes } of result.violations) {
      found.violations.push({ state: state.name, width, scheme, id, help, at: nodes.map((n) => n.target.join(' ')).slice(0, 3) });
    }
  }
}
