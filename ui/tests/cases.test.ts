// Reports and cases: words in every language, with every category, decision and act that the server knows.

import { describe, expect, it } from 'vitest';
import { casesDe } from '../src/words/cases-de';
import { casesEn } from '../src/words/cases-en';

describe('the words of cases', () => {
  it('are the same keys in both languages', () => {
    const keys = (of: Record<string, unknown>): string[] =>
      Object.entries(of).flatMap(([key, value]) => (typeof value === 'object' && value ? keys(value as Record<string, unknown>).map((k) => `${key}.${k}`) : [key]));
    expect(keys(casesDe)).toEqual(keys(casesEn));
  });

  it('name what the server names', () => {
    expect(Object.keys(casesEn.categories)).toEqual(['danger', 'minors', 'hate', 'harassment', 'privacy', 'deception', 'spam', 'other']);
    expect(Object.keys(casesEn.decisions)).toEqual(['no_violation', 'warning', 'hidden', 'removed', 'suspended']);
    expect(Object.keys(casesEn.acts)).toEqual(['remove', 'hide', 'warn', 'suspend']);
    expect(Object.keys(casesEn.happened)).toEqual(Object.keys(casesEn.acts));
    expect(Object.keys(casesEn.states)).toEqual(['open', 'ruled', 'appealed', 'closed']);
  });

  it('never say that a number is guilt', () => {
    expect(casesEn.count('3', false)).toBe('3 people reported it');
    expect(casesEn.lead).toContain('nothing of guilt');
  });
});
