// The words of those who plan and of guests, in the language of the page.

import { planDe } from './plan-de';
import { type PlanWords, planEn } from './plan-en';
import { language } from './words';

const FILES: Record<string, PlanWords> = { en: planEn, de: planDe };
export const planWords: PlanWords = FILES[language] ?? planEn;
