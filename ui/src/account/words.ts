// The words of the pages of accounts, in the language of the others.
import { language } from '../words/words';
import { de } from '../words/account-de';
import { type AccountWords, en } from '../words/account-en';

const FILES: Record<string, AccountWords> = { en, de };
export const said: AccountWords = FILES[language] ?? en;
