import type { Task } from "../core/types.ts";
import { type Aet, findAet, parseAet } from "./aet.ts";
import { limits, paths, selectors, taskIdsParameter } from "./facts.ts";

export type PageKind = "task" | "list" | "other";

/** What the page says, and which facts about it no longer hold. */
export interface Reading {
  readonly kind: PageKind;
  /** null on any page but a task's. */
  readonly task: Task | null;
  /** Ready to show; empty is well. */
  readonly problems: readonly string[];
}

/** The IDs of a page's tasks, by where they were read: only the same places compare. */
export interface TaskIds {
  readonly field: string;
  readonly address: string;
}

/**
 * Reads the task of a rating page. It looks at the elements named in facts.ts and
 * nowhere else, and it changes nothing.
 */
export function readPage(doc: Document, address: string): Reading {
  const kind = pageKind(address);
  if (kind !== "task") return { kind, task: null, problems: [] };
  const ids = readTaskIds(doc, address);
  const id = ids.field || ids.address;
  const aet = readAet(doc);
  const type = readTaskType(doc);
  const form = first(doc, selectors.form);
  const problems: string[] = [];
  if (aet === null) problems.push("AET not found");
  if (id === "") problems.push("task ID not found");
  if (type === "") problems.push("task type not found");
  if (form === null) problems.push("task form not found");
  else if (first(doc, selectors.submit) === null) problems.push("submit button not found");
  return { kind, task: taskOf(aet, id, type), problems };
}

function taskOf(aet: Aet | null, id: string, type: string): Task {
  return {
    ...(aet && { aetLowMinutes: aet.low, aetHighMinutes: aet.high, aetText: cut(aet.text, limits.aetText) }),
    ...(id !== "" && { taskId: id }),
    ...(type !== "" && { taskType: type }),
  };
}

export function pageKind(address: string): PageKind {
  const path = parsed(address)?.pathname ?? "";
  if (paths.task.test(path)) return "task";
  return paths.list.test(path) ? "list" : "other";
}

export function readTaskIds(doc: Document, address: string): TaskIds {
  const field = first(doc, selectors.taskIds);
  const value = field !== null && "value" in field ? String(field.value) : (field?.textContent ?? "");
  return {
    field: wholeIds(value),
    address: wholeIds(parsed(address)?.searchParams.getAll(taskIdsParameter).join(",") ?? ""),
  };
}

/** As many IDs as the server takes, none of them cut in two unless it is the only one. */
function wholeIds(list: string): string {
  const ids = plain(list).split(",").map((id) => id.trim()).filter((id) => id !== "");
  let kept = cut(ids[0] ?? "", limits.taskId);
  for (const id of ids.slice(1)) {
    if (kept.length + 1 + id.length > limits.taskId) break;
    kept += `,${id}`;
  }
  return kept;
}

function readAet(doc: Document): Aet | null {
  for (const element of each(doc, selectors.aet)) {
    const found = parseAet(plain(element.textContent ?? ""));
    if (found !== null) return found;
  }
  for (const element of each(doc, selectors.aetWithin)) {
    const found = findAet(plain(spaced(element)));
    if (found !== null) return found;
  }
  return null;
}

/** The type and the surface: at most two headings, without the estimate inside them. */
function readTaskType(doc: Document): string {
  for (const selector of selectors.taskType) {
    const texts = [...doc.querySelectorAll(selector)]
      .map((heading) => plain(spaced(heading, selectors.aet.join(", "))))
      .filter((text) => text !== "");
    if (texts.length > 0) return cut([...new Set(texts)].slice(0, 2).join(" · "), limits.taskType);
  }
  return "";
}

/** The text of an element, with a space between neighbours, so that words stay apart. */
function spaced(element: Element, without?: string): string {
  const parts: string[] = [];
  for (const child of element.childNodes) {
    if (child.nodeType === 3) parts.push(child.nodeValue ?? "");
    if (child.nodeType !== 1) continue;
    const inner = child as Element;
    if (without !== undefined && inner.matches(without)) continue;
    if (!inner.matches("script, style, noscript, template")) parts.push(spaced(inner, without));
  }
  return parts.join(" ");
}

export function first(doc: Document, list: readonly string[]): Element | null {
  for (const element of each(doc, list)) return element;
  return null;
}

function* each(doc: Document, list: readonly string[]): Generator<Element> {
  for (const selector of list) yield* doc.querySelectorAll(selector);
}

/** One line of text as the server takes it: no control characters, nothing that reorders. */
function plain(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, "")
    .trim();
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most).join("").trim();
}

function parsed(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}
