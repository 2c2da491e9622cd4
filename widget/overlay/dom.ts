/** Builds elements without markup as text, so that it works where a page asks for Trusted Types. */

type Child = Node | string;
export type Attributes = Readonly<Record<string, string>>;

export function element<K extends keyof HTMLElementTagNameMap>(
  doc: Document,
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = doc.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function button(doc: Document, text: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element(doc, "button", { type: "button", ...attributes }, text);
  made.addEventListener("click", press);
  return made;
}

/**
 * Wraps a change of the page so that it is made only when its value is a new one: an
 * idle second then costs a few comparisons.
 */
export function cell<T>(change: (value: T) => void): (value: T) => void {
  let last: T | undefined;
  return (value) => {
    if (value === last) return;
    last = value;
    change(value);
  };
}

/** A cell for the whole text of an element; the text node is updated in place. */
export function textCell(target: HTMLElement): (text: string) => void {
  const node = target.ownerDocument.createTextNode("");
  target.replaceChildren(node);
  return cell((text: string) => { node.data = text; });
}

export function attributeCell(target: Element, name: string): (value: string) => void {
  return cell((value: string) => target.setAttribute(name, value));
}

export function shownCell(target: HTMLElement): (shown: boolean) => void {
  return cell((shown: boolean) => { target.hidden = !shown; });
}

/** Puts a style on a shadow root in a way that a page's Content-Security-Policy allows. */
export function adoptStyle(root: ShadowRoot, css: string): void {
  const doc = root.ownerDocument;
  try {
    const sheet = new doc.defaultView!.CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Firefox does not let an extension's script adopt a sheet (bug 1751346).
    root.append(element(doc, "style", {}, css));
  }
}

/** Whether keys typed into an element make text, so that they are no hotkeys. */
export function takesText(target: EventTarget | null | undefined): boolean {
  if (!target || !("matches" in target)) return false;
  const at = target as HTMLElement;
  if (at.isContentEditable === true) return true;
  return at.matches(
    "textarea, select, [contenteditable]:not([contenteditable=false i]), " +
      "input:not([type=button i], [type=submit i], [type=reset i], [type=image i], [type=checkbox i], [type=radio i])",
  );
}
