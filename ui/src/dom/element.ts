// The little that custom elements here need of a library: making elements, and style sheets for shadow roots.
//
// Shadow roots take constructed sheets, which the content policy allows where a <style> element is not. Elements are
// made once and then changed in place; text and attributes are written only when they differ, so that a screen reader
// hears nothing twice. Absent: templates, diffing, reactivity.

type Child = Node | string | null | false;
type Props = Record<string, string | boolean | EventListener | null>;

/** Makes an element: `on…` are listeners, true is an empty attribute, false and null leave the attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (typeof value === 'string') made.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== false) made.append(child);
  return made;
}

/** Writes text only when it differs. */
export function say(at: Element, text: string): void {
  if (at.textContent !== text) at.textContent = text;
}

/** Writes or removes an attribute only when it differs. */
export function mark(at: Element, name: string, value: string | boolean | null): void {
  const wanted = value === true ? '' : value === false ? null : value;
  if (at.getAttribute(name) === wanted) return;
  if (wanted === null) at.removeAttribute(name);
  else at.setAttribute(name, wanted);
}

/** Shows or hides without touching the layout code. */
export function show(at: HTMLElement, visible: boolean): void {
  if (at.hidden === visible) at.hidden = !visible;
}

/** A sheet for shadow roots, made once per text. */
export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}
