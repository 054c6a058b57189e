// The words of the waiting room, in the language of the page.

import { queueDe } from './queue-de';
import { type QueueWords, queueEn } from './queue-en';
import { language } from './words';

const FILES: Record<string, QueueWords> = { en: queueEn, de: queueDe };
export const queueWords: QueueWords = FILES[language] ?? queueEn;
