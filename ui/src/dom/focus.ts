// Focus is never lost: when what had it is hidden, taken away or switched off, its neighbour gets it.
//
// Buttons here come and go with the moment (Start becomes Break, Mute becomes Ask to unmute), and a browser then puts the focus on
// nothing, so that who works by keyboard or hears the page begins again at its top. What could be focused is remembered in order
// with each step; of those the nearest that is still there is taken, or the heading of what came in their place. A button that is
// only busy gets it back. Who leaves by themselves, with a pointer, is left alone. Absent: traps; nothing here is modal.

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
const LOOK_MS = 120;
/** So long a button may be switched off and still be the one that somebody was at. */
const BUSY_MS = 3000;
/** So far from where it was the focus still means the same place. */
const NEAR = 4;

let last: HTMLElement | null = null;
let around: HTMLElement[] = [];
let place = 0;
let gone = 0;
let begun = false;

/** The element that has the focus, in whichever shadow root it is. */
export function focused(): HTMLElement | null {
  let at: Element | null = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at instanceof HTMLElement && at !== document.body ? at : null;
}

function shown(at: HTMLElement): boolean {
  return at.isConnected && at.getClientRects().length > 0;
}

const off = (at: HTMLElement) => (at as HTMLButtonElement).disabled === true;

/** Everything that can be focused, in the order of the page. */
function all(root: Document | ShadowRoot | HTMLElement, found: HTMLElement[]): HTMLElement[] {
  for (const at of root.querySelectorAll<HTMLElement>('*')) {
    if (at.matches(FOCUSABLE)) found.push(at);
    if (at.shadowRoot) all(at.shadowRoot, found);
  }
  return found;
}

/** The nearest that is there: by the order of now while it still has a place in it, otherwise by that of before. */
function neighbour(): HTMLElement | null {
  if (last?.isConnected) {
    // What is hidden is passed over, and does not count as far.
    around = all(document, []).filter((at) => at === last || shown(at));
    place = Math.max(0, around.indexOf(last));
  }
  for (let step = 1; step <= NEAR; step += 1) {
    for (const at of [around[place + step], around[place - step]]) if (at && shown(at) && !off(at)) return at;
  }
  const heading = document.querySelector<HTMLElement>('main h1');
  heading?.setAttribute('tabindex', '-1');
  return heading;
}

function remember(at: HTMLElement): void {
  if (at === last) return;
  last = at;
  gone = 0;
  around = all(document, []).filter(shown);
  place = Math.max(0, around.indexOf(at));
}

/** A change of focus within one shadow root is told to nobody outside it: so it is looked for. */
function look(): void {
  const at = focused();
  if (at) return remember(at);
  if (!last) return;
  if (shown(last)) {
    if (!off(last)) {
      if (gone) last.focus({ preventScroll: true });
      gone = 0;
      return;
    }
    gone ||= performance.now();
    if (performance.now() - gone < BUSY_MS) return;
  }
  gone = 0;
  neighbour()?.focus({ preventScroll: true });
}

/** Begins to look after it; once for each page. */
export function keepFocus(): void {
  if (begun) return;
  begun = true;
  // Before a key does something to what it is pressed on.
  document.addEventListener('keydown', look, true);
  document.addEventListener('pointerdown', () => {
    last = null;
  });
  setInterval(look, LOOK_MS);
}
