// A listener with our page as an app: pauses and catches up, looks at the lock screen, loses the line and gets it back; and a
// reader of a language that is a file.
//
//   node app.mjs --url http://localhost:8080/c/talk --pause 6 --language fr
//
// Prints {"paused_ms":…,"behind_ms":…,"caught_up":…,"live_ms":…,"metadata":{…},"offline":…,"kept":[…],"back":…,"listen":…,
// "errors":[…]}: how long it stood still, how far behind it went on, whether it then played faster, how far behind it was after
// "Back to live", what the lock screen shows, what was read without a line, what the worker keeps, and the button in the other
// language.

import { options, run, sleep, until } from './browser.mjs';

const given = options({ url: undefined, pause: '6', language: 'fr' });
const EXPECTED = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource/;

await run(Number(given.pause) + 110, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  page.on('console', (line) => line.type() === 'error' && !EXPECTED.test(line.text()) && errors.push(line.text()));
  const player = page.locator('hustings-player');
  const state = (wanted) => until(`the player is ${wanted}`, 15, async () => (await player.getAttribute('data-state')) === wanted);
  const delay = async () => Number(await player.getAttribute('data-delay-ms'));
  await page.goto(given.url);
  const listen = page.locator('#listen');
  await listen.click();
  await state('playing');
  await until('it is near the speakers', 15, async () => (await delay()) > 0 && (await delay()) < 2500);
  await sleep(1);
  const metadata = await page.evaluate(() => {
    const { title, artist, album, artwork } = navigator.mediaSession.metadata;
    return { title, artist, album, artwork: artwork.map((a) => new URL(a.src).pathname), state: navigator.mediaSession.playbackState };
  });

  const at = () => page.evaluate(() => window.hustings.audio.currentTime);
  await listen.click();
  await state('paused');
  const stood = await at();
  const began = performance.now();
  await sleep(Number(given.pause));
  if ((await at()) !== stood) throw new Error('a pause stands still');
  await listen.click();
  await state('playing');
  const paused_ms = Math.round(performance.now() - began);
  await sleep(0.8);
  // Nothing was left out: so much has been played since, and no more.
  const played = (await at()) - stood;
  if (played > 2.5) throw new Error(`${played} s were left out`);
  const behind_ms = await delay();
  const caught_up = await page.evaluate(() => window.hustings.audio.playbackRate > 1);
  await page.getByRole('button', { name: 'Back to live' }).click();
  await sleep(1.2);
  const live_ms = await delay();

  // The worker is registered when everything else has been done.
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true), null, { timeout: 20_000 });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, { timeout: 10_000 });
  await context.setOffline(true);
  await page.goto(given.url).catch(() => null);
  await page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: 15_000 });
  const offline = await page.getByRole('heading', { level: 1 }).textContent();
  const kept = await page.evaluate(async () => {
    const paths = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
    return paths;
  });
  await context.setOffline(false);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.locator('#listen').waitFor({ timeout: 15_000 });
  const back = await page.getByRole('heading', { level: 1 }).textContent();

  const other = await browser.newContext({ locale: `${given.language}-${given.language.toUpperCase()}` });
  const reader = await other.newPage();
  await reader.goto(given.url);
  const theirs = (await reader.locator('#listen').textContent())?.trim();
  const tongue = await reader.evaluate(() => [document.documentElement.lang, document.querySelectorAll('hustings-player b').length, document.querySelector('hustings-player').shadowRoot.querySelectorAll('#listen b').length]);
  return { paused_ms, behind_ms, caught_up, live_ms, metadata, offline, kept, back, listen: theirs, tongue, errors };
});
