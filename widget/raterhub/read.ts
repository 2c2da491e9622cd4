import type { Task } from "../core/types.ts";
import { type Aet, findAet, parseAet } from "./aet.ts";
import { limits, paths, selectors, taskIdsParameter } from "./facts.ts";

export type PageKind = "task" | "list" | "other";

/** What the page says, and what was not found on it. */
export interface Reading {
  /** undefined unless it is the page of a task. */
  readonly task: Task | undefined;
  /** Ready to be shown; usually empty. */
  readonly problems: readonly string[];
}

/** The IDs of a page's tasks, by where they were read. Compare IDs from the same place only. */
export interface TaskIds {
  readonly field: string;
  readonly address: string;
}

/**
 * Reads the task of a rating page. It looks only at the elements named in facts.ts, and
 * changes nothing.
 */
export function readPage(doc: Document, address: string): Reading {
  if (pageKind(address) !== "task") return { task: undefined, problems: [] };
  const { field, address: inAddress } = readTaskIds(doc, address);
  const taskId = field || inAddress;
  const aet = readAet(doc);
  const taskType = readTaskType(doc);
  const form = first(doc, selectors.form);
  const facts: readonly (readonly [string, unknown])[] = [
    ["AET", aet], ["task ID", taskId], ["task type", taskType], ["task form", form],
    ["submit button", !form || first(doc, selectors.submit)],
  ];
  return {
    task: {
      ...(aet && { aetLowMinutes: aet.low, aetHighMinutes: aet.high, aetText: cut(aet.text, limits.aetText) }),
      ...(taskId && { taskId }),
      ...(taskType && { taskType }),
    },
    problems: facts.filter(([, found]) => !found).map(([name]) => `${name} not found`),
  };
}

export function pageKind(address: string): PageKind {
  const path = parsed(address)?.pathname ?? "";
  return paths.task.test(path) ? "task" : paths.list.test(path) ? "list" : "other";
}

export function readTaskIds(doc: Document, address: string): TaskIds {
  const field = first(doc, selectors.taskIds);
  return {
    field: wholeIds((field as HTMLInputElement | undefined)?.value ?? field?.textContent ?? ""),
    address: wholeIds(parsed(address)?.searchParams.getAll(taskIdsParameter).join() ?? ""),
  };
}

/** As many IDs as the server accepts. None is cut, unless it is the only one. */
function wholeIds(list: string): string {
  const [only = "", ...more] = plain(list).split(",").map((id) => id.trim()).filter(Boolean);
  let kept = cut(only, limits.taskId);
  for (const id of more) {
    if (kept.length + 1 + id.length > limits.taskId) break;
    kept += `,${id}`;
  }
  return kept;
}

function readAet(doc: Document): Aet | null {
  for (const element of each(doc, selectors.aet)) {
    const found = parseAet(plain(element.textContent ?? ""));
    if (found) return found;
  }
  for (const element of each(doc, selectors.aetWithin)) {
    const found = findAet(plain(spaced(element)));
    if (found) return found;
  }
  return null;
}

/** The text of at most two headings, without the estimate inside them. */
function readTaskType(doc: Document): string {
  for (const selector of selectors.taskType) {
    const texts = each(doc, [selector]).map((heading) => plain(spaced(heading, selectors.aet.join()))).filter(Boolean);
    if (texts.length > 0) return cut([...new Set(texts)].slice(0, 2).join(" · "), limits.taskType);
  }
  return "";
}

/** The text of an element, with a space between its parts, so that words stay apart. */
const spaced = (element: Element, without = ""): string => [...element.childNodes].map((child) => {
  if (child.nodeType !== 1) return child.nodeType === 3 ? child.nodeValue : "";
  const isLeftOut = (child as Element).matches(`script, style, noscript, template${without && `, ${without}`}`);
  return isLeftOut ? "" : spaced(child as Element, without);
}).join(" ");

/** The first element that the first successful selector finds. */
export const first = (doc: Document, list: readonly string[]): Element | undefined => each(doc, list)[0];

const each = (doc: Document, list: readonly string[]): Element[] => list.flatMap((selector) => [...doc.querySelectorAll(selector)]);

/** One line of text as the server accepts it: without control characters and without marks that reorder text. */
const plain = (text: string): string => text
  .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
  .replace(/[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, "")
  .trim();

const cut = (text: string, most: number): string => [...text].slice(0, most).join("").trim();

const parsed = (address: string): URL | null => URL.canParse(address) ? new URL(address) : null;
