/** Builds elements without parsing HTML, so that it works where a page requires Trusted Types. */
import type { View } from "../core/types.ts";

/** A value that follows the View; `now` is in ms. */
type Seen<T> = (view: View, now: number) => T;

/** What is in an element: elements, texts, attributes. */
type Content = Node | string | Seen<string> | Readonly<Record<string, string | Seen<string | boolean>>>;

/** Makes elements. Their parts that are given as functions follow the View. */
export interface Drawing {
  /** Makes an element by its name and class, "p.clock". An attribute that is a boolean is present or absent. */
  element<K extends keyof HTMLElementTagNameMap>(name: K | `${K}.${string}`, ...content: readonly Content[]): HTMLElementTagNameMap[K];
  /** The same for a button of this class. */
  button(kind: string, press: () => void, ...content: readonly Content[]): HTMLButtonElement;
  /** Calls change with each value that differs from the one before. */
  follow<T>(seen: Seen<T>, change: (value: T, view: View) => void): void;
  /** Changes only what differs from the View before, so that an idle second costs a few comparisons. */
  draw(view: View, now: number): void;
}

export function drawing(): Drawing {
  const parts: Seen<void>[] = [];
  const follow: Drawing["follow"] = (seen, change) => {
    let last: ReturnType<typeof seen> | undefined;
    parts.push((view, now) => {
      const value = seen(view, now);
      if (value !== last) change(last = value, view);
    });
  };
  const fill = <E extends HTMLElement>(made: E, content: readonly Content[]): E => {
    for (const part of content) {
      if (typeof part === "function") {
        const text = new Text();
        made.append(text);
        follow(part, (value) => { text.data = value; });
      } else if (typeof part === "string" || part instanceof Node) {
        made.append(part);
      } else {
        for (const [name, value] of Object.entries(part)) {
          if (typeof value === "string") made.setAttribute(name, value);
          else follow(value, (now) => typeof now === "string" ? made.setAttribute(name, now) : made.toggleAttribute(name, now));
        }
      }
    }
    return made;
  };
  const element: Drawing["element"] = (name, ...content) => {
    const [tag, kind = ""] = name.split(".");
    const made = document.createElement(tag as keyof HTMLElementTagNameMap);
    if (kind) made.className = kind;
    return fill(made, content) as never;
  };
  return {
    element, follow,
    button(kind, press, ...content) {
      const made = element("button", { type: "button", class: kind }, ...content);
      made.onclick = press;
      return made;
    },
    draw(view, now) {
      for (const part of parts) part(view, now);
    },
  };
}

/** Gives a shadow root a style in a way that a page's Content-Security-Policy allows. */
export function adoptStyle(root: ShadowRoot, css: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Firefox does not let an extension's script adopt a sheet (bug 1751346).
    root.append(drawing().element("style", css));
  }
}

/** Whether keys typed into an element make text, and so are not hotkeys. */
export function takesText(target: EventTarget | null | undefined): boolean {
  const at = target as Partial<HTMLElement> | null | undefined;
  return Boolean(at?.isContentEditable || at?.matches?.(
    "textarea, select, input:not([type=button], [type=submit], [type=reset], [type=image], [type=checkbox], [type=radio])",
  ));
}
