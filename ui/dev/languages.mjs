// Writes dist/languages/en.json: everything that the pages say, in the form of a language's file. It is what a translator begins
// with, and what the server compares an operator's files with. Run after every build.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('../src/words/all.ts', import.meta.url)));
const folder = new URL('../dist/languages/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('en.json', folder), `${JSON.stringify(module.fileOf('en'), null, 2)}\n`);
