// Signing in: where it leads afterwards, and that both languages say everything.
import { describe, expect, it } from 'vitest';
import { base64url } from '../src/account/passkey';
import { nextOf } from '../src/account/next';
import { de } from '../src/words/account-de';
import { en } from '../src/words/account-en';

const HERE = 'https://talk.example';
const next = (to: string) => nextOf(`?next=${encodeURIComponent(to)}`, HERE);

describe('after signing in', () => {
  it('leads to a path of this site', () => {
    expect(next('/people')).toBe('/people');
    expect(next('/c/evening?x=1#t')).toBe('/c/evening?x=1#t');
    expect(nextOf('', HERE)).toBeNull();
  });
  it('leads nowhere else', () => {
    for (const bad of ['//evil.example', '/\\evil.example', '\\\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/\t/evil.example', 'people', '/\n/evil.example', '/a\\b'])
      expect(next(bad), bad).toBeNull();
  });
});

describe('words', () => {
  it('are complete and never shout', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(typeof de[key], key).toBe(typeof en[key]);
      for (const file of [en, de]) expect(typeof file[key] === 'string' ? file[key] : '').not.toMatch(/!|oops/i);
    }
    expect(Object.keys(de.acts)).toEqual(Object.keys(en.acts));
    expect(Object.keys(de.roles)).toEqual(Object.keys(en.roles));
  });
});

describe('bytes', () => {
  it('are written as WebAuthn writes them', () => {
    expect(base64url(new Uint8Array([251, 255, 0]).buffer)).toBe('-_8A');
  });
});
