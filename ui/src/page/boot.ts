// What the server put into the document, so that the first picture needs no further question.
//
// A document without it (or with something else in it) is a page that says so, not a page that fails.

import { h } from '../dom/element';
import { words } from '../words/words';

/** The JSON of `<script id="boot">`, or null. */
export function boot<T>(): T | null {
  try {
    return JSON.parse(document.getElementById('boot')?.textContent ?? 'null') as T | null;
  } catch {
    return null;
  }
}

/** The head of every page. */
export function masthead(aside: Node | null): HTMLElement {
  return h('header', { class: 'masthead' }, h('a', { class: 'wordmark', href: '/' }, words.brand), aside);
}
