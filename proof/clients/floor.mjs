// Taking part, as three people with browsers: a host, Anna who writes, and Ben who listens to the sound and looks on.
//
//   node floor.mjs --url http://127.0.0.1:8080/c/talk --host TOKEN --anna TOKEN --ben TOKEN [--shots FOLDER]
//
// Names are given in the page. Where the server gives no seats, what it would answer is made of the tokens. Prints what
// each saw, step by step, as one line of JSON; a step that does not come about ends it with an error that names it.

import { mkdirSync } from 'node:fs';
import { options, run } from './browser.mjs';

const STEP_MS = 15_000;

const given = options({ url: undefined, host: undefined, anna: undefined, ben: undefined, shots: '' });

// person(browser, tokens): a page of its own, with a session of its own.
async function person(browser, hash, token) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MS);
  await page.route('**/seats', async (route) => {
    const answer = await route.fetch().catch(() => null);
    if (answer?.ok()) return route.fulfill({ response: answer });
    const { name } = route.request().postDataJSON();
    return route.fulfill({ status: 201, contentType: 'application/json', body: JSON.stringify({ token, seat: name, name }) });
  });
  await page.goto(`${given.url}${hash}`);
  await page.locator('hustings-floor #react').waitFor();
  return page;
}

async function name(page, text) {
  await page.locator('hustings-floor #name').fill(text);
  await page.locator('hustings-floor .naming button').click();
  await page.locator('hustings-floor .naming').waitFor({ state: 'hidden' });
}

const floor = (page, what) => page.locator(`hustings-floor ${what}`);

async function write(page, label, text) {
  await floor(page, `#${label}`).fill(text);
  await floor(page, `#${label}`).press('Enter');
}

async function shot(page, what) {
  if (!given.shots) return;
  mkdirSync(given.shots, { recursive: true });
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${given.shots}/${what}-${width}.png`, fullPage: true });
  }
}

await run(120, async (launch) => {
  const browser = await launch();
  const seen = {};
  const [host, anna, ben] = [
    await person(browser, `#t=${given.host}`, ''),
    await person(browser, '', given.anna),
    await person(browser, '', given.ben),
  ];
  await ben.locator('#listen').click();
  await ben.waitForFunction(() => document.querySelector('hustings-player').dataset.state === 'playing');
  seen.actions = await floor(ben, 'button:visible').allInnerTexts();
  await floor(anna, '#part').click();
  await name(anna, 'Anna');
  await floor(ben, '#part').click();

  // What Ben sees of the reaction is what was true when the sound that he hears was spoken.
  const reacted = ben.waitForFunction(() => {
    const { floor, talk } = window.hustings;
    return floor?.state.reacted.some((r) => r.kind === 'applause' && r.count >= 1) && talk.reacted.length > 0;
  });
  await floor(anna, '#react').click();
  await floor(anna, '[data-kind=applause]').click();
  await floor(anna, '.said', { hasText: 'Counted' }).waitFor();
  await reacted;
  seen.reaction = true;

  await write(anna, 'line', 'Good evening, everybody');
  await floor(ben, '.lines li').filter({ hasText: 'Good evening, everybody' }).waitFor();
  seen.line = await floor(ben, '.lines li').filter({ hasText: 'Good evening' }).innerText();
  await write(anna, 'line', 'come to evil.com now');
  await floor(anna, '.said[data-refused="422"]').waitFor();
  seen.refusal = await floor(anna, '.said').innerText();
  await floor(anna, '#line').fill('');

  await write(anna, 'question', 'Will there be a recording?');
  await floor(anna, '.said').filter({ hasText: 'handed in' }).waitFor();
  await floor(host, '#part').click();
  await floor(host, 'li[data-question] [data-judge=accepted]').click();
  await floor(ben, 'li[data-question] .vote').click();
  await name(ben, 'Ben');
  await floor(anna, 'li[data-question] .votes').filter({ hasText: '1 vote' }).waitFor();
  seen.question = await floor(anna, 'li[data-question] .what').innerText();

  await floor(host, 'summary').filter({ hasText: 'Look after the room' }).click();
  await host.getByLabel('Note for everybody').fill('The slides are here');
  await host.getByLabel('Link (https)').fill('https://slides.example/talk');
  await host.getByRole('button', { name: 'Pin', exact: true }).click();
  await floor(ben, '.note a').waitFor();
  seen.note = await floor(ben, '.note').innerText();
  seen.link = await floor(ben, '.note a').getAttribute('href');

  await host.getByLabel('What is asked').fill('Tea or coffee?');
  await host.getByLabel('Answers, one on each line').fill('Tea\nCoffee');
  await host.getByRole('button', { name: 'Open it' }).click();
  await floor(ben, '.poll button').filter({ hasText: 'Coffee' }).click();
  await floor(anna, '.poll .share').filter({ hasText: '100 %, 1' }).waitFor();
  seen.poll = true;
  await shot(ben, 'listener');
  await shot(host, 'host');

  await floor(host, '.lines li').filter({ hasText: 'Good evening' }).getByRole('button', { name: 'Hide: line of Anna', exact: true }).click();
  await floor(ben, '.lines li').filter({ hasText: 'Good evening' }).waitFor({ state: 'detached' });
  seen.hidden = true;
  seen.playing = await ben.evaluate(() => document.querySelector('hustings-player').dataset.state);
  return { seen };
});
