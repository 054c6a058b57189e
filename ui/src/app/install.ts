// Makes the pages an app that can be installed: the service worker is registered when everything else has been done.
//
// It has no part in what is heard or asked: see worker.js. Where a browser has none, or the page is not of a secure origin,
// nothing is missing but the sentence for who is offline. Absent: any request to install; browsers offer it themselves.

const AFTER_MS = 4000;
let asked = false;

export function install(): void {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!workers || !isSecureContext || asked) return;
  asked = true;
  const register = () => setTimeout(() => void workers.register('/sw.js').catch(() => undefined), AFTER_MS);
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register, { once: true });
}
