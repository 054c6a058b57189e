// The words of clips, cues and covers, in the language of the page.

import { productionDe } from './production-de';
import { type ProductionWords, productionEn } from './production-en';
import { language } from './words';

const FILES: Record<string, ProductionWords> = { en: productionEn, de: productionDe };
export const productionWords: ProductionWords = FILES[language] ?? productionEn;
