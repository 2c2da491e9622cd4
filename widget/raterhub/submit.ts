import type { Time } from "../core/types.ts";
import { inWords } from "../core/version1.ts";
import { selectors } from "./facts.ts";
import { type PageKind, type TaskIds, first, pageKind, readTaskIds } from "./read.ts";
import { visibleErrors } from "./errors.ts";

/** The site accepted an answer. */
export interface Accepted {
  /** When it was submitted. */
  readonly at: number;
  /** Submitted with "submit and stop". */
  readonly stop: boolean;
}

/** A submit whose outcome is not known yet. It outlives the page. */
export interface Pending {
  readonly ids: TaskIds;
  readonly at: number;
  readonly stop: boolean;
  /** After this the answer counts as not accepted. */
  readonly until: number;
}

/** What a page shows about the outcome of a submit. */
export interface Sight {
  readonly kind: PageKind;
  readonly ids: TaskIds;
  readonly form: boolean;
  /** Whether there are errors that were not there at the submit. */
  readonly errors: boolean;
}

export type Verdict = "accepted" | "failed" | "gone" | "unknown";

/**
 * Judges a submit by the page that is shown now. "gone" is a task page without its form:
 * the answer is accepted if it stays so. Errors outweigh every other sign.
 */
export function judge(pending: Pending, sight: Sight, now: number): Verdict {
  if (now < pending.at || now >= pending.until || sight.errors) return "failed";
  if (sight.kind === "list") return "accepted";
  if (sight.kind === "other") return "unknown"; // a login or an error page
  if (differs(pending.ids, sight.ids)) return "accepted";
  return sight.form ? "unknown" : "gone";
}

/** Compares IDs from the same place only, because the address may lag behind the field. */
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

/** How long to wait for the outcome of a submit, ms. */
const patience = 30_000;
/** The same while old errors are still shown, because most likely nothing was sent. */
const patienceWithErrors = 5_000;
/** How long a form must be gone, ms: pages remove it for a moment to draw it again. */
const settle = 2_000;

/**
 * Watches the rating page for a submit of the task's form, and tells once when the site has
 * accepted it. It only listens: it stops no event and changes nothing on the page.
 */
export function watchSubmits(doc: Document, address: () => string, slot: Slot, time: Time, tell: (event: Accepted) => void): void {
  let pending = decode(slot.get());
  // On a page that was loaded after the submit, no error is an old one.
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
  // The browser refuses the form because a field is empty.
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

/** What a click on this element does; undefined when it is none of the buttons. */
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
