import type { Time } from "../core/types.ts";
import { selectors } from "./facts.ts";
import { type PageKind, type TaskIds, first, pageKind, readTaskIds } from "./read.ts";
import { visibleErrors } from "./errors.ts";

/** The site took an answer. */
export interface Accepted {
  readonly kind: "accepted";
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
 * Returns how to stop.
 */
export function watchSubmits(
  doc: Document,
  address: () => string,
  slot: Slot,
  time: Time,
  tell: (event: Accepted) => void,
): () => void {
  let pending = decode(slot.get());
  // A page that was loaded after the submit has no old errors.
  let oldErrors: ReadonlySet<Element> = new Set();
  let cancelTimer = (): void => {};
  let goneSince: number | null = null;

  const forget = (): void => {
    pending = null;
    goneSince = null;
    cancelTimer();
    slot.remove();
  };
  const look = (): void => {
    if (pending === null) return;
    const { at, stop, until } = pending;
    const now = time.now();
    const verdict = judge(pending, sightOf(doc, address(), oldErrors), now);
    goneSince = verdict === "gone" ? (goneSince ?? now) : null;
    if (verdict === "failed") return forget();
    if (verdict === "accepted" || (goneSince !== null && now - goneSince >= settle)) {
      forget();
      return tell({ kind: "accepted", at, stop });
    }
    cancelTimer();
    const next = goneSince === null ? until : Math.min(until, goneSince + settle);
    cancelTimer = time.after(Math.max(0, next - now), look);
  };
  const submitted = (stop: boolean): void => {
    oldErrors = new Set(visibleErrors(doc));
    const at = time.now();
    const wait = oldErrors.size > 0 ? patienceWithErrors : patience;
    pending = { ids: readTaskIds(doc, address()), at, stop, until: at + wait };
    goneSince = null;
    slot.set(JSON.stringify(pending));
    look();
  };

  const onClick = (event: Event): void => {
    const what = pressed(event.target);
    if (what === "leave") forget();
    else if (what !== null) submitted(what === "stop");
  };
  const onSubmit = (event: Event): void => {
    const form = first(doc, selectors.form);
    if (form === null || event.target !== form) return;
    const what = pressed((event as SubmitEvent).submitter);
    if (what === "leave") forget();
    else submitted(what === null ? (pending?.stop ?? false) : what === "stop");
  };
  // The browser itself refused the form: a field is empty.
  const onInvalid = (event: Event): void => {
    if (inForm(doc, event.target)) forget();
  };

  const observer = new doc.defaultView!.MutationObserver(look);
  observer.observe(doc, {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ["class", "style", "hidden", "value"],
  });
  const listeners = [["click", onClick], ["submit", onSubmit], ["invalid", onInvalid]] as const;
  for (const [name, call] of listeners) doc.addEventListener(name, call, { capture: true, passive: true });
  look();
  return () => {
    observer.disconnect();
    cancelTimer();
    for (const [name, call] of listeners) doc.removeEventListener(name, call, { capture: true });
  };
}

function sightOf(doc: Document, address: string, oldErrors: ReadonlySet<Element>): Sight {
  return {
    kind: pageKind(address),
    ids: readTaskIds(doc, address),
    form: first(doc, selectors.form) !== null,
    errors: visibleErrors(doc).some((element) => !oldErrors.has(element)),
  };
}

/** What a press on this element asks of the page; null when it is none of its buttons. */
function pressed(target: EventTarget | null | undefined): "submit" | "stop" | "leave" | null {
  if (!target || !("closest" in target)) return null;
  const element = target as Element;
  const button = (list: readonly string[]): boolean => element.closest(list.join(", ")) !== null;
  if (button(selectors.leave)) return "leave";
  if (button(selectors.submitAndStop)) return "stop";
  return button(selectors.submit) ? "submit" : null;
}

function inForm(doc: Document, target: EventTarget | null): boolean {
  const form = first(doc, selectors.form);
  return form !== null && target !== null && form.contains(target as Node);
}

/** Another tab's or an older version's text is no pending submit. */
function decode(text: string | null): Pending | null {
  if (text === null) return null;
  try {
    const p = JSON.parse(text) as Partial<Pending> | null;
    const whole =
      typeof p?.at === "number" && typeof p.until === "number" && typeof p.stop === "boolean" &&
      typeof p.ids?.field === "string" && typeof p.ids.address === "string";
    return whole ? (p as Pending) : null;
  } catch {
    return null;
  }
}
