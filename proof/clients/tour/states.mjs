// Every page in every state that a person meets: one row each. `make screens` takes pictures of all of them, and the story of
// a page that everyone can use runs axe over all of them. A new page is a new row.
//
// A row: `name` (of the picture), `says` (what a person meets here), `path(world)`; and where needed `as` (an account that is
// signed in, see tour/house.mjs), `act(page, world)` (what is pressed before the picture), `bare` (before anything is planned),
// `origin` (a page of another site that holds our player), `tall: false` (only what fits the window).

const press = (selector) => (page) => page.locator(selector).locator('visible=true').first().click({ timeout: 8000 });
const named = (role, name) => (page) => page.getByRole(role, { name }).locator('visible=true').first().click({ timeout: 8000 });
const listen = async (page) => {
  await press('#listen')(page);
  await page.waitForFunction(() => document.querySelector('hustings-player')?.dataset.state === 'playing', null, { timeout: 15_000 });
  await page.waitForTimeout(1500);
};
const then = (...acts) => async (page, world) => {
  for (const act of acts) await act(page, world);
};
const stage = (state) => (page) => page.locator(`hustings-stage[data-stage-state=${state}]`).waitFor({ timeout: 15_000, state: 'attached' });
const primary = press('hustings-stage .bar button.primary');
const green = then(stage('invited'), primary, stage('check'));
const on = then(green, (page) => page.waitForTimeout(1200), primary, stage('on'), (page) => page.waitForTimeout(1500));
const token = (slug, role) => (world) => `/c/${slug}#t=${world.tokens[slug][role]}`;
const fragment = (key) => (world) => {
  const link = new URL(world.invitations[key]);
  return link.pathname + link.hash;
};
const name = (selector, text) => async (page) => {
  await page.locator(selector).locator('visible=true').first().fill(text);
  await page.locator(selector).locator('visible=true').first().press('Enter');
};
const order = (slug, seat, body) => (page, world) =>
  world.call('POST', `/conversations/${slug}/stage/seats/${seat}`, body).then(() => page.waitForTimeout(1200));
const room = (state) => (page) => page.locator(`hustings-test-room[data-test=${state}]`).waitFor({ timeout: 15_000 });
const fires = (what) => (page) =>
  page.evaluate((event) => window.hustings.stage.microphone.track.dispatchEvent(new Event(event)), what).then(() => page.waitForTimeout(800));
// The events end and do not come back: what is shown is old, and the page says so.
const unplugged = async (page) => {
  await page.context().setOffline(true);
  await page.evaluate(() => {
    const { talk } = window.hustings;
    talk.line.close();
    talk.lineChanged(false);
  });
  await page.waitForTimeout(5000);
};
// What a full house answers: the gate of this one is wide.
const waits = (number, queue) => async (page) => {
  const json = (body, status = 200) => (route) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
  await page.route('**/c/live/tickets', json({ place: 'a-place', ...(number ? { number, expected_s: [180, 240, 300] } : {}), secret: 'of-nobody-at-all', poll_s: 30, queue: '' }, 202));
  await page.route('**/c/live/queue.json', json({ phase: 'live', admitting_below: 0, waiting: 1204, per_second: 3.4, poll_s: 30, drawn: true, ...queue }));
};
const details = (page) => page.locator('hustings-stage .people details').locator('visible=true').last().locator('summary').click();

