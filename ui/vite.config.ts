// How the pages are built: the documents and one module for other sites.
//
// Every asset is named by its content, so that it can be cached for ever, except `assets/player.js`, which other sites
// name in their own pages. Nothing is inlined: the policy of the server allows neither inline scripts nor data: URLs.
// Absent: any plugin, any code for browsers that have no module scripts (they get the <audio> element of <noscript>).
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
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
