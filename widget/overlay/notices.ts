import type { Actions, RefusedPress, View } from "../core/types.ts";
import { button, cell, element, shownCell, textCell } from "./dom.ts";
import { awayQuestion, capital, nextTry, problems, refusedPress, wallClock } from "./words.ts";

/** A part of the card that is there only when it has something to say. */
export interface Notice {
  readonly element: HTMLElement;
  draw(view: View, now: number): void;
}

/** "You were away for 14 min.": stands in the place of the keys until it is answered. */
export function awayNotice(doc: Document, actions: Actions): Notice {
  const question = element(doc, "p");
  const end = button(doc, "", () => actions.answerAway("end"));
  const box = element(
    doc, "div", { class: "box", role: "group", "aria-label": "You were away" },
    question,
    element(doc, "div", { class: "answers" },
      button(doc, "Pause it", () => actions.answerAway("pause"), { class: "main" }),
      button(doc, "Count it", () => actions.answerAway("count")),
      end),
  );
  const [shown, ask, endText] = [shownCell(box), textCell(question), textCell(end)];
  return {
    element: box,
    draw({ away }) {
      shown(away !== null);
      if (away === null) return;
      ask(awayQuestion(away));
      endText(`End at ${wallClock(away.since)}`);
    },
  };
}

/** How to connect, and a field for a code when the page with it is on another machine. */
export function connectNotice(doc: Document, actions: Actions): Notice {
  const what = element(doc, "p");
  const open = button(doc, "", () => actions.connect(), { class: "main" });
  const code = element(doc, "input", {
    type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "characters", maxlength: "64",
  });
  const form = element(
    doc, "form", { class: "code" },
    element(doc, "label", {}, element(doc, "span", {}, "Or type the code"), code),
    element(doc, "button", { type: "submit" }, "Use"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = code.value.trim();
    if (typed === "") return;
    code.value = "";
    actions.enterCode(typed);
  });
  const box = element(doc, "div", { class: "box", role: "group", "aria-label": "Connection" }, what, open, form);
  const [shown, say, openText] = [shownCell(box), textCell(what), textCell(open)];
  return {
    element: box,
    draw({ connection: c }) {
      shown(c.kind === "disconnected" || c.kind === "pairing");
      if (c.kind === "pairing") {
        say("Allow this browser on the page that opened.");
        openText("Open it again");
      } else if (c.kind === "disconnected") {
        say(`${c.reason ? sentence(c.reason) : "Not connected."} Press Connect and log in there. Until then every press is kept here.`);
        openText("Connect");
      }
    },
  };
}

/** What waits for the server, and until when. */
export function waitingNotice(doc: Document, actions: Actions): Notice {
  const text = element(doc, "p");
  const box = element(doc, "div", { class: "row" }, text, button(doc, "Send now", () => actions.sendNow()));
  const [shown, say] = [shownCell(box), textCell(text)];
  return {
    element: box,
    draw({ connection, unsent }, now) {
      const waits = connection.kind === "waiting" && unsent > 0;
      shown(waits);
      if (waits) say(nextTry(connection.retryAt, now));
    },
  };
}

/** Each press that the server did not take, with its reason, until it is dismissed. */
export function refusedNotice(doc: Document, actions: Actions): Notice {
  const head = element(doc, "p", { class: "warn" });
  const list = element(doc, "ul");
  const box = element(doc, "div", { class: "box", role: "group", "aria-label": "Refused" }, head, list);
  const rows = new Map<string, HTMLElement>();
  const row = (refused: RefusedPress): HTMLElement => {
    const text = refusedPress(refused);
    return element(doc, "li", {},
      element(doc, "span", {}, text),
      button(doc, "×", () => actions.dismissRefused(refused.press.id), { class: "quiet", "aria-label": `Dismiss: ${text}` }));
  };
  const shown = shownCell(box);
  const say = textCell(head);
  const update = cell((refused: readonly RefusedPress[]) => {
    const kept = new Set(refused.map((r) => r.press.id));
    for (const [id, old] of rows) {
      if (kept.has(id)) continue;
      old.remove();
      rows.delete(id);
    }
    for (const r of refused) {
      if (rows.has(r.press.id)) continue;
      const made = row(r);
      rows.set(r.press.id, made);
      list.append(made);
    }
    say(`${refused.length} refused`);
    shown(refused.length > 0);
  });
  return { element: box, draw: ({ refused }) => update(refused) };
}

export function problemsNotice(doc: Document): Notice {
  const box = element(doc, "p", { class: "box warn" });
  const [shown, say] = [shownCell(box), textCell(box)];
  return {
    element: box,
    draw({ pageProblems }) {
      shown(pageProblems.length > 0);
      say(problems(pageProblems));
    },
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? capital(text) : `${capital(text)}.`;
}
