// Lighthouse on one address, as its slow phone loads it: slow 4G, a processor four times slower, 412 px.
//
//   node run.mjs --url http://localhost:8080/
//
// Prints {"performance":…,"accessibility":…,"best_practices":…,"first_paint_ms":…,"largest_paint_ms":…,"blocked_ms":…,"shift":…,
// "kb":…,"requests":…,"failed":[…]}. It installs itself beside this file, pinned, with `npm ci`.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const { values } = parseArgs({ options: { url: { type: 'string' } } });
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const chromePath = process.env.CHROMIUM ?? BROWSERS.find(existsSync);
const late = setTimeout(() => process.exit(2), 150_000);
const chrome = await launch({ chromePath, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] });
try {
  // A page that is live goes on loading: what counts is what came until it was drawn and quiet.
  const settings = { onlyCategories: ['performance', 'accessibility', 'best-practices'], maxWaitForLoad: 20_000, skipAudits: ['full-page-screenshot'] };
  const result = await lighthouse(values.url, { port: chrome.port, output: 'json', logLevel: 'error' }, { extends: 'lighthouse:default', settings });
  const { categories, audits } = result.lhr;
  const score = (name) => Math.round((categories[name].score ?? 0) * 100);
  const number = (name) => Math.round((audits[name].numericValue ?? 0) * 100) / 100;
  const items = audits['network-requests'].details?.items ?? [];
  const failed = Object.values(categories)
    .flatMap((category) => category.auditRefs.filter((ref) => ref.weight > 0).map((ref) => audits[ref.id]))
    .filter((audit) => audit.score !== null && audit.score < 0.9)
    .map((audit) => `${audit.id}: ${audit.displayValue ?? audit.title}`);
  console.log(JSON.stringify({
    performance: score('performance'), accessibility: score('accessibility'), best_practices: score('best-practices'),
    first_paint_ms: number('first-contentful-paint'), largest_paint_ms: number('largest-contentful-paint'), blocked_ms: number('total-blocking-time'), shift: number('cumulative-layout-shift'),
    kb: Math.round(items.reduce((sum, item) => sum + (item.transferSize ?? 0), 0) / 100) / 10, requests: items.length, failed: [...new Set(failed)],
    ...(process.env.LIGHTHOUSE_ALL ? { requested: items.map((i) => `${i.url} ${i.transferSize}`), shifts: audits['layout-shifts']?.details?.items?.map((i) => `${i.node?.selector} ${i.score}`) } : {}),
  }));
} finally {
  clearTimeout(late);
  chrome.kill();
}
