// The words of those who plan and of guests, in the language of the page.

import { speak } from './language';
import { planDe } from './plan-de';
import { type PlanWords, planEn } from './plan-en';

export const planWords: PlanWords = speak('plan', planEn, planDe);
