// A listener, a moderator, the person who was removed and a second moderator in one Chromium, each on our own pages.
//
//   node removal.mjs --url http://127.0.0.1:8080/c/talk --name Bo --mia LINK --bo LINK --noor LINK --track FILE
//
// The listener hears and reports somebody on stage by name. The moderator presses the person and presses Remove: prints
// {"event":"removed","pressed_ms":…,"presses":2}, by the clock of this machine. Then the moderator opens the case, loads the
// pinned track (saved as --track), and rules; the person concerned reads the statement and appeals; whoever ruled may not
// decide the appeal; the second moderator takes the ruling back. `--pictures DIR` saves what they saw.

import { writeFileSync } from 'node:fs';
import { options, run, sleep, until } from './browser.mjs';

const given = options({ url: undefined, name: undefined, mia: undefined, bo: undefined, noor: undefined, track: undefined, pictures: '' });

await run(150, async (launch) => {
  const browser = await launch();
  const errors = [];
  const open = async (viewport) => {
    const page = await (await browser.newContext({ viewport })).newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => errors.push(String(error.message)));
    page.on('console', (line) => line.type() === 'error' && !/status of 409/.test(line.text()) && errors.push(line.text()));
    return page;
  };
  const wide = { width: 1440, height: 900 };
  const picture = async (page, name) => {
    if (given.pictures) await page.screenshot({ path: `${given.pictures}/${name}.png`, fullPage: true });
  };
  const signedIn = async (link, viewport = wide) => {
    const page = await open(viewport);
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign in with this link' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return page;
  };

  // Who is signed in, is at the name that the link has.
  const at = (path) => new URL(path, given.mia).href;
  const moderator = await signedIn(given.mia);
  await moderator.goto(at(new URL(given.url).pathname));
  const person = moderator.locator('.moderators-desk .people li').filter({ hasText: given.name });
  await person.locator('summary').waitFor();

  const listener = await open({ width: 360, height: 740 });
  await listener.goto(given.url);
  await listener.locator('#listen').click();
  await listener.waitForFunction(() => document.querySelector('hustings-player').dataset.state === 'playing');
  const aside = listener.locator('hustings-moderation');
  const told = await aside.locator('.kept').innerText();
  // Long enough that the pinned minute has a voice to be known by.
  await sleep(6);
  await aside.locator('.report summary').click();
  await aside.getByLabel('About whom or what').selectOption({ label: given.name });
  await aside.getByLabel('What is wrong').selectOption('hate');
  await aside.getByLabel('In your words').fill('He shouts at everybody');
  await picture(listener, 'report');
  await aside.getByRole('button', { name: 'Send the report' }).click();
  await aside.getByText('Thank you.').waitFor();
  console.log(JSON.stringify({ event: 'reported' }));

  await picture(moderator, 'moderator-room');
  await person.locator('summary').click();
  await picture(moderator, 'moderator-person');
  const pressed_ms = Date.now();
  await person.getByRole('button', { name: 'Remove', exact: true }).click();
  console.log(JSON.stringify({ event: 'removed', pressed_ms, presses: 2 }));
  await person.waitFor({ state: 'detached' });
  // The pinned minute goes on for ten seconds after the report.
  await sleep(12);

  await moderator.goto(at('/cases'));
  const row = moderator.locator('[data-case]').filter({ hasText: given.name });
  await picture(moderator, 'cases');
  await row.getByRole('button').click();
  const track = moderator.locator('[data-track]').filter({ hasText: given.name });
  await track.getByRole('button', { name: /^Load the track/ }).click();
  const audio = track.locator('audio');
  await until('the track can be played', 10, () => audio.evaluate((at) => at.readyState >= 2 && Number.isFinite(at.duration)));
  const seconds = await audio.evaluate((at) => at.duration);
  const id = await moderator.locator('section[data-case]').getAttribute('data-case');
  const bytes = await moderator.evaluate(async (path) => {
    const sound = new Uint8Array(await (await fetch(path)).arrayBuffer());
    let text = '';
    for (const byte of sound) text += String.fromCharCode(byte);
    return btoa(text);
  }, `/api/v1/cases/${id}/tracks/0`);
  writeFileSync(given.track, Buffer.from(bytes, 'base64'));
  await picture(moderator, 'case');

  await moderator.getByLabel('Decision').selectOption('removed');
  await moderator.getByLabel('For how many days').fill('7');
  await moderator.getByLabel('Reasons, for the record').fill('The minute shows it');
  await moderator.getByLabel('Statement to the person').fill('You shouted at others. You stay off this stage.');
  await moderator.getByRole('button', { name: 'Rule and carry out' }).click();
  const link = await moderator.locator('code.link').innerText();
  await picture(moderator, 'ruled');

  // By the link, without an account, the same is read as by who is signed in.
  const outside = await open(wide);
  await outside.goto(link);
  const by_link = await outside.locator('.ruling').innerText();
  const bo = await signedIn(given.bo, { width: 360, height: 740 });
  await bo.getByRole('link', { name: 'Decisions about you' }).click();
  const statement = await bo.locator('.ruling').innerText();
  await bo.getByLabel('Why it should not stand').fill('That was somebody else in the room');
  await bo.getByRole('button', { name: 'Appeal', exact: true }).click();
  await bo.getByText('Your appeal is made.').waitFor();
  await picture(bo, 'appeal');

  // Whoever ruled may not decide it while there is somebody else.
  const decide = (page, upheld) =>
    page.evaluate(async ([path, body]) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, text: await answer.text() };
    }, [`/api/v1/cases/${id}/appeal/decision`, { upheld, reasons: 'Mine' }]);
  const own = await decide(moderator, true);
  const noor = await signedIn(given.noor);
  await noor.goto(at(`/cases?case=${id}`));
  await noor.getByLabel('Reasons, for the record').fill('The track is of another voice');
  await noor.getByRole('button', { name: 'Take the ruling back' }).click();
  await noor.getByText('The ruling was taken back.').waitFor();
  await bo.reload();
  await bo.getByText('The ruling was taken back.').waitFor();
  await picture(bo, 'taken-back');
  return { told, seconds, statement, by_link, own, id, errors };
});
