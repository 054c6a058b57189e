// Which language the pages speak: English and German are built in, any other is a file that the operator of a site has given.
//
// The document says which files there are (`<meta name="languages">`); one is fetched only for a reader who prefers its language,
// before anything is written. A value is text with {0}, {1}… where something is put in, or a text for each plural form; it is
// written as text and never as markup. What a file does not say is said in English. Absent: a switch. Who wants another language
// has told the browser so.

/** A language that is a file: texts by topic and key, such as "page.listen". */
export type File = Record<string, string | Record<string, string>>;

/** What pages say of one topic: texts, sentences with something put in, and lists of texts. */
type Said = string | ((...given: never[]) => string) | Readonly<Record<string, string>>;

const BUILT_IN = ['en', 'de'];
const NAME = /^[a-z]{2,3}$/;

/** The language to speak to somebody who prefers these, in this order. */
export function chooseLanguage(preferred: readonly string[], files: readonly string[] = []): string {
  for (const tag of preferred) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (BUILT_IN.includes(base) || files.includes(base)) return base;
  }
  return 'en';
}

/** The value of a file at this key, with what was given put in; null where it has none. */
function fill(value: File[string] | undefined, given: readonly unknown[], tag: string): string | null {
  const text = typeof value === 'object' ? plural(value, given, tag) : value;
  if (typeof text !== 'string') return null;
  return text.replace(/\{(\d)\}/g, (hole, n: string) => (Number(n) < given.length ? String(given[Number(n)]) : hole));
}

/** The form for the number that was given: as a number, as the word that it is one, or as the first figures of a text. */
function plural(forms: Record<string, string>, given: readonly unknown[], tag: string): string | undefined {
  const figures = given.find((one) => typeof one === 'number') ?? Number(String(given[0] ?? '').replace(/\D/g, '') || 2);
  const n = given.includes(true) ? 1 : Number(figures);
  return forms[new Intl.PluralRules(tag).select(n)] ?? forms.other;
}

/** A topic's words in a language that is a file, English where it says nothing. */
export function translated<T extends { [K in keyof T]: Said }>(topic: string, english: T, file: File, tag: string): T {
  const said = Object.entries(english as Record<string, Said>).map(([key, own]) => {
    const name = `${topic}.${key}`;
    if (typeof own === 'function') {
      const sentence = own as (...given: unknown[]) => string;
      return [key, (...given: unknown[]) => fill(file[name], given, tag) ?? sentence(...given)];
    }
    if (typeof own === 'string') return [key, fill(file[name], [], tag) ?? own];
    const list = Object.entries(own).map(([k, text]) => [k, fill(file[`${name}.${k}`], [], tag) ?? text]);
    return [key, Object.fromEntries(list)];
  });
  return Object.fromEntries(said) as T;
}

/** The names of the files that this site offers. */
function offered(): string[] {
  if (typeof document === 'undefined') return [];
  const meta = document.querySelector<HTMLMetaElement>('meta[name=languages]');
  return (meta?.content ?? '').split(' ').filter((name) => NAME.test(name));
}

async function fetched(name: string): Promise<File | null> {
  try {
    const answer = await fetch(`/languages/${name}.json`);
    return answer.ok ? ((await answer.json()) as File) : null;
  } catch {
    // English is better than nothing.
    return null;
  }
}

const preferred = typeof navigator === 'undefined' ? ['en'] : (navigator.languages ?? ['en']);
const chosen = chooseLanguage(preferred, offered());
const file = BUILT_IN.includes(chosen) ? null : await fetched(chosen);

export const language = BUILT_IN.includes(chosen) || file ? chosen : 'en';
/** The reader's own regional habits for numbers and times where the language is theirs. */
export const locale = preferred.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;

/** The words of one topic in the language of the page. */
export function speak<T extends { [K in keyof T]: Said }>(topic: string, en: T, de: T): T {
  if (file) return translated(topic, en, file, language);
  return language === 'de' ? de : en;
}
