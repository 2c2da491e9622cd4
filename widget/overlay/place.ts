import type { Placement } from "../core/types.ts";

export const minWidth = 240;
export const maxWidth = 420;
/** How far an arrow key moves or widens, CSS pixels. */
export const step = 8;

export const defaultPlacement: Placement = { right: 16, bottom: 16, width: 252, collapsed: false };

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Returns where the overlay is drawn so that all of it is inside the window. The placement
 * that the person chose is kept, for a larger window.
 */
export const inside = (chosen: Placement, overlay: Size, window: Size): Placement => ({
  ...chosen,
  right: between(0, chosen.right, window.width - overlay.width),
  bottom: between(0, chosen.bottom, window.height - overlay.height),
  width: fitWidth(chosen.width, window.width),
});

export const fitWidth = (width: number, windowWidth: number): number =>
  Math.min(between(minWidth, width, maxWidth), Math.max(0, windowWidth));

export const moved = (from: Placement, right: number, down: number): Placement =>
  ({ ...from, right: from.right - right, bottom: from.bottom - down });

/** Reads a stored placement. What is missing or invalid gets its default. */
export function asPlacement(stored: unknown): Placement {
  const s = stored as Partial<Record<keyof Placement, unknown>> | null | undefined;
  const length = (value: unknown, otherwise: number): number => (Number.isFinite(value) ? (value as number) : otherwise);
  return {
    right: length(s?.right, defaultPlacement.right),
    bottom: length(s?.bottom, defaultPlacement.bottom),
    width: length(s?.width, defaultPlacement.width),
    collapsed: s?.collapsed === true,
  };
}

/** The lower limit wins if both cannot hold. */
const between = (low: number, value: number, high: number): number => Math.max(low, Math.min(value, high));
