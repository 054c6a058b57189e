// A client of the Hustings API: openapi-fetch, typed by the description of the server (schema.d.ts, which is generated).
import createClient from 'openapi-fetch';

/** A client of the server at `origin`, such as https://talk.example, that asks by an API key or a conversation's token. */
export function hustings(origin, bearer) {
  const headers = bearer ? { authorization: `Bearer ${bearer}` } : {};
  return createClient({ baseUrl: origin.replace(/\/+$/, ''), headers });
}
