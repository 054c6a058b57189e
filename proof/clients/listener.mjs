// A listener in Chromium: opens the page of a conversation, presses Listen and records what the page plays.
//
//   node listener.mjs --url http://127.0.0.1:8080/c/demo --seconds 10 --output heard.wav
//
// Prints {"first_audio_ms":…,"states":[…],"stalls":…,"recorded_s":…,"rms_dbfs":…,"delay_s":…}: milliseconds from the press
// to the first loud sample, what the page said of itself, how often its sound stood still. `--ready 1` prints a line
// {"event":"hears"} at the first sound. `--stay 1` means that the page may lose its server and must come back by itself:
// the recording runs on.

import { listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({ url: undefined, seconds: '10', output: '', within: '10', ready: '', width: '1440', height: '900' });
const seconds = Number(given.seconds);
const within = Number(given.within);

await run(seconds + within + 25, async (launch) => {
  const browser = await launch();
  const viewport = { width: Number(given.width), height: Number(given.height) };
  const context = await browser.newContext({ viewport });
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

  await until('the page plays', within, () => page.evaluate(() => [...window.proof.elements].some((e) => !e.paused && e.readyState >= 3)));
  await page.evaluate(async () => {
    const element = [...window.proof.elements].findLast((e) => !e.paused);
    window.proof.stalls = 0;
    element.addEventListener('waiting', () => { window.proof.stalls += 1; });
    window.proof.element = element;
    await window.proof.record('program', element.captureStream());
  });
  await until('the page is heard', within, () => page.evaluate(() => window.proof.takes.program.loudAt !== undefined));
  const loud = await page.evaluate(() => window.proof.takes.program.loudAt);
  if (given.ready) console.log(JSON.stringify({ event: 'hears', first_audio_ms: Math.round(loud - pressed) }));

  const states = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(0.25)) {
    const state = await page.evaluate(() => document.querySelector('[data-state]')?.getAttribute('data-state') ?? '');
    if (state && state !== states.at(-1)) states.push(state);
  }
  const said = await page.evaluate(() => ({
    stalls: window.proof.stalls,
    delay_s: Number(document.querySelector('[data-delay-s]')?.getAttribute('data-delay-s') ?? Number.NaN),
  }));
  return { first_audio_ms: Math.round(loud - pressed), states, ...said, errors, ...(await save(page, 'program', given.output)) };
});
