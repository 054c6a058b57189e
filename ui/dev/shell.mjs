// Writes dist/sw.js: the service worker, with the files of the page for who is offline and a name made of their contents.
//
// Run after every build. What that page loads is read from its own document, so nothing can be forgotten here.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const dist = new URL('../dist/', import.meta.url);
const page = readFileSync(new URL('offline.html', dist), 'utf8');
const named = [...page.matchAll(/(?:href|src)="\/([^"]+)"/g)].map((m) => m[1]).filter((name) => existsSync(new URL(name, dist)));
const font = readdirSync(new URL('assets/', dist)).filter((f) => /^besley-latin-700.*woff2$/.test(f));
const files = [...new Set([...named, ...font.map((f) => `assets/${f}`)])].sort();
const hash = createHash('sha256').update(page);
for (const file of files) hash.update(readFileSync(new URL(file, dist)));
const list = ['/offline', ...files.map((file) => `/${file}`)];
const worker = readFileSync(new URL('../src/app/worker.js', import.meta.url), 'utf8')
  .replace("'SHELL_NAME'", `'shell-${hash.digest('hex').slice(0, 12)}'`)
  .replace("['SHELL_FILES']", JSON.stringify(list));
writeFileSync(new URL('sw.js', dist), worker);
