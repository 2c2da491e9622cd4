/** Notices of the card. Each is hidden until it is needed. */
import type { Actions, RefusedPress, View } from "../core/types.ts";
import type { Drawing } from "./dom.ts";
import { allowIt, awayQuestion, nextTry, refusedPress, sentence, wallClock } from "./words.ts";

/** "You were away for 14 min." is shown instead of the buttons until it is answered. */
export const awayNotice = ({ element, button }: Drawing, actions: Actions): HTMLElement =>
  element("div.box", { role: "group", "aria-label": "You were away", hidden: (view) => !view.away },
    element("p", ({ away }) => away ? awayQuestion(away) : ""),
    element("div.answers",
      button("main", () => actions.answerAway("pause"), "Pause it"),
      button("", () => actions.answerAway("count"), "Count it"),
      button("", () => actions.answerAway("end"), ({ away }) => away ? `End at ${wallClock(away.since)}` : "")));

/** How to connect, and a field for a code that was shown on another machine. */
export function connectNotice({ element, button }: Drawing, actions: Actions): HTMLElement {
  const code = element("input", { autocomplete: "off", spellcheck: "false", autocapitalize: "characters", maxlength: "64" });
  const form = element("form.code", element("label", element("span", "Or enter the code"), code), element("button", "Use"));
  form.onsubmit = (event) => {
    event.preventDefault();
    const typed = code.value.trim();
    code.value = "";
    if (typed) actions.enterCode(typed);
  };
  return element("div.box", {
    role: "group", "aria-label": "Connection",
    hidden: ({ connection }) => connection.stage !== "disconnected" && connection.stage !== "pairing",
  },
    element("p", ({ connection: c }) => c.stage === "pairing" ? allowIt(c.fingerprint)
      : `${c.stage === "disconnected" && c.reason ? sentence(c.reason) : "Not connected."} Press Connect and log in. Presses are kept until then.`),
    button("main", () => actions.connect(), ({ connection }) => connection.stage === "pairing" ? "Open it again" : "Connect"),
    form);
}

/** What waits for the server, and until when. */
export const waitingNotice = ({ element, button }: Drawing, actions: Actions): HTMLElement =>
  element("div.row", { hidden: ({ connection, unsent }) => connection.stage !== "waiting" || unsent === 0 },
    element("p", ({ connection: c, unsent }, now) => c.stage === "waiting" && unsent > 0 ? nextTry(c.retryAt, now) : ""),
    button("", () => actions.sendNow(), "Send now"));

/** Each press that the server refused, with the reason, until it is dismissed. */
export function refusedNotice({ element, button, follow }: Drawing, actions: Actions): HTMLElement {
  const list = element("ul");
  const row = (refused: RefusedPress): HTMLElement => {
    const text = refusedPress(refused);
    return element("li", element("span", text),
      button("quiet", () => actions.dismissRefused(refused.press.id), { "aria-label": `Dismiss: ${text}` }, "×"));
  };
  follow(({ refused }) => refused.map(({ press }) => press.id).join(), (_, { refused }) => list.replaceChildren(...refused.map(row)));
  return element("div.box", { role: "group", "aria-label": "Refused", hidden: (view) => view.refused.length === 0 },
    element("p.warn", (view) => `${view.refused.length} refused`), list);
}

/** A text that warns of something, as long as there is one. */
export const notice = ({ element }: Drawing, text: (view: View) => string): HTMLElement =>
  element("p.box warn", { hidden: (view) => !text(view) }, text);
