// How the pages are built: the documents and one module for other sites.
//
// Every asset is named by its content, so that it can be cached for ever, except `assets/player.js`, which other sites
// name in their own pages. Nothing is inlined: the policy of the server allows neither inline scripts nor data: URLs.
// A document at the root holds what is its own; `src/page/frame.html` holds what all have.
// Every document gets the manifest of the app and its icon for phones of Apple, here, so that a new page cannot forget them.
// Absent: any code for browsers that have no module scripts (they get the <audio> element of <noscript>).
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Plugin, defineConfig } from 'vite';

const APP = [
  ['manifest', '/app.webmanifest'],
  ['apple-touch-icon', '/icons/apple-180.png'],
] as const;

const frame: Plugin = {
  name: 'frame',
  transformIndexHtml: {
    order: 'pre',
    handler: (page) => {
      const around = readFileSync(resolve(import.meta.dirname, 'src/page/frame.html'), 'utf8');
      return around.replace('<!--page-->', () => page.trimEnd().replaceAll('\n', '\n    '));
    },
  },
};

const app: Plugin = {
  name: 'app',
  transformIndexHtml: {
    order: 'post',
    handler: () => APP.map(([rel, href]) => ({ tag: 'link', attrs: { rel, href }, injectTo: 'head' as const })),
  },
};

export default defineConfig({
  plugins: [frame, app],
  build: {
    target: ['chrome111', 'firefox114', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        index: resolve(import.meta.dirname, 'index.html'),
        plan: resolve(import.meta.dirname, 'plan.html'),
        conversation: resolve(import.meta.dirname, 'conversation.html'),
        account: resolve(import.meta.dirname, 'account.html'),
        offline: resolve(import.meta.dirname, 'offline.html'),
        cases: resolve(import.meta.dirname, 'cases.html'),
        people: resolve(import.meta.dirname, 'people.html'),
        player: resolve(import.meta.dirname, 'src/player/embed.ts'),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'player' ? 'assets/player.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  experimental: {
    // A page of another site imports the player from here: what the player loads must be found beside it.
    renderBuiltUrl: (file, { hostType }) => (hostType === 'js' ? { relative: true } : `/${file}`),
  },
});
