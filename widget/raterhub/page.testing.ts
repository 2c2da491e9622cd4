import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import type { Time } from "../core/types.ts";

const site = "https://www.raterhub.com";

export const addresses = {
  task: (ids: string): string => `${site}/evaluation/rater/task/show?taskIds=${ids}`,
  list: `${site}/evaluation/rater`,
  index: `${site}/evaluation/rater/task/index`,
  login: `${site}/accounts/login`,
} as const;

/** A page of testdata, as if it had been loaded from the address. */
export function page(name: string, address: string): Document {
  const file = new URL(`../../raterhub/testdata/${name}.html`, import.meta.url);
  const { window } = new JSDOM(readFileSync(file, "utf8"), { url: address });
  // jsdom has no layout, but it knows styles and attributes.
  window.Element.prototype.checkVisibility = function (): boolean {
    if (window.getComputedStyle(this).visibility === "hidden") return false;
    for (let at: Element | null = this; at; at = at.parentElement) {
      if (at.hasAttribute("hidden") || window.getComputedStyle(at).display === "none") return false;
    }
    return true;
  };
  return window.document;
}

/** A clock that a test moves by hand. */
export class FakeTime implements Time {
  #now = 1_800_000_000_000;
  #waiting: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { at: this.#now + ms, call };
    this.#waiting.push(entry);
    return () => { this.#waiting = this.#waiting.filter((e) => e !== entry); };
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#waiting.filter((e) => e.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#waiting = this.#waiting.filter((e) => e !== due);
      this.#now = Math.max(this.#now, due.at);
      due.call();
    }
    this.#now = end;
  }

  /** The same clock for one page; its timers end with it. */
  ofPage(): { time: Time; unload: () => void } {
    const cancels: (() => void)[] = [];
    const after = (ms: number, call: () => void): () => void => {
      const cancel = this.after(ms, call);
      cancels.push(cancel);
      return cancel;
    };
    return { time: { now: () => this.now(), after }, unload: () => cancels.forEach((cancel) => cancel()) };
  }

  get waiting(): number {
    return this.#waiting.length;
  }
}
