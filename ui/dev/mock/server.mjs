// A server that is not one: the pages with made-up conversations, for looking at them without building anything else.
//
// `npm run mock`, then open /c/live, /c/lobby, /c/break, /c/lost, /c/scheduled, /c/ended, /c/crowd, or /c/stage with a
// made-up token. It speaks the pages' side of the interface only: documents, facts, events, live.mp4. `POST /mock/…`
// changes a phase. It keeps the content policy of the real one. Nothing here is shipped.
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Sound } from './sound.mjs';
import { levels, mediaNow, talks } from './talks.mjs';

const port = Number(process.argv[2] ?? 8600);
const dist = new URL('../../dist/', import.meta.url).pathname;
const inputs = process.env.MOCK_SOUND
  ? ['-stream_loop', '-1', '-i', process.env.MOCK_SOUND]
  : ['-f', 'lavfi', '-i', 'sine=frequency=220:sample_rate=48000'];
const sound = new Sound(inputs);
const POLICY =
  "default-src 'self'; connect-src 'self' http: https: ws: wss:; media-src 'self' blob: http: https:; style-src 'self'; script-src 'self'";
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain',
};

const facts = (t) => {
  const { speakers, held_at, ...rest } = t;
  const at = `/c/${t.slug}`;
  const links = {
    whip: `${at}/whip`,
    whep: `${at}/whep`,
    mp4: `${at}/live.mp4`,
    ogg: `${at}/live.ogg`,
    aac: `${at}/live.aac`,
  };
  return {
    ...rest,
    links: {
      ...links,
      hls: `${at}/hls/index.m3u8`,
      m3u: `${at}/live.m3u`,
      events: `${at}/events`,
      audience: `${at}/audience`,
    },
  };
};

function document(response, file, title, boot) {
  const text = readFileSync(join(dist, file), 'utf8')
    .replaceAll('<!--title-->', title)
    .replace('<!--meta-->', '')
    .replace(
      '<!--boot-->',
      `<script type="application/json" id="boot">${JSON.stringify(boot).replaceAll('<', '\\u003c')}</script>`,
    );
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY });
  response.end(text);
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(body));
}

// Where a part is estimated, between which numbers it lies.
function count({ listening, about }) {
  const [low, high] = [1 - about, 1 + about].map((x) => Math.round(listening * x));
  return about ? { listening, low, high } : { listening };
}

function events(response, t, after) {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
  });
  // As the real one: ids count on, and `last_event_id` asks for what came after. One event a second here.
  const number = (data) => Math.round(data.t / 48000);
  const send = (name, data) =>
    response.write(`event: ${name}\nid: 7.${number(data)}\ndata: ${JSON.stringify(data)}\n\n`);
  const from = Number((after ?? '').split('.')[1] ?? Number.NaN);
  const at = () => mediaNow(t);
  const state = () => ({ phase: t.phase, ...(t.live_since === null ? {} : { live_since: t.live_since }) });
  const resumed = Number.isFinite(from);
  const first = { title: t.title, state: state(), roster: { speakers: t.speakers }, count: count(t) };
  if (!resumed) send('snapshot', { t: at(), ...first, epoch_ms: t.epoch_ms });
  if (t.held_at && resumed) {
    const held = Math.floor(((t.held_at - t.epoch_ms) * 48000) / 1000);
    send('state', { t: held, ...state() });
  }
  let shown = JSON.stringify(t.phase);
  let last = Math.floor(at() / 48000);
  for (let s = resumed ? from + 1 : last + 1; s <= last; s += 1) if (t.phase === 'live' || t.held_at) beat(s);
  function beat(s) {
    const end = s * 48000;
    if (t.held_at && t.epoch_ms + s * 1000 > t.held_at) return;
    send('levels', levels(t, end));
  }
  const timer = setInterval(() => {
    if (JSON.stringify(t.phase) !== shown) {
      shown = JSON.stringify(t.phase);
      send('state', { t: at(), ...state() });
    }
    const s = Math.floor(at() / 48000);
    if (s === last) return;
    last = s;
    if (t.phase === 'live') beat(s);
    if (s % 5 === 0) {
      t.listening += Math.floor(Math.random() * 5) - 2;
      send('count', { t: at(), ...count(t) });
    }
  }, 100);
  response.on('close', () => clearInterval(timer));
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://mock');
  const [, first, slug, what] = url.pathname.split('/');
  const t = talks.get(slug);
  if (url.pathname === '/') {
    const all = [...talks.values()].map(facts);
    return document(response, 'index.html', 'Hustings', { conversations: url.searchParams.has('empty') ? [] : all });
  }
  if (url.pathname === '/api/v1/conversations')
    return json(response, 200, { conversations: [...talks.values()].map(facts) });
  if (first === 'api') return api(request, response, url.pathname.split('/').slice(4));
  if (first === 'c' && !what)
    return document(response, 'conversation.html', t?.title ?? 'Not found', t ? facts(t) : null);
  if (first === 'c' && t && what === 'events') return events(response, t, url.searchParams.get('last_event_id'));
  if (first === 'c' && t && what === 'live.mp4') return sound.serve(response, t.epoch_ms);
  const file = join(dist, url.pathname);
  if (!file.startsWith(dist) || !existsSync(file)) return json(response, 404, { detail: 'nothing here' });
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'access-control-allow-origin': '*',
  });
  response.end(readFileSync(file));
}).listen(port, () => console.log(`http://127.0.0.1:${port}/`));

function api(request, response, [slug, command]) {
  const t = talks.get(slug);
  if (!t) return json(response, 404, { detail: 'there is no such conversation' });
  const phases = { start: 'live', hold: { held: 'break' }, resume: 'live', end: 'ended' };
  if (request.method === 'POST' && phases[command]) {
    t.phase = phases[command];
    t.live_since ??= mediaNow(t);
  }
  if (command === 'stage') return json(response, 200, {});
  return json(response, 200, facts(t));
}
