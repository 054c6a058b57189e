// Every topic with its words, for what is made of all of them: the file that a translator begins with, and the test that German
// says everything. No page loads this. A new topic is a new row.

import { de as accountDe } from './account-de';
import { en as accountEn } from './account-en';
import { de } from './de';
import { en } from './en';
import { floorDe, floorEn } from './floor';
import { planDe } from './plan-de';
import { planEn } from './plan-en';
import { roomDe } from './room-de';
import { roomEn } from './room-en';

type Topic = Record<string, unknown>;

export const TOPICS: Record<string, { en: Topic; de: Topic }> = {
  page: { en, de },
  account: { en: accountEn, de: accountDe },
  plan: { en: planEn, de: planDe },
  floor: { en: floorEn, de: floorDe },
  room: { en: roomEn, de: roomDe },
};

type Sentence = (...given: unknown[]) => string;

/** A sentence as a text with holes; where one of a kind is said differently, both. */
function template(sentence: Sentence): string | { one: string; other: string } {
  const holes = Array.from({ length: sentence.length }, (_, i) => `{${i}}`);
  const but = (last: unknown, first: unknown = holes[0]) => sentence(first, ...holes.slice(1, -1), last);
  // What is last may say that there is one: it is then not written itself.
  if (holes.length > 1 && !but(true).includes('true') && !but(false).includes('false')) {
    return { one: but(true, '1'), other: but(false) };
  }
  const other = sentence(...holes);
  const one = sentence(1, ...holes.slice(1));
  return one === other.replaceAll('{0}', '1') ? other : { one, other };
}

/** Everything that is said in one language, as the file of a language has it. */
export function fileOf(language: 'en' | 'de'): Record<string, unknown> {
  const file: Record<string, unknown> = {};
  for (const [topic, said] of Object.entries(TOPICS)) {
    for (const [key, value] of Object.entries(said[language])) {
      const name = `${topic}.${key}`;
      if (typeof value === 'function') file[name] = template(value as Sentence);
      else if (typeof value === 'string') file[name] = value;
      else for (const [k, text] of Object.entries(value as Record<string, string>)) file[`${name}.${k}`] = text;
    }
  }
  return file;
}
