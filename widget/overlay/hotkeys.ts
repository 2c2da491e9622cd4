import { takesText } from "./dom.ts";

/**
 * Listens for hotkeys on the whole window, before the page does. match says what a key
 * press means. The page keeps those that mean nothing, are held down, compose a character
 * or go into a field.
 */
export function listenHotkeys<A extends object | string>(match: (event: KeyboardEvent) => A | undefined, act: (action: A) => void): void {
  addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.composedPath().some(takesText)) return;
    const action = match(event);
    if (!action) return;
    event.preventDefault();
    act(action);
  }, true);
}
