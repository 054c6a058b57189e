// A house with conversations in every state: made over the control socket of a server that runs, with real voices on stage.
//
// `open(given)` gives the world that the states of tour/states.mjs are made of: addresses, tokens, links that sign in, and
// the programs that speak. Whatever is made here is made by the same API that people use.

import { execFile, spawn } from 'node:child_process';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { sleep, until } from '../browser.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What is announced, so that a page has something to be read: sentences about a town, and first names. */
const HARBOUR = {
  title: 'What becomes of the harbour when the ferries stop',
  description:
    'The last ferry leaves in March. Three people who work on the quay say what they would do with it, and then it is your turn.\n\nQuestions are welcome from the beginning; hands are taken in the second half.',
  language: 'en',
  tags: ['harbour', 'town', 'ferries'],
  guests: [
    { name: 'Anna', affiliation: 'Harbour office', interests: 'Her office owns the quay.' },
    { name: 'Bo', affiliation: 'Boatyard on the north side' },
    { name: 'Chidi', affiliation: 'Neighbours of the quay', interests: 'Lives there.' },
  ],
};

export async function open(given) {
  const children = [];
  const call = (method, path, body, token) => ask(given.data, method, `/api/v1${path}`, body, token);
  const cli = async (...args) => (await promisify(execFile)(given.hustings, [...args, '--data', given.data])).stdout.trim();
  const token = (slug, role, seat, name) => cli('token', slug, '--role', role, '--seat', seat, '--name', name);
  const make = (slug, more) => call('POST', '/conversations', { slug, ...more });
  const order = (slug, what, body = {}) => call('POST', `/conversations/${slug}/${what}`, body);
  const speak = async (slug, role, seat, name, voice) => {
    const key = await token(slug, role, seat, name);
    const args = ['speak', `${given.url}/c/${slug}`, `${given.sounds}/${voice}.wav`, '--token', key, '--loop'];
    const child = spawn(given.hustings, args, { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const seat = (slug, name) => ask(given.data, 'POST', `/api/v1/conversations/${slug}/seats`, { name }, null);
  const world = { ...given, call, cli, token, make, order, speak, seat, children };

  world.accounts = async () => {
    world.links = {};
    for (const [handle, name, role] of [
      ['hanna', 'Hanna', 'host'],
      ['olga', 'Olga', 'operator'],
      ['mika', 'Mika', 'member'],
      ['bo', 'Bo', 'member'],
      ['spare', 'Sam', 'member'],
    ]) {
      const made = JSON.parse(await cli('account', 'create', handle, '--name', name, '--role', role, '--json'));
      world.links[handle] = made.link;
    }
    await cli('account', 'suspend', 'bo', '--reason', 'Threats against a guest');
  };

  world.seed = async () => {
    const at = Date.now();
    const zone = 'Europe/Berlin';
    const evening = Math.ceil((at + DAY) / (30 * MINUTE)) * 30 * MINUTE;
    await make('harbour', { ...HARBOUR, starts_ms: evening, zone, length_min: 90 });
    await make('budget', { title: 'The budget, line by line', starts_ms: evening + 3 * DAY, zone });
    await make('soon', { ...HARBOUR, title: 'Who pays for the new quay', starts_ms: at + 12 * MINUTE, zone });
    await make('stays', { title: 'Office hours of the harbour office', stays: true });
    await make('board', { title: 'A talk among ourselves', visibility: 'invited', starts_ms: evening, zone });
    await make('off', { title: 'Swimming in the harbour', starts_ms: evening + DAY, zone });
    await call('POST', '/conversations/off/cancel', { reason: 'The water is too cold, and two of the guests are ill. A new evening is announced here.' });
    for (const slug of ['past', 'break', 'lost', 'live', 'busy']) {
      const titles = { past: 'The night the crane fell', break: 'Trams to the island', lost: 'A bridge or a tunnel', live: HARBOUR.title, busy: 'Who may moor where' };
      await make(slug, { ...(slug === 'live' ? HARBOUR : {}), title: titles[slug] });
    }
    world.tokens = {};
    for (const slug of ['live', 'busy', 'soon', 'break', 'harbour']) {
      world.tokens[slug] = {
        host: await token(slug, 'host', 'hanna', 'Hanna'),
        cohost: await token(slug, 'host', 'cora', 'Cora'),
        speaker: await token(slug, 'speaker', 'dora', 'Dora'),
        producer: await token(slug, 'producer', 'pia', 'Pia'),
      };
    }
    await speak('soon', 'speaker', 'anna', 'Anna', 'alto');
    await speak('live', 'host', 'hanna-studio', 'Hanna', 'tenor');
    await speak('live', 'speaker', 'anna', 'Anna', 'alto');
    const lost = await speak('lost', 'speaker', 'anna', 'Anna', 'alto');
    await speak('busy', 'speaker', 'anna', 'Anna', 'alto');
    await speak('past', 'speaker', 'anna', 'Anna', 'alto');
    for (const slug of ['past', 'break', 'lost', 'live', 'busy']) await order(slug, 'start');
    await order('break', 'hold');
    await call('POST', '/conversations/live/stage', { hands_open: true });
    await call('POST', '/conversations/busy/stage', { hands_open: true });
    await until('the stage is heard', 15, async () => (await roster(given, 'lost')).some((s) => s.connected));
    await sleep(3);
    lost.kill('SIGKILL');
    await order('past', 'end');
    await talk(world, 'live');
    await talk(world, 'busy');
    // Somebody reports a voice, and somebody the same line twice.
    await ask(given.data, 'POST', '/api/v1/conversations/live/reports', { seat: 'anna', category: 'deception', text: 'That is not the Anna of the harbour office.' }, world.tokens.live.speaker);
    const invite = async (slug, more) => (await call('POST', `/conversations/${slug}/invitations`, more)).link;
    world.invitations = {
      nameless: await invite('harbour', { role: 'speaker', label: 'Boatyard', uses_max: 0 }),
      named: await invite('harbour', { role: 'speaker', label: 'Anna', name: 'Anna', uses_max: 0 }),
      dead: `${given.url}/c/harbour#i=this-link-was-cut-sho`,
    };
    // So much of a score that it can be read.
    await sleep(8);
  };
  world.close = () => children.forEach((child) => child.kill('SIGKILL'));
  return world;
}

/** People who take part: lines, questions, a poll, a note, and hands. */
async function talk(world, slug) {
  const path = `/conversations/${slug}`;
  const people = {};
  for (const name of ['Edda', 'Femi', 'Gil']) people[name] = (await world.seat(slug, name)).token;
  const say = (who, what, body) => ask(world.data, 'POST', `/api/v1${path}/${what}`, body, people[who]);
  await world.call('POST', `${path}/pinned`, { text: 'The plan of the quay, as a drawing', link: 'https://example.org/quay' });
  await say('Edda', 'chat', { text: 'Good evening from the island.' });
  await say('Femi', 'chat', { text: 'Is the drawing the one from last year?' });
  await say('Gil', 'chat', { text: 'It is the new one; the old one still had the crane on it, and the two sheds beside the slip.' });
  await say('Edda', 'questions', { text: 'Who pays for the dredging once there is no ferry?' });
  await say('Gil', 'questions', { text: 'May the boatyard stay where it is?' });
  await sleep(1.5);
  const { questions } = await world.call('GET', `${path}/floor`);
  if (questions?.[0]) await world.call('POST', `${path}/questions/${questions[0].id}/state`, { state: 'accepted' }).catch(() => null);
  await world.call('POST', `${path}/polls`, { question: 'What should the quay be?', answers: ['A market', 'A park', 'A boatyard'] });
  await say('Edda', 'stage/hand', { raised: true });
  await say('Femi', 'stage/hand', { raised: true });
}

/** Who is on stage, by the snapshot with which the events begin. */
async function roster(given, slug) {
  const answer = await fetch(`${given.audience}/c/${slug}/events`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let found = null;
  while (!found) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    found = /^data:(.*)\n/m.exec(text);
  }
  await reader.cancel();
  return found ? (JSON.parse(found[1]).roster?.speakers ?? []) : [];
}

/** One request over the control socket, which has the operator's authority unless a token is shown. */
function ask(data, method, path, body, token) {
  return new Promise((done, fail) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { host: 'localhost', 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    if (token) headers.authorization = `Bearer ${token}`;
    const asked = request({ socketPath: `${data}/control.sock`, method, path, headers }, (answer) => {
      let said = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => { said += chunk; });
      answer.on('end', () => {
        if (answer.statusCode >= 400) fail(new Error(`${method} ${path}: ${answer.statusCode} ${said}`));
        else done(said ? JSON.parse(said) : {});
      });
    });
    asked.setTimeout(10_000, () => asked.destroy(new Error(`${method} ${path}: no answer`)));
    asked.on('error', fail);
    asked.end(text);
  });
}
