// A listener in Chromium: opens the page of a conversation, presses Listen and records what the page plays.
//
//   node listener.mjs --url http://127.0.0.1:8080/c/demo --seconds 10 --output heard.wav
//
// Prints {"first_audio_ms":…,"states":[…],"stalls":…,"delay_ms":…,"errors":[…],"recorded_s":…,"rms_dbfs":…}: milliseconds
// from the press to the first loud sample, what the player said of itself (phase, state, tier), how often its sound stood
// still, its median delay by its own account. `--ready 1` prints a line {"event":"hears"} at the first sound. The page may
// lose its server meanwhile: the recording runs on over whatever source its media element then has. `--trusting 1` takes any
// certificate.

import { listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({ url: undefined, trusting: '', seconds: '10', output: '', within: '10', ready: '', width: '1440', height: '900' });
const seconds = Number(given.seconds);
const within = Number(given.within);

await run(seconds + within + 25, async (launch) => {
  const browser = await launch();
  const viewport = { width: Number(given.width), height: Number(given.height) };
  const context = await browser.newContext({ viewport, bypassCSP: true, ignoreHTTPSErrors: Boolean(given.trusting) });
  await listenIn(context);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  await page.goto(given.url);

  const button = page.getByRole('button', { name: /listen/i }).first();
  await button.waitFor({ timeout: within * 1000 });
  const pressed = await page.evaluate(() => performance.now());
  await button.click();

  await until('the page plays', within, () => page.evaluate(() => [...window.proof.elements].some((e) => !e.paused && e.readyState >= 2)));
  await page.evaluate(async () => {
    const element = [...window.proof.elements].findLast((e) => !e.paused);
    window.proof.stalls = 0;
    element.addEventListener('waiting', () => { window.proof.stalls += 1; });
    await window.proof.record('program', element.captureStream());
  });
  await until('the page is heard', within, () => page.evaluate(() => window.proof.takes.program.loudAt !== undefined));
  const loud = await page.evaluate(() => window.proof.takes.program.loudAt);
  if (given.ready) console.log(JSON.stringify({ event: 'hears', first_audio_ms: Math.round(loud - pressed) }));

  const states = [];
  const delays = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(0.25)) {
    const said = await page.evaluate(() => ({ ...document.querySelector('hustings-player')?.dataset }));
    const state = [said.phase, said.state, said.tier].join(' ');
    if (state !== states.at(-1)) states.push(state);
    if (said.delayMs) delays.push(Number(said.delayMs));
  }
  const stalls = await page.evaluate(() => window.proof.stalls);
  const delay_ms = delays.length ? delays.sort((a, b) => a - b)[delays.length >> 1] : null;
  return { first_audio_ms: Math.round(loud - pressed), states, stalls, delay_ms, errors, ...(await save(page, 'program', given.output)) };
});
