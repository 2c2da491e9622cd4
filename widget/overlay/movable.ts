import type { Placement } from "../core/types.ts";
import { fitWidth, inside, moved, step } from "./place.ts";

/** The parts of the card that move it. */
export interface MovableParts {
  readonly box: HTMLElement;
  /** Dragging one of these moves the card. */
  readonly grips: readonly HTMLElement[];
  /** With the focus on it, arrow keys move the card. */
  readonly handle: HTMLElement;
  /** Dragging it changes the width. */
  readonly edge: HTMLElement;
}

export interface Movable {
  place(chosen: Placement): void;
  chosen(): Placement;
}

/** Makes the card movable by pointer and arrow keys. save is called with each placement that a person chooses. */
export function movable({ box, grips, handle, edge }: MovableParts, first: Placement, save: (p: Placement) => void): Movable {
  let chosen = first;
  let drawn = first;

  /** Keeps the card inside the window after the size of either has changed. */
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
  /** A person moves what they see, so what is drawn becomes their choice. */
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

  /** Follows the pointer that is pressed on a grip, but not on a button in it. */
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
