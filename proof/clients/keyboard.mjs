// A host's evening without a pointer: signs in by a link, plans, invites, goes on stage, starts, brings a listener up, mutes
// them, and ends it, with Tab, Enter, the space bar and letters alone.
//
//   node keyboard.mjs --link http://localhost:8080/account#link=… --microphone voice.wav
//
// At every step of Tab the focus must be somewhere, in sight and drawn; after every press it must not be lost. The listener in
// the other browser has a mouse. Prints {"event":"live"}, {"event":"muted"}, and at last
// {"slug":…,"steps":n,"lost":[…],"unseen":[…],"errors":[…]}. `--pictures DIR` saves what the host saw.

import { options, run, sleep, until } from './browser.mjs';

const given = options({ link: undefined, microphone: undefined, pictures: '' });
const STEPS_MAX = 90;
let ending = false;
const found = { steps: 0, lost: [], unseen: [], errors: [] };

// What has the focus: its name, and whether a person can see that it has.
function here() {
  let at = document.activeElement;
  const hosts = [];
  while (at?.shadowRoot?.activeElement) {
    hosts.push(at.shadowRoot);
    at = at.shadowRoot.activeElement;
  }
  if (!at || at === document.body) return null;
  const root = at.getRootNode();
  const own = at.getAttribute('aria-label') || (at.id && root.querySelector(`label[for="${at.id}"]`)?.textContent);
  const label = own || at.closest('label')?.textContent;
  const name = (label || at.innerText || at.textContent || '').trim().replace(/\s+/g, ' ');
  const style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const drawn = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const [x, y] = [Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)), Math.min(innerHeight - 1, Math.max(0, box.top + box.height / 2))];
  const top = root.elementFromPoint(x, y);
  const covered = !(top && (top === at || at.contains(top) || top.contains(at)));
  return { tag: at.localName, type: at.type ?? '', name, drawn, inside, covered };
}

class Keys {
  constructor(page) {
    this.page = page;
  }

  async at() {
    return this.page.evaluate(here);
  }

  // to(name, tag): walks by Tab until what has the focus is named so. Once around the page is enough for everything.
  async to(name, { tag = '', back = false } = {}) {
    const fits = (at) => at && (name instanceof RegExp ? name.test(at.name) : at.name.startsWith(name)) && (!tag || at.tag === tag);
    for (let n = 0; n < STEPS_MAX; n += 1) {
      await this.page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
      const at = await this.at();
      found.steps += 1;
      if (!at) continue;
      if (!at.drawn || !at.inside || at.covered) found.unseen.push({ at: `${at.tag} ${at.name}`.slice(0, 60), drawn: at.drawn, inside: at.inside, covered: at.covered });
      if (fits(at)) return at;
    }
    throw new Error(`"${name}" cannot be reached by Tab`);
  }

  // press(key, what): a press, after which the focus is still somewhere.
  async press(key, what) {
    await this.page.keyboard.press(key);
    await sleep(0.6);
    const at = await this.at();
    if (!at) found.lost.push(what);
    return at;
  }
}

