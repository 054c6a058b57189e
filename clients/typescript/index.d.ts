// A client of the Hustings API: openapi-fetch, typed by the description of the server (schema.d.ts, which is generated).
import type { Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

/** Every type that the API speaks, by its name. */
export type Schemas = components['schemas'];
/** A client of the API: `client.GET('/api/v1/conversations/{slug}', { params: { path: { slug } } })`. */
export type Hustings = Client<paths>;

/** A client of the server at `origin`, such as https://talk.example, that asks by an API key or a conversation's token. */
export function hustings(origin: string, bearer?: string): Hustings;
