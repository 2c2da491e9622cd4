import type { Placement } from "../core/types.ts";
import { fitWidth, inside, moved, step } from "./place.ts";

/** What can be moved: the card, by its handle and its edge. */
export interface MovableParts {
  readonly card: HTMLElement;
  /** Each drags the card. */
  readonly grips: readonly HTMLElement[];
  /** Has the keyboard's focus for moving. */
  readonly handle: HTMLElement;
  /** Drags the left edge. */
  readonly edge: HTMLElement;
}

export interface Movable {
  place(chosen: Placement): void;
  /** Keeps the card inside the window after it or the window changed its size. */
  fit(): void;
  chosen(): Placement;
  destroy(): void;
}

/** Makes the card movable by pointer and arrow keys; save gets each placement that a person chose. */
export function movable(window: Window, parts: MovableParts, first: Placement, save: (p: Placement) => void): Movable {
  let chosen = first;
  let drawn = first;

  const fit = (): void => {
    const view = { width: window.document.documentElement.clientWidth || window.innerWidth, height: window.innerHeight };
    const { card } = parts;
    card.style.width = chosen.collapsed ? "" : `${fitWidth(chosen.width, view.width)}px`;
    drawn = inside(chosen, { width: card.offsetWidth, height: card.offsetHeight }, view);
    card.style.right = `${drawn.right}px`;
    card.style.bottom = `${drawn.bottom}px`;
    parts.edge.setAttribute("aria-valuenow", String(Math.round(drawn.width)));
  };
  const place = (p: Placement): void => {
    chosen = p;
    fit();
  };
  /** A person moves what they see, so what was drawn is the new choice. */
  const choose = (p: Placement): void => {
    place(p);
    chosen = { ...drawn };
    save(chosen);
  };

  for (const grip of parts.grips) {
    drag(grip, () => drawn, (from, x, y) => place(moved(from, x, y)), () => choose(drawn));
  }
  drag(parts.edge, () => drawn, (from, x) => place({ ...from, width: from.width - x }), () => choose(drawn));
  parts.handle.addEventListener("keydown", (event) => {
    const by = arrows[event.key];
    if (by === undefined || hasModifier(event)) return;
    event.preventDefault();
    choose(moved(drawn, by[0] * step, by[1] * step));
  });
  parts.edge.addEventListener("keydown", (event) => {
    const by = arrows[event.key];
    if (by === undefined || by[0] === 0 || hasModifier(event)) return;
    event.preventDefault();
    choose({ ...drawn, width: fitWidth(drawn.width, Infinity) - by[0] * step });
  });
  window.addEventListener("resize", fit);
  return { place, fit, chosen: () => chosen, destroy: () => window.removeEventListener("resize", fit) };
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
}

/** Follows the pointer from a press on the handle; a press on a button in it is the button's. */
function drag(
  handle: HTMLElement,
  start: () => Placement,
  move: (from: Placement, x: number, y: number) => void,
  end: () => void,
): void {
  let from: { readonly id: number; readonly x: number; readonly y: number; readonly at: Placement } | null = null;
  let went = false;
  handle.addEventListener("pointerdown", (event) => {
    const key = (event.target as Element).closest("button");
    if (event.button !== 0 || (key !== null && !key.matches(".handle"))) return;
    from = { id: event.pointerId, x: event.clientX, y: event.clientY, at: start() };
    went = false;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (from === null || event.pointerId !== from.id) return;
    went = true;
    move(from.at, event.clientX - from.x, event.clientY - from.y);
  });
  const stop = (event: PointerEvent): void => {
    if (from === null || event.pointerId !== from.id) return;
    from = null;
    if (went) end();
  };
  handle.addEventListener("pointerup", stop);
  handle.addEventListener("pointercancel", stop);
}
