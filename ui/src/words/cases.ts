// The words of reports and cases, in the language of the page.

import { casesDe } from './cases-de';
import { type CasesWords, casesEn } from './cases-en';
import { language } from './words';

const FILES: Record<string, CasesWords> = { en: casesEn, de: casesDe };
export const casesWords: CasesWords = FILES[language] ?? casesEn;
