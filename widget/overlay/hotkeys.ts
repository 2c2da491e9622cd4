import { takesText } from "./dom.ts";

/**
 * Listens for hotkeys on the whole window, before the page does. match says what a key
 * press means; one that means nothing, is held down, composes a character or goes into a
 * field is left to the page as it is.
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
