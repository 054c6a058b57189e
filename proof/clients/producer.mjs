// A producer and a guest in one Chromium, each on our own page: the producer listens in, brings a clip, cues the guest, plays the
// clip and stops it. Every press of the producer's is a key.
//
//   node producer.mjs --url http://127.0.0.1:8080/c/talk --producer TOKEN --guest TOKEN --microphone voice.wav --clip clip.wav
//
// Prints {"event":"on"}, {"event":"playing"} and {"event":"stopped"}, waits `--seconds` after each, and at last
// {"cue":…,"cued_ms":…,"lane":…,"played_ms":…,"violations":[…],"errors":[…]}. `--output FILE` records what the producer hears,
// `--pictures DIR` saves what both saw.

import { createRequire } from 'node:module';
import { listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({
  url: undefined, producer: undefined, guest: undefined, microphone: undefined, clip: undefined, seconds: '9', output: '', pictures: '',
});
const seconds = Number(given.seconds);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

await run(3 * seconds + 100, async (launch) => {
  const browser = await launch({ microphone: given.microphone });
  const errors = [];
  const open = async (token, viewport, permissions) => {
    const context = await browser.newContext({ permissions, viewport, bypassCSP: true });
    await listenIn(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error.message)));
    page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
    await page.goto(`${given.url}#t=${token}`);
    return page;
  };
  const picture = async (page, name) => {
    if (given.pictures) await page.screenshot({ path: `${given.pictures}/${name}.png`, fullPage: true });
  };
  const timed = async (what, ask) => {
    const began = performance.now();
    await until(what, 20, ask);
    return Math.round(performance.now() - began);
  };
  const press = async (page, button) => {
    await button.focus();
    await page.keyboard.press('Enter');
  };

  // The guest goes on stage.
  const guest = await open(given.guest, { width: 360, height: 740 }, ['microphone']);
  const stage = guest.locator('hustings-stage');
  for (const state of ['invited', 'check']) {
    await until(`the guest is at "${state}"`, 10, async () => (await stage.getAttribute('data-stage-state')) === state);
    await stage.locator('button.primary:visible:enabled').click({ timeout: 5000 });
  }
  await until('the guest is on stage', 15, async () => (await stage.getAttribute('data-stage-state')) === 'on');

  // The producer listens in: no microphone is allowed here, and none is asked for.
  const desk = await open(given.producer, { width: 1440, height: 900 }, []);
  const line = desk.locator('[data-producer-state]');
  await line.waitFor({ timeout: 10_000 });
  await press(desk, desk.locator('[data-do="listen-in"]'));
  await until('the producer listens in', 15, async () => (await line.getAttribute('data-producer-state')) === 'on');
  await desk.evaluate(async () => {
    const peer = window.proof.peers.findLast((p) => p.connectionState === 'connected');
    await window.proof.recordTrack('return', peer.getReceivers()[0].track);
  });
  console.log(JSON.stringify({ event: 'on' }));
  await sleep(seconds);

  // A clip is brought and given a name.
  const clips = desk.getByRole('region', { name: 'Clips' });
  await clips.locator('input[type="file"]').setInputFiles(given.clip);
  await clips.getByLabel('Title', { exact: true }).fill('A word from our archive');
  await press(desk, clips.locator('[data-do="bring"]'));
  const row = clips.locator('[data-clip]').filter({ hasText: 'A word from our archive' });
  await until('the clip is there', 60, () => row.isVisible());
  await picture(desk, 'producer');

  // The guest is cued.
  const cues = desk.getByRole('region', { name: 'Cues' });
  await cues.getByRole('textbox').fill('Two minutes left');
  await press(desk, cues.locator('[data-cue="guest"]'));
  const word = stage.locator('.cue');
  const cued_ms = await timed('the guest reads the cue', () => word.isVisible());
  const cue = (await word.locator('strong').textContent()) ?? '';
  await picture(guest, 'guest-cued');
  await word.getByRole('button', { name: 'Got it' }).click();
  await until('the guest has put the cue away', 5, async () => !(await word.isVisible()));

  // The clip is played, and stopped.
  const play = row.locator('[data-do="play"]');
  await press(desk, play);
  const played_ms = await timed('the clip is said to be played', async () => (await row.getAttribute('data-playing')) !== null);
  console.log(JSON.stringify({ event: 'playing' }));
  const lane = guest.locator('hustings-score').getByText('A word from our archive').first();
  await until('the clip has a lane', 10, () => lane.isVisible());
  await sleep(2);
  await picture(guest, 'guest-clip');
  await picture(desk, 'producer-playing');
  await sleep(seconds - 2);
  await press(desk, play);
  await until('the clip is no longer said to be played', 10, async () => (await row.getAttribute('data-playing')) === null);
  console.log(JSON.stringify({ event: 'stopped' }));
  await sleep(seconds);
  const heard = await save(desk, 'return', given.output);

  const violations = [];
  for (const width of [360, 1440]) {
    await desk.setViewportSize({ width, height: 800 });
    await desk.addScriptTag({ path: axe });
    const found = await desk.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    violations.push(...found.violations.map(({ id, nodes }) => ({ id, width, at: nodes.map((n) => n.target.join(' ')).slice(0, 3) })));
    if (await desk.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) violations.push({ id: 'scrolls-sideways', width });
    await picture(desk, `producer-${width}`);
  }
  return { cue, cued_ms, lane: true, played_ms, violations, errors, ...heard };
});