await run(280, async (launch) => {
  const browser = await launch({ microphone: given.microphone });
  const open = async (size, zone) => {
    const context = await browser.newContext({ permissions: ['microphone'], viewport: size, locale: 'en-US', timezoneId: zone });
    const page = await context.newPage();
    page.on('pageerror', (error) => found.errors.push(String(error.message)));
    // What ends is asked for once more, and is not there: a line of the console and no error.
    page.on('console', (line) => line.type() === 'error' && !(ending && /status of 4(04|10)/.test(line.text())) && found.errors.push(line.text()));
    return page;
  };
  const page = await open({ width: 1440, height: 900 }, 'Europe/Berlin');
  const keys = new Keys(page);
  const picture = (name) => (given.pictures ? page.screenshot({ path: `${given.pictures}/keyboard-${name}.png` }) : null);

  // Signing in; what comes in the form's place has the focus.
  await page.goto(given.link);
  await page.getByRole('heading').first().waitFor();
  await keys.to('Sign in with this link');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
  await until('the focus is kept over signing in', 3, () => keys.at());
  await picture('signed-in');
  await keys.to('My conversations');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/plan$/);
  await page.getByRole('button', { name: 'Plan it' }).waitFor();

  // Planning for the next whole minute with room to get ready; dates are typed as this browser shows them.
  await keys.to('Title', { tag: 'input' });
  await page.keyboard.type('An evening by keyboard');
  const starts = Math.ceil((Date.now() + 70_000) / 60_000) * 60_000;
  const wall = (form) => new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Berlin', ...form }).format(starts);
  await keys.to('Day', { tag: 'input' });
  await page.keyboard.type(wall({ month: '2-digit', day: '2-digit', year: 'numeric' }).replaceAll('/', ''));
  await keys.to('Time', { tag: 'input' });
  await page.keyboard.type(wall({ hour: '2-digit', minute: '2-digit', hour12: true }).replace(/[^0-9AP]/g, ''));
  await picture('form');
  await keys.to('Plan it');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/plan\?c=/, { timeout: 15_000 });
  const slug = new URL(page.url()).searchParams.get('c');
  await page.getByRole('link', { name: 'Open its page' }).waitFor();

  // Inviting.
  await keys.to(/^For whom|^Whom|^Name|invite/i, { tag: 'input' });
  await page.keyboard.type('Tenor T.');
  await keys.to(/^Invite|^Make/, { tag: 'button' });
  await keys.press('Enter', 'inviting');
  await page.locator('input[name=link]').locator('visible=true').waitFor();
  await picture('invited');
  await keys.to('Open its page', { back: true });
  await page.keyboard.press('Enter');

  // On stage.
  const stage = page.locator('hustings-stage');
  const at = (state) => until(`the host is at "${state}"`, 20, async () => (await stage.count()) && (await stage.getAttribute('data-stage-state')) === state);
  await at('invited');
  await keys.to('Check microphone');
  await keys.press('Enter', 'checking the microphone');
  await at('check');
  await until('going on has the focus', 3, async () => (await keys.at())?.name === 'Go on stage');
  await keys.press('Enter', 'going on stage');
  await at('on');
  await until('muting has the focus', 3, async () => (await keys.at())?.name.startsWith('Mute'));
  await picture('on-stage');
  for (const muted of ['true', 'false']) {
    await keys.press('Space', 'the space bar on stage');
    await until(`muted: ${muted}`, 3, async () => (await stage.locator('.mute').getAttribute('aria-pressed')) === muted);
  }

  await sleep(Math.max(0, starts - Date.now()) / 1000);
  await keys.to('Start');
  await keys.press('Enter', 'starting');
  await until('it is live', 10, () => page.evaluate(() => document.getElementById('page')?.dataset.phase === 'live'));
  console.log(JSON.stringify({ event: 'live', slug }));
  for (const what of ['Close hands', 'Open hands']) {
    await keys.to(what);
    await keys.press('Enter', what);
  }

  // Somebody with a mouse asks to speak.
  const listener = await open({ width: 360, height: 740 }, 'Europe/Berlin');
  await listener.goto(`${new URL(page.url()).origin}/c/${slug}`);
  const hand = listener.locator('.hand');
  await hand.getByRole('button', { name: 'Raise your hand' }).locator('visible=true').click();
  await hand.getByLabel(/your name/i).fill('Tenor T.');
  await hand.getByRole('button', { name: 'Raise your hand' }).locator('visible=true').click();
  await stage.locator('.hands li').filter({ hasText: 'Tenor T.' }).waitFor();
  await keys.to('Bring up: Tenor T.');
  await keys.press('Enter', 'bringing up');
  await listener.getByRole('button', { name: 'Check microphone and go on' }).click();
  const theirs = listener.locator('hustings-stage');
  await until('the green room', 10, async () => (await theirs.getAttribute('data-stage-state')) === 'check');
  await theirs.locator('button.primary:visible:enabled').click();
  await until('the listener is on stage', 15, async () => (await theirs.getAttribute('data-stage-state')) === 'on');
  await sleep(0.5);
  if (!(await keys.at())) found.lost.push('the hand that had the focus went on stage');

  await keys.to('Tenor T.', { tag: 'summary' });
  await keys.press('Enter', 'opening what can be done about somebody');
  await picture('person');
  await keys.to('Mute', { tag: 'button' });
  await keys.press('Enter', 'muting somebody');
  await until('the listener reads who muted them', 10, async () => /has muted you/.test((await theirs.locator('.said').textContent()) ?? ''));
  console.log(JSON.stringify({ event: 'muted' }));

  await keys.to(/^End$/);
  await keys.press('Enter', 'asking to end');
  await until('keeping on has the focus', 3, async () => (await keys.at())?.name === 'Keep on');
  await picture('end');
  await keys.to('End for everybody', { back: true });
  ending = true;
  await page.keyboard.press('Enter');
  await until('it is over', 10, () => page.evaluate(() => document.getElementById('page')?.dataset.phase === 'ended'));
  await sleep(1);
  if (!(await keys.at())) found.lost.push('the end');
  await picture('over');
  return { slug, ...found };
});
