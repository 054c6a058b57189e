// The words of API keys and webhooks, in the language of the page.

import { keysDe } from './keys-de';
import { type KeysWords, keysEn } from './keys-en';
import { language } from './words';

const FILES: Record<string, KeysWords> = { en: keysEn, de: keysDe };
export const keysWords: KeysWords = FILES[language] ?? keysEn;
