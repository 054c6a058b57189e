// A listener and a host in one Chromium, each on our own page: the listener asks to speak, is brought up, speaks, and is
// thanked and goes back.
//
//   node hand.mjs --url http://127.0.0.1:8080/c/talk --host TOKEN --microphone voice.wav --seconds 8
//
// Prints {"event":"on"} when the listener is on stage, {"event":"muted"} when the host has muted them, and at last
// {"raised_ms":…,"invited_ms":…,"back_ms":…,"errors":[…]}: from a press to what the other page shows of it. `--pictures DIR`
// saves what both saw.

import { options, run, sleep, until } from './browser.mjs';

const given = options({ url: undefined, host: undefined, microphone: undefined, seconds: '8', pictures: '' });

await run(Number(given.seconds) + 90, async (launch) => {
  const browser = await launch({ microphone: given.microphone });
  const errors = [];
  const open = async (url, viewport) => {
    const context = await browser.newContext({ permissions: ['microphone'], viewport });
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error.message)));
    page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
    await page.goto(url);
    return page;
  };
  const picture = async (page, name) => {
    if (given.pictures) await page.screenshot({ path: `${given.pictures}/${name}.png`, fullPage: true });
  };
  const host = await open(`${given.url}#t=${given.host}`, { width: 1440, height: 900 });
  const guest = await open(given.url, { width: 360, height: 740 });
  const desk = host.locator('hustings-stage');
  const timed = async (what, ask) => {
    const began = performance.now();
    await until(what, 15, ask);
    return Math.round(performance.now() - began);
  };

  await guest.locator('.hand').getByRole('button', { name: 'Raise your hand' }).locator('visible=true').click();
  await picture(guest, 'hand-name');
  await guest.locator('.hand').getByLabel(/your name/i).fill('Tenor T.');
  await guest.locator('.hand').getByRole('button', { name: 'Raise your hand' }).locator('visible=true').click();
  const raised_ms = await timed('the host sees the hand', () => desk.locator('.hands li').filter({ hasText: 'Tenor T.' }).isVisible());
  await picture(guest, 'hand-raised');
  await picture(host, 'host-hand');

  await desk.locator('.hands li').filter({ hasText: 'Tenor T.' }).getByRole('button', { name: /^Bring up/ }).click();
  const come = guest.getByRole('button', { name: 'Check microphone and go on' });
  const invited_ms = await timed('the listener is asked', () => come.isVisible());
  await picture(guest, 'hand-invited');
  await come.click();
  const stage = guest.locator('hustings-stage');
  await until('the green room', 10, async () => (await stage.getAttribute('data-stage-state')) === 'check');
  await picture(guest, 'hand-green-room');
  await stage.locator('button.primary:visible:enabled').click();
  await until('the listener is on stage', 15, async () => (await stage.getAttribute('data-stage-state')) === 'on');
  console.log(JSON.stringify({ event: 'on' }));
  await sleep(Number(given.seconds));

  const line = desk.locator('.people li').filter({ hasText: 'Tenor T.' });
  await line.locator('summary').click();
  await picture(host, 'host-people');
  await line.getByRole('button', { name: 'Mute' }).click();
  await until('the listener reads who muted them', 10, async () => /has muted you/.test((await stage.locator('.said').textContent()) ?? ''));
  console.log(JSON.stringify({ event: 'muted' }));
  await picture(guest, 'hand-muted');
  await sleep(Number(given.seconds));

  await line.getByRole('button', { name: 'Back to the audience' }).click();
  const hand = guest.locator('.hand');
  const back_ms = await timed('the listener is back', async () => (await hand.getAttribute('data-hand')) === 'back');
  await picture(guest, 'hand-back');
  return { raised_ms, invited_ms, back_ms, errors };
});