export const STATES = [
  // The front page
  { name: 'front-empty', says: 'Nothing is announced', path: () => '/', bare: true },
  { name: 'front', says: 'What is on, what is coming, what is over', path: () => '/' },
  // One address for its whole life
  { name: 'scheduled', says: 'Before the doors open', path: () => '/c/harbour' },
  { name: 'room', says: 'A room that stays and is closed', path: () => '/c/stays' },
  { name: 'lobby', says: 'The doors are open', path: () => '/c/soon' },
  { name: 'lobby-inside', says: 'Waiting inside', path: () => '/c/soon', act: listen },
  { name: 'live', says: 'Live, before the press', path: () => '/c/live' },
  { name: 'live-listening', says: 'Live, and heard', path: () => '/c/live', act: listen },
  { name: 'live-sound', says: 'What can be chosen about the sound', path: () => '/c/live', act: then(listen, press('[aria-controls=sound]')) },
  { name: 'live-share', says: 'Taking it elsewhere', path: () => '/c/live', act: press('[aria-controls=share]') },
  { name: 'live-react', says: 'Reactions', path: () => '/c/live', act: press('#react') },
  { name: 'live-part', says: 'Taking part: chat, questions, a poll, a note', path: () => '/c/live', act: press('#part') },
  { name: 'hand-name', says: 'Asking to speak: a name first', path: () => '/c/live', act: press('.hand button') },
  { name: 'hand-raised', says: 'A raised hand', path: () => '/c/live', act: then(press('.hand button'), name('.hand .naming input', 'Jo'), (page) => page.locator('.hand[data-hand=raised]').waitFor()) },
  { name: 'break', says: 'On a break', path: () => '/c/break' },
  { name: 'line-lost', says: 'The speakers have lost their lines', path: () => '/c/lost' },
  { name: 'ended', says: 'It is over', path: () => '/c/past' },
  { name: 'cancelled', says: 'Called off, with the reason', path: () => '/c/off' },
  { name: 'invited-only', says: 'For the invited alone (404)', path: () => '/c/board' },
  { name: 'waiting', says: 'There is no room: a place, and how long it takes', path: () => '/c/live', before: waits(812, {}), act: (page) => page.waitForTimeout(1500) },
  { name: 'waiting-draw', says: 'Before the start: the order will be drawn', path: () => '/c/live', before: waits(0, { phase: 'lobby', drawn: false }), act: (page) => page.waitForTimeout(1500) },
  { name: 'no-news', says: 'The server cannot be reached', path: () => '/c/live', act: unplugged },
  // An invited guest
  { name: 'guest-name', says: 'An invitation: a name first', path: fragment('nameless') },
  { name: 'guest-refused', says: 'An invitation that does not work', path: fragment('dead') },
  { name: 'guest-test-room', says: 'The test room before the doors open', path: fragment('named'), act: room('closed') },
  { name: 'guest-test-ready', says: 'The microphone is heard', path: fragment('named'), act: then(room('closed'), press('hustings-test-room button.primary'), room('ready'), (page) => page.waitForTimeout(1500)) },
  { name: 'guest-test-played', says: 'Heard back', path: fragment('named'), act: then(room('closed'), press('hustings-test-room button.primary'), room('ready'), press('hustings-test-room button.primary'), room('played')) },
  // On stage
  { name: 'stage-invited', says: "A speaker's link", path: token('live', 'speaker'), act: stage('invited') },
  { name: 'stage-green-room', says: 'The green room', path: token('live', 'speaker'), act: then(green, (page) => page.waitForTimeout(1500)) },
  { name: 'stage-on', says: 'On stage', path: token('live', 'speaker'), act: on },
  { name: 'stage-muted', says: 'Muted by oneself', path: token('live', 'speaker'), act: then(on, press('hustings-stage .mute')) },
  { name: 'stage-muted-by', says: 'Muted by the host', path: token('live', 'speaker'), act: then(on, order('live', 'dora', { order: 'mute' })) },
  { name: 'stage-asked', says: 'Asked to unmute', path: token('live', 'speaker'), act: then(on, press('hustings-stage .mute'), (page) => page.waitForTimeout(800), order('live', 'dora', { order: 'ask_to_unmute' })) },
  { name: 'stage-interrupted', says: 'A call has taken the microphone', path: token('live', 'speaker'), act: then(on, fires('mute')) },
  { name: 'stage-left', says: 'Having left the stage', path: token('live', 'speaker'), act: then(on, named('button', 'Leave')) },
  { name: 'stage-denied', says: 'The browser gives no microphone', path: token('live', 'speaker'), silent: true, act: then(stage('invited'), primary, (page) => page.waitForTimeout(600)) },
  { name: 'stage-lobby', says: 'On stage before the start', path: token('soon', 'speaker'), act: on },
  { name: 'stage-producer', says: "A producer's link", path: token('live', 'producer'), act: (page) => page.locator('[data-producer-state]').waitFor({ timeout: 15_000, state: 'attached' }) },
  // Those who run it
  { name: 'host-lobby', says: "The host's desk before the start", path: token('soon', 'host'), act: on },
  { name: 'host-desk', says: "The host's desk: hands and people", path: token('busy', 'host'), act: on },
  { name: 'host-person', says: 'What can be done about one person', path: token('busy', 'host'), act: then(stage('invited'), (page) => page.waitForTimeout(1500), details) },
  { name: 'host-end', says: 'Ending asks once more', path: token('busy', 'host'), act: then(stage('invited'), named('button', 'End')) },
  { name: 'host-floor', says: "The host's tools for taking part", path: token('busy', 'host'), act: then(stage('invited'), press('#part')) },
  { name: 'host-edit', says: 'Editing in place', path: token('harbour', 'host'), act: press('[data-do=edit]') },
  { name: 'host-break', says: 'On a break, for the host', path: token('break', 'host'), act: stage('invited') },
  // Planning
  { name: 'plan-nobody', says: 'Planning, signed out', path: () => '/plan' },
  { name: 'plan', says: 'Planning an event', path: () => '/plan', as: 'hanna' },
  { name: 'plan-one', says: 'One event: editing and inviting', path: (world) => `/plan?c=${world.planned}`, as: 'hanna' },
  { name: 'plan-call-off', says: 'Calling off asks once more', path: (world) => `/plan?c=${world.planned}`, as: 'hanna', act: press('[data-do=call-off]') },
  // Accounts
  { name: 'sign-in', says: 'Signing in', path: () => '/account' },
  { name: 'sign-in-wrong', says: 'A wrong password', path: () => '/account', act: async (page) => { await page.getByLabel('Handle').fill('hanna'); await page.getByLabel('Password').fill('not this one'); await page.getByLabel('Password').press('Enter'); await page.waitForTimeout(1500); } },
  { name: 'sign-in-link', says: 'A link that signs in', path: (world) => `/account${new URL(world.links.spare).hash}` },
  { name: 'sign-in-elsewhere', says: 'Back from an organisation, with an account of the same address', path: () => '/account#oidc=link_first' },
  { name: 'account', says: "One's own account", path: () => '/account', as: 'hanna' },
  { name: 'account-operator', says: "An operator's account", path: () => '/account', as: 'olga' },
  { name: 'people-nobody', says: 'People, for who may not', path: () => '/people', as: 'mika' },
  { name: 'people', says: 'People and the log of acts', path: () => '/people', as: 'olga' },
  { name: 'people-one', says: 'Suspending somebody', path: () => '/people', as: 'olga', act: press('[data-handle=mika] summary') },
  { name: 'cases-nobody', says: 'Cases, for who is not signed in', path: () => '/cases' },
  { name: 'cases', says: 'Reports and rulings', path: () => '/cases', as: 'olga' },
  { name: 'cases-one', says: 'One case: what was said, what to do at once, the ruling', path: () => '/cases', as: 'olga', act: then(press('main li button, main li summary, main li a'), (page) => page.waitForTimeout(1200)) },
  // Afterwards, and elsewhere
  { name: 'status', says: 'What works, and what was found', path: () => '/status' },
  { name: 'embed', says: 'The player on another site', path: () => '/c/live', origin: true },
  { name: 'missing', says: 'Nothing at this address', path: () => '/c/nothing-here' },
  { name: 'missing-page', says: 'No such page', path: () => '/no/such/page' },
];
