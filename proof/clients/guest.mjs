// A guest with a phone: opens the link of an invitation, says a name, tests the microphone and hears themselves back, goes
// on stage when the doors are open, and speaks.
//
//   node guest.mjs --url 'http://127.0.0.1:8080/c/talk#i=SECRET' --name Ada --microphone voice.wav --back back.wav
//
// Prints {"event":"tested",…} when the recording was played, {"event":"on"} on stage, and speaks for so many seconds then.
// `--refused 1` only reads what the page says to a link that does not work. `--shots FOLDER` takes a picture of each state.

import { listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({
  url: undefined, name: 'Ada', microphone: '', back: '', seconds: '10', within: '60', refused: '', shots: '',
});
const within = Number(given.within);

await run(Number(given.seconds) + within + 90, async (launch) => {
  const browser = await launch({ microphone: given.microphone });
  const viewport = { width: 360, height: 740 };
  const context = await browser.newContext({ viewport, locale: 'en-GB', permissions: ['microphone'], bypassCSP: true });
  await listenIn(context);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error.message)));
  // Errors are kept; a refusal that is expected is one line of the console and none of ours.
  const state = async (name) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (wide) throw new Error(`the page scrolls sideways at "${name}"`);
    if (given.shots) await page.screenshot({ path: `${given.shots}/guest-${name}.png` });
  };
  await page.goto(given.url);
  if ((await page.evaluate(() => location.hash)) !== '') throw new Error('the secret stays in the address');
  const form = page.locator('form.guest-form');
  if (given.refused) {
    await until('the page refuses', 15, async () => (await form.getAttribute('data-guest')) === 'refused');
    await state('refused');
    return { said: (await form.locator('.said').textContent()) ?? '' };
  }
  await until('the page asks for a name', 15, async () => (await form.getAttribute('data-guest')) === 'nameless');
  await state('name');
  await form.getByLabel('Your name').fill(given.name);
  await form.getByRole('button').click();

  const room = page.locator('hustings-test-room');
  const test = (name) => until(`the test room is at "${name}"`, 20, async () => (await room.getAttribute('data-test')) === name);
  await test('closed');
  await state('room');
  await room.locator('button.primary:visible').click();
  await test('ready');
  await room.locator('button.primary:visible').click();
  await test('recording');
  await sleep(3);
  const advice = await room.locator('.advice').textContent();
  await state('recording');
  await test('playing');
  await page.evaluate(async () => {
    const element = [...window.proof.elements].findLast((e) => !e.paused);
    await window.proof.record('back', element.captureStream());
  });
  await test('played');
  await state('played');
  const back = await save(page, 'back', given.back);
  console.log(JSON.stringify({ event: 'tested', advice, rms_dbfs: back.rms_dbfs, recorded_s: back.recorded_s }));

  const stage = page.locator('hustings-stage');
  const at = async () => ((await stage.count()) ? stage.getAttribute('data-stage-state') : null);
  for (const [now, next] of [['invited', 'check'], ['check', 'joining']]) {
    await until(`the page is at "${now}"`, within, async () => (await at()) === now);
    await state(now);
    await stage.locator('button.primary:visible:enabled').click({ timeout: 5000 });
    await until(`the page goes on to "${next}"`, 10, async () => (await at()) !== now);
  }
  await until('the guest is on', 15, async () => (await at()) === 'on');
  await state('on');
  console.log(JSON.stringify({ event: 'on' }));
  await sleep(Number(given.seconds));
  return { errors };
});
