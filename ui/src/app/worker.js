// The service worker: where a page cannot be fetched, it answers with the one that says so. Nothing else passes through it.
//
// Only whole pages are looked at (`navigate`); sound, events, the API and every file go their own way and are never kept. What is
// kept is the shell of that one page, named by the build (dev/shell.mjs), and dropped when a newer build comes.

const SHELL = 'SHELL_NAME';
const FILES = ['SHELL_FILES'];

self.addEventListener('install', (event) => {
  const keep = async () => {
    const shell = await caches.open(SHELL);
    await shell.addAll(FILES);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  const drop = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith('shell-') && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode === 'navigate') {
    event.respondWith(fetch(request).catch(async () => (await caches.match('/offline')) ?? Response.error()));
    return;
  }
  // The files of that page alone, by names that hold their contents.
  const { origin, pathname } = new URL(request.url);
  if (request.method === 'GET' && origin === self.location.origin && FILES.includes(pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(pathname)) ?? Response.error()));
  }
});
