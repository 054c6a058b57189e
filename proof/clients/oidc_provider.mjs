// A provider of identities that we did not write (oidc-provider), for one client with PKCE, on a port of its own.
//
//   node oidc_provider.mjs --port 9000 --back http://127.0.0.1:8080/api/v1/sign-in/oidc/callback
//
// Prints {"ready":true} when it listens, and serves until it is told to stop. Whoever signs in as NAME is NAME@acme.example,
// which is verified unless the name begins with `new`. PUT /proof/MODE lets its next tokens be wrong in one way, as those of a
// provider that is broken, or of somebody who has got between: nonce, audience, issuer, expired, future, unsigned, stranger (a key
// that is not published), secret (signed with the client's secret); `rolled` publishes a new key and signs with it.

import { createServer } from 'node:http';
import { generateKeyPair, exportJWK, SignJWT, decodeJwt, UnsecuredJWT } from 'jose';
import Provider from 'oidc-provider';
import { options } from './browser.mjs';

const given = options({ port: undefined, back: undefined });
const issuer = `http://localhost:${given.port}`;
const SECRET = 'a secret of at least thirty-two bytes';

async function key(kid) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const named = async (one) => ({ ...(await exportJWK(one)), kid, alg: 'RS256', use: 'sig' });
  return { privateKey, kid, private: await named(privateKey), public: await named(publicKey) };
}
const [first, rolled, stranger] = await Promise.all(['first', 'rolled', 'stranger'].map(key));

const provider = new Provider(issuer, {
  clients: [{ client_id: 'talk', client_secret: SECRET, redirect_uris: [given.back] }],
  jwks: { keys: [first.private] },
  claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  pkce: { required: () => true },
  cookies: { keys: ['one of the proof'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@acme.example`, email_verified: !id.startsWith('new'), name: `${id[0].toUpperCase()}${id.slice(1)} of Acme`, preferred_username: id }),
  }),
});

let mode = 'good';
let tokens = 0;
const now = () => Math.floor(Date.now() / 1000);
const CHANGES = {
  nonce: { nonce: 'of another sign-in' },
  audience: { aud: 'another-client' },
  issuer: { iss: 'http://evil.example' },
  expired: { iat: now() - 7200, exp: now() - 3600 },
  future: { iat: now() + 3600, exp: now() + 7200 },
};

async function changed(token) {
  const claims = { ...decodeJwt(token), ...CHANGES[mode] };
  if (mode === 'unsigned') return new UnsecuredJWT(claims).encode();
  if (mode === 'secret') return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET));
  const by = { rolled, stranger }[mode] ?? first;
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: by.kid }).sign(by.privateKey);
}

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === '/token' && ctx.body?.id_token) {
    tokens += 1;
    if (mode !== 'good') ctx.body = { ...ctx.body, id_token: await changed(ctx.body.id_token) };
  }
  if (ctx.path === '/jwks' && mode === 'rolled') ctx.body = { keys: [first.public, rolled.public] };
});

const serve = provider.callback();
createServer((request, answer) => {
  if (request.method === 'PUT' && request.url.startsWith('/proof/')) {
    mode = request.url.slice('/proof/'.length);
    return answer.end(JSON.stringify({ mode, tokens }));
  }
  return serve(request, answer);
}).listen(Number(given.port), '127.0.0.1', () => process.stdout.write('{"ready":true}\n'));
