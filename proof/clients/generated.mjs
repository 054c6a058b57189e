// A program that knows Hustings by the generated client alone.
//
//   node generated.mjs ORIGIN KEY SLUG
//
// Makes, plans, lists, invites, starts, writes, ends, and prints what it saw as one line of JSON.

import { hustings } from '../../clients/typescript/index.js';

const [origin, key, slug] = process.argv.slice(2);
const client = hustings(origin, key);
const params = { path: { slug } };

function well({ data, error, response }) {
  if (error) throw new Error(`${response.status}: ${error.detail}`);
  return data;
}

const made = well(await client.POST('/api/v1/conversations', { body: { slug, title: 'An evening' } }));
const plan = { slug: `${slug}-2`, title: 'Another', starts_ms: Date.now() + 86_400_000, zone: 'Europe/Berlin' };
const planned = well(await client.POST('/api/v1/conversations', { body: plan }));
const { conversations } = well(await client.GET('/api/v1/conversations'));
const invitation = well(
  await client.POST('/api/v1/conversations/{slug}/invitations', { params, body: { role: 'speaker', label: 'Bo' } }),
);
const live = well(await client.POST('/api/v1/conversations/{slug}/start', { params }));
const text = 'Good evening';
let chat;
// The floor opens within a second of the doors.
for (let n = 0; n < 50 && !chat; n += 1) {
  await client.POST('/api/v1/conversations/{slug}/chat', { params, body: { text } });
  await new Promise((done) => setTimeout(done, 300));
  const { data } = await client.GET('/api/v1/conversations/{slug}/floor', { params });
  chat = data?.lines.find((line) => line.text === text)?.text;
}
const over = well(await client.POST('/api/v1/conversations/{slug}/end', { params }));
const { error } = await client.GET('/api/v1/me/keys');
console.log(
  JSON.stringify({
    phases: [made.phase, live.phase, over.phase],
    planned: planned.phase,
    listed: conversations.some((one) => one.slug === planned.slug),
    link: invitation.link,
    chat,
    refused: error?.detail,
  }),
);
