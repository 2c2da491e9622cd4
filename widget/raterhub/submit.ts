import type { Time } from "../core/types.ts";
import { inWords } from "../core/version1.ts";
import { selectors } from "./facts.ts";
import { type PageKind, type TaskIds, first, pageKind, readTaskIds } from "./read.ts";
import { visibleErrors } from "./errors.ts";

/** The site took an answer. */
export interface Accepted {
  /** When it was submitted. */
  readonly at: number;
  /** Submitted with "submit and stop". */
  readonly stop: boolean;
}

/** A submit of which it is not known yet what became of it. Kept over the page's reload. */
export interface Pending {
  readonly ids: TaskIds;
  readonly at: number;
  readonly stop: boolean;
  /** When to give up: nothing certain by then is no answer. */
  readonly until: number;
}

/** What a page shows of the fate of a submit. */
export interface Sight {
  readonly kind: PageKind;
  readonly ids: TaskIds;
  readonly form: boolean;
  /** Errors that were not there at the submit. */
  readonly errors: boolean;
}

export type Verdict = "accepted" | "failed" | "gone" | "unknown";

/**
 * What became of a submit, by the page that is seen now. "gone" is a task page without
 * its form: accepted, if it stays so. Errors outweigh every other sign.
 */
export function judge(pending: Pending, sight: Sight, now: number): Verdict {
  if (now < pending.at || now >= pending.until || sight.errors) return "failed";
  if (sight.kind === "list") return "accepted";
  if (sight.kind === "other") return "unknown"; // a login, an error: who knows
  if (differs(pending.ids, sight.ids)) return "accepted";
  return sight.form ? "unknown" : "gone";
}

/** IDs compare only by the same place: the address may lag behind the field. */
function differs(a: TaskIds, b: TaskIds): boolean {
  if (a.field !== "" && b.field !== "") return a.field !== b.field;
  return a.address !== "" && b.address !== "" && a.address !== b.address;
}

/** One text that outlives the page and belongs to this tab, as sessionStorage does. */
export interface Slot {
  get(): string | null;
  set(text: string): void;
  remove(): void;
}

/** How long the fate of a submit may stay open, ms. */
const patience = 30_000;
/** The same when old errors are still shown: most likely nothing was sent. */
const patienceWithErrors = 5_000;
/** How long a form must be gone: pages take it away for a moment to draw it anew. */
const settle = 2_000;

/**
 * Watches the rating page for a submit of the task's form and tells once when the site
 * took it. It only listens: no event is stopped, and nothing on the page is touched.
 */
export function watchSubmits(doc: Document, address: () => string, slot: Slot, time: Time, tell: (event: Accepted) => void): void {
  let pending = decode(slot.get());
  // A page that was loaded after the submit has no old errors.
  let oldErrors: readonly Element[] = [];
  let cancelTimer = (): void => {};
  let goneSince: number | null = null;

  const forget = (): void => {
    pending = goneSince = null;
    cancelTimer();
    slot.remove();
  };
  const look = (): void => {
    if (!pending) return;
    const { at, stop, until } = pending;
    const now = time.now();
    const verdict = judge(pending, sightOf(doc, address(), oldErrors), now);
    goneSince = verdict === "gone" ? (goneSince ?? now) : null;
    const settled = goneSince === null ? Infinity : goneSince + settle;
    if (verdict === "failed") forget();
    else if (verdict === "accepted" || now >= settled) {
      forget();
      tell({ at, stop });
    } else {
      cancelTimer();
      cancelTimer = time.after(Math.min(until, settled) - now, look);
    }
  };
  const submitted = (stop: boolean): void => {
    oldErrors = visibleErrors(doc);
    const at = time.now();
    pending = { ids: readTaskIds(doc, address()), at, stop, until: at + (oldErrors.length > 0 ? patienceWithErrors : patience) };
    goneSince = null;
    slot.set(JSON.stringify(pending));
    look();
  };

  const listen = (name: "click" | "submit" | "invalid", heard: (event: Event) => void): void =>
    doc.addEventListener(name, heard, { capture: true, passive: true });
  listen("click", ({ target }) => {
    const what = pressed(target);
    if (what === "leave") forget();
    else if (what) submitted(what === "stop");
  });
  listen("submit", (event) => {
    if (!isForm(event.target)) return;
    const what = pressed((event as SubmitEvent).submitter);
    if (what === "leave") forget();
    else submitted(what ? what === "stop" : (pending?.stop ?? false));
  });
  // The browser itself refused the form: a field is empty.
  listen("invalid", ({ target }) => {
    if (isForm((target as HTMLInputElement).form)) forget();
  });
  new doc.defaultView!.MutationObserver(look).observe(doc, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["class", "style", "hidden", "value"],
  });
  look();
}

const sightOf = (doc: Document, address: string, oldErrors: readonly Element[]): Sight => ({
  kind: pageKind(address),
  ids: readTaskIds(doc, address),
  form: Boolean(first(doc, selectors.form)),
  errors: visibleErrors(doc).some((element) => !oldErrors.includes(element)),
});

const buttons = [["leave", selectors.leave], ["stop", selectors.submitAndStop], ["submit", selectors.submit]] as const;

/** What a press on this element asks of the page; undefined when it is none of its buttons. */
const pressed = (target: EventTarget | null | undefined): "submit" | "stop" | "leave" | undefined =>
  buttons.find(([, list]) => (target as Partial<Element> | null)?.closest?.(list.join()))?.[0];

const isForm = (target: EventTarget | null): boolean => (target as Partial<Element> | null)?.matches?.(selectors.form.join()) === true;

/** Null unless the text is a pending submit, of this version or of version 1. */
function decode(text: string | null): Pending | null {
  try {
    const p = inWords(JSON.parse(text ?? "")) as Pending | null;
    return p?.at && p.until && typeof p.ids?.field === "string" && typeof p.ids.address === "string" ? p : null;
  } catch {
    return null;
  }
}
