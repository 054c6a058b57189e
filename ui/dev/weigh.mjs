// What a listener downloads, in Brotli bytes, against the promise: 60 kB to the first sound, 150 kB in all.
//
// Run after every build; exits 1 over the limit. The way to first sound is what conversation.html loads by itself.
import { readFileSync, readdirSync, copyFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
copyFileSync(
  new URL('../src/style/fonts/BESLEY-LICENSE.txt', import.meta.url),
  new URL('assets/BESLEY-LICENSE.txt', dist),
);
const size = (file) => {
  const bytes = readFileSync(new URL(file, dist));
  return file.endsWith('.woff2') ? bytes.length : brotliCompressSync(bytes).length;
};
const page = readFileSync(new URL('conversation.html', dist), 'utf8');
const first = new Set(['conversation.html', ...[...page.matchAll(/"\/(assets\/[^"]+)"/g)].map((m) => m[1])]);
const fonts = readdirSync(new URL('assets/', dist)).filter((f) => /besley-latin-700.*woff2$/.test(f));
for (const font of fonts) first.add(`assets/${font}`);
let total = 0;
for (const file of first) {
  const bytes = size(file);
  total += bytes;
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${file}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(7)} kB  to the first sound (at most 60)`);
const hls = readdirSync(new URL('assets/', dist)).filter((f) => /^hls.*js$/.test(f));
const all = hls.reduce((sum, f) => sum + size(`assets/${f}`), total);
console.log(`${(all / 1000).toFixed(1).padStart(7)} kB  with hls.js (at most 150)`);
if (total > 60_000 || all > 150_000) {
  console.error('the pages are too heavy');
  process.exit(1);
}
