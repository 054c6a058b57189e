// The words of the pages of accounts, in the language of the others.
import { de } from '../words/account-de';
import { type AccountWords, en } from '../words/account-en';
import { speak } from '../words/language';

export const said: AccountWords = speak('account', en, de);
