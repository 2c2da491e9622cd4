import type { Placement } from "../core/types.ts";
import { fitWidth, inside, moved, step } from "./place.ts";

/** What can be moved: the card, by its handle and its edge. */
export interface MovableParts {
  readonly box: HTMLElement;
  /** Each drags the card. */
  readonly grips: readonly HTMLElement[];
  /** Has the keyboard's focus for moving. */
  readonly handle: HTMLElement;
  /** Drags the left edge. */
  readonly edge: HTMLElement;
}

export interface Movable {
  place(chosen: Placement): void;
  chosen(): Placement;
}

/** Makes the card movable by pointer and arrow keys; save gets each placement that a person chose. */
export function movable({ box, grips, handle, edge }: MovableParts, first: Placement, save: (p: Placement) => void): Movable {
  let chosen = first;
  let drawn = first;

  /** Keeps the card inside the window after it or the window changed its size. */
  const fit = (): void => {
    const view = { width: document.documentElement.clientWidth || innerWidth, height: innerHeight };
    const { style } = box;
    style.width = chosen.collapsed ? "" : `${fitWidth(chosen.width, view.width)}px`;
    drawn = inside(chosen, { width: box.offsetWidth, height: box.offsetHeight }, view);
    style.right = `${drawn.right}px`;
    style.bottom = `${drawn.bottom}px`;
    edge.ariaValueNow = `${Math.round(drawn.width)}`;
  };
  const place = (p: Placement): void => {
    chosen = p;
    fit();
  };
  /** A person moves what they see, so what was drawn is the new choice. */
  const choose = (p: Placement): void => {
    place(p);
    chosen = drawn;
    save(chosen);
  };
  const widened = (from: Placement, by: number): Placement => ({ ...from, width: fitWidth(from.width, Infinity) - by });

  for (const grip of grips) drag(grip, moved);
  drag(edge, widened);
  steer(handle, moved);
  steer(edge, widened);
  addEventListener("resize", fit);
  // A notice that comes or goes must not push the card out of the window.
  new ResizeObserver(fit).observe(box);
  return { place, chosen: () => chosen };

  /** Follows the pointer from a press on a grip; a press on a button in it is the button's. */
  function drag(grip: HTMLElement, move: typeof moved): void {
    let from: { readonly id: number; readonly x: number; readonly y: number; readonly at: Placement; went: boolean } | null = null;
    grip.onpointerdown = (event) => {
      const key = (event.target as Element).closest("button");
      if (event.button !== 0 || (key !== null && key !== handle)) return;
      from = { id: event.pointerId, x: event.clientX, y: event.clientY, at: drawn, went: false };
      grip.setPointerCapture(event.pointerId);
    };
    grip.onpointermove = (event) => {
      if (from?.id !== event.pointerId) return;
      from.went = true;
      place(move(from.at, event.clientX - from.x, event.clientY - from.y));
    };
    grip.onpointerup = grip.onpointercancel = (event) => {
      if (from?.id !== event.pointerId) return;
      if (from.went) choose(drawn);
      from = null;
    };
  }

  function steer(grip: HTMLElement, move: typeof moved): void {
    grip.onkeydown = (event) => {
      const way = arrows[event.key];
      if (!way || (grip === edge && way[0] === 0) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(move(drawn, way[0] * step, way[1] * step));
    };
  }
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
