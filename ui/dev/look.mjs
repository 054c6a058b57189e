// Looks at every state of the pages in a real browser: pictures to judge, and axe for what a picture does not show.
//
// `npm run look -- http://127.0.0.1:8600 /tmp/looks [filter]` with the mock running. Writes one picture per state, width
// and scheme, prints violations of WCAG 2.2 AA, exits 1 when there are any.
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base = 'http://127.0.0.1:8600', out = '/tmp/looks', filter = ''] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (role, slug) =>
  `${part({ alg: 'none' })}.${part({ sub: 'seat-9', conversation: slug, role, name: 'Mara Lind', iat: 0, exp: 4e9 })}.x`;
const press = (selector) => (page) => page.locator(selector).first().click();

const looks = [
  { name: 'home', path: '/' },
  { name: 'home-empty', path: '/?empty' },
  { name: 'scheduled', path: '/c/scheduled' },
  { name: 'lobby', path: '/c/lobby' },
  { name: 'lobby-in', path: '/c/lobby', act: press('#listen') },
  { name: 'live', path: '/c/live' },
  { name: 'live-on', path: '/c/live', act: press('#listen') },
  {
    name: 'live-sound',
    path: '/c/live',
    act: (p) => press('#listen')(p).then(() => press('[aria-controls=sound]')(p)),
  },
  { name: 'live-share', path: '/c/live', act: press('[aria-controls=share]') },
  { name: 'break', path: '/c/break' },
  { name: 'lost', path: '/c/lost' },
  { name: 'crowd', path: '/c/crowd' },
  { name: 'cached', path: '/c/cached' },
  { name: 'ended', path: '/c/ended' },
  { name: 'cancelled', path: '/c/cancelled' },
  { name: 'missing', path: '/c/nothing' },
  { name: 'stage', path: `/c/stage#t=${token('speaker', 'stage')}` },
  { name: 'host', path: `/c/lobby#t=${token('host', 'lobby')}` },
  { name: 'green', path: `/c/stage#t=${token('speaker', 'stage')}`, act: press('button.primary'), wait: 4000 },
];

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
  ],
});
let violations = 0;
const sizes = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
];
const wanted = filter.split(',');
for (const look of looks.filter((l) => wanted.some((w) => l.name.startsWith(w)))) {
  await Promise.all(sizes.flatMap((size) => ['light', 'dark'].map((scheme) => take(look, size, scheme))));
}
await browser.close();
console.log(`${violations} violations`);
process.exit(violations ? 1 : 0);

async function take(look, size, scheme) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: scheme,
    locale: process.env.LOOK_LOCALE ?? 'en-GB',
    permissions: ['microphone'],
    deviceScaleFactor: size.width < 500 ? 2 : 1,
    bypassCSP: false,
  });
  const page = await context.newPage();
  const said = [];
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && said.push(m.text()));
  page.on('pageerror', (e) => said.push(String(e)));
  await page.goto(base + look.path);
  await page.waitForTimeout(1500);
  await look.act?.(page);
  await page.waitForTimeout(look.wait ?? 1500);
  const name = `${look.name}-${size.width}-${scheme}`;
  await page.screenshot({ path: `${out}/${name}.png` });
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  for (const v of found.violations) {
    violations += 1;
    console.log(
      `${name}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}: ${v.nodes[0]?.failureSummary}`,
    );
  }
  for (const line of said) console.log(`${name}: console: ${line}`);
  await context.close();
}
