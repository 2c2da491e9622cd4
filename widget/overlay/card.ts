import type { Actions, View } from "../core/types.ts";
import { type Drawing, drawing } from "./dom.ts";
import { awayNotice, connectNotice, notice, refusedNotice, waitingNotice } from "./notices.ts";
import { announcement, hiddenNews, problems, resumeProblem, resumeTitle, sending, title } from "./words.ts";
import { maxWidth, minWidth } from "./place.ts";

export interface Card {
  readonly box: HTMLElement;
  /** The header and the collapsed line: what can be dragged. */
  readonly grips: readonly HTMLElement[];
  readonly handle: HTMLElement;
  readonly edge: HTMLElement;
  draw(view: View, now: number): void;
  collapse(collapsed: boolean): void;
}

/** How often the clock's text for screen readers changes, ms. */
const clockWordsEvery = 15_000;

/** Builds the card once, with the panel that its "⋯" opens. After that, draw changes only what differs. */
export function card(actions: Actions, panel: HTMLElement, collapse: (collapsed: boolean) => void): Card {
  // What is hidden is not drawn: changing a hidden text costs as much as a visible one.
  const always = drawing();
  const [open, closed] = [drawing(), drawing()];
  const handle = open.element("button.handle", { type: "button", title: "Drag, or press arrow keys, to move" }, title);
  const header = open.element("div.header", handle, open.element("span.status", (view) => view.status),
    opener(open, panel), open.button("quiet fold", () => collapse(true), { "aria-label": "Collapse" }, "–"));
  const full = fullCard(open, actions, header, panel);
  const mini = miniLine(closed, actions, () => collapse(false));
  const live = always.element("p.live", { role: "status" });
  const edge = always.element("div.edge", {
    role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": "Width",
    "aria-valuemin": `${minWidth}`, "aria-valuemax": `${maxWidth}`,
  });
  const box = always.element("section.card", { "aria-label": "RaterHub Tracker", "data-tone": (view) => view.tone }, full, mini, live, edge);
  box.onanimationend = () => box.classList.remove("passed");

  let before: View | null = null;
  const draw = (view: View, now: number): void => {
    always.draw(view, now);
    (mini.hidden ? open : closed).draw(view, now);
    if (targetPasses(before, view)) box.classList.add("passed");
    const said = announcement(before, view);
    if (said) live.textContent = said;
    before = view;
  };
  return {
    box, grips: [header, mini], handle, edge, draw,
    collapse(isCollapsed) {
      full.hidden = edge.hidden = isCollapsed;
      mini.hidden = !isCollapsed;
    },
  };
}

/** Opens and closes the panel. */
function opener(ui: Drawing, panel: HTMLElement): HTMLElement {
  const more = ui.button("quiet more", () => {
    panel.hidden = !panel.hidden;
    more.ariaExpanded = `${!panel.hidden}`;
  }, { "aria-label": "Settings", "aria-expanded": "false" }, "⋯");
  return more;
}

function fullCard(ui: Drawing, actions: Actions, header: HTMLElement, panel: HTMLElement): HTMLElement {
  const { element, button } = ui;
  const bar = element("span");
  // In steps of a hundredth, because each step makes the browser compute styles.
  ui.follow((view) => Math.round(Math.min(1, view.fraction) * 100), (part) => { bar.style.transform = `scaleX(${part / 100})`; });
  const fact = (name: string, seen: (view: View) => string) => element("div", element("dt", name), element("dd", seen));
  const isAway = { hidden: (view: View) => view.away !== null };
  const isNone = { disabled: (view: View) => view.phase === "none" };
  return element("div.full",
    header,
    element("p.clock", { role: "timer", "aria-label": clockWords() }, (view) => view.clock),
    element("p.bar", { "aria-hidden": "true" }, bar),
    element("dl", isAway, fact("Average", (view) => view.average), fact("Pace", (view) => view.pace), fact("Today", (view) => view.today)),
    element("div.keys", isAway,
      button("main", () => actions.next(), "Next"),
      button("", () => actions.resume(), { hidden: (view) => !view.canResume, title: resumeTitle }, "Resume"),
      button("", () => actions.pauseOrResume(), isNone, { hidden: (view) => view.canResume }, (view) => view.phase === "paused" ? "Resume" : "Pause"),
      button("", () => actions.undo(), { disabled: (view) => !view.canUndo }, "Undo"),
      button("", () => actions.end(), isNone, "End")),
    awayNotice(ui, actions),
    element("div.footer", element("span.hint", (view) => view.hint),
      element("span.sent", { "data-warn": (view) => `${view.unsent > 0 || view.connection.stage !== "connected"}` }, sending)),
    waitingNotice(ui, actions), connectNotice(ui, actions), refusedNotice(ui, actions), notice(ui, resumeProblem),
    notice(ui, problems),
    panel);
}

/** The clock's text for screen readers. It changes with the question, and otherwise only now and then. */
function clockWords(): (view: View, now: number) => string {
  let [words, of, at] = ["", "", 0];
  return (view, now) => {
    const question = view.phase + view.questionNumber;
    if (question !== of || now - at >= clockWordsEvery) [words, of, at] = [view.clockWords, question, now];
    return words;
  };
}

/** Whether the target passes at this moment; false for a question that is found past its target. */
const targetPasses = (before: View | null, view: View): boolean => (
  before?.questionNumber === view.questionNumber &&
  before.phase === "running" && view.phase === "running" &&
  before.tone !== "over" && view.tone === "over"
);

/** The collapsed card: clock, question, Next, and a mark when there is news inside. */
const miniLine = ({ element, button }: Drawing, actions: Actions, expand: () => void): HTMLElement => element("div.mini",
  element("span.dot", { "aria-hidden": "true" }),
  element("b", (view) => view.clock),
  element("span.number", (view) => [view.questionNumber > 0 && `Q ${view.questionNumber}`, view.unsent > 0 && `${view.unsent} unsent`]
    .filter(Boolean).join(" · ")),
  button("main", () => actions.next(), "Next"),
  button("open", expand, {
    "data-news": (view) => `${hiddenNews(view) !== ""}`,
    "aria-label": (view) => hiddenNews(view) ? `Expand: ${hiddenNews(view)}` : "Expand",
  }, (view) => hiddenNews(view) ? "!" : "+"));
