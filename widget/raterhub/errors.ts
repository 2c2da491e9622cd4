import { selectors } from "./facts.ts";

/** The signs of a failed validation that are visible now. */
export const visibleErrors = (doc: Document): Element[] => [...doc.querySelectorAll(selectors.errors.join())].filter(
  // Pages keep empty list items to fill them later.
  (element) => (!element.matches("li") || element.textContent?.trim()) && element.checkVisibility({ visibilityProperty: true }),
);
