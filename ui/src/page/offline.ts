// What an installed app shows where there is no line: one sentence, and the page that was wanted as soon as there is one.
//
// The service worker answers with it in place of a page that cannot be fetched, under that page's own address: so a reload is
// all that is needed. Absent: anything old. What is live is not kept, and what was kept would not be true.

import '../style/page.css';
import { h } from '../dom/element';
import { language, words } from '../words/words';
import { masthead } from './boot';

const AGAIN_MS = 20_000;

const page = document.getElementById('page') as HTMLElement;
document.documentElement.lang = language;
document.title = `${words.youAreOffline} – ${words.brand}`;
const again = h('button', { type: 'button', class: 'primary', onclick: () => location.reload() }, words.tryAgain);
page.append(
  masthead(null),
  h(
    'main',
    {},
    h(
      'div',
      { class: 'bill' },
      h('h1', {}, words.youAreOffline),
      h('p', { class: 'help' }, words.offlineHelp),
      h('p', { class: 'help again' }, again),
    ),
  ),
);

// Asked under its own address this page would reload for ever; there is nothing that it stands for.
const standsIn = location.pathname !== '/offline';
async function back(): Promise<void> {
  if (!standsIn || document.visibilityState === 'hidden') return;
  const there = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).then(
    () => true,
    () => false,
  );
  if (there) location.reload();
}
window.addEventListener('online', () => void back());
setInterval(() => void back(), AGAIN_MS);
