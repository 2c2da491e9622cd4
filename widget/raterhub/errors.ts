import { selectors } from "./facts.ts";

/** The signs of a failed validation that a person can see now. */
export function visibleErrors(doc: Document): Element[] {
  return [...doc.querySelectorAll(selectors.errors.join(", "))].filter(
    // Pages keep empty entries of a list to fill them later.
    (element) => (!element.matches("li") || (element.textContent ?? "").trim() !== "") && isShown(element),
  );
}

function isShown(element: Element): boolean {
  const view = element.ownerDocument.defaultView;
  if (view === null) return true;
  if (view.getComputedStyle(element).visibility === "hidden") return false;
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    if (at.hasAttribute("hidden") || view.getComputedStyle(at).display === "none") return false;
  }
  return true;
}
