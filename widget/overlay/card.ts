import type { Actions, View } from "../core/types.ts";
import { attributeCell, button, cell, element, shownCell, textCell } from "./dom.ts";
import { awayNotice, connectNotice, problemsNotice, refusedNotice, waitingNotice } from "./notices.ts";
import { announcement, hiddenNews, sending, title } from "./words.ts";
import { maxWidth, minWidth } from "./place.ts";

export interface Card {
  readonly element: HTMLElement;
  /** The header and the collapsed line: what can be dragged. */
  readonly grips: readonly HTMLElement[];
  readonly handle: HTMLButtonElement;
  readonly edge: HTMLElement;
  readonly next: HTMLButtonElement;
  /** Opens and closes the panel; the caller fills it. */
  readonly more: HTMLButtonElement;
  readonly panel: HTMLElement;
  draw(view: View, now: number): void;
  collapse(collapsed: boolean): void;
}

/** How often a screen reader may find a new reading of the clock, ms. */
const clockWordsEvery = 15_000;

/** Builds the card once; draw then changes only what differs from what is drawn. */
export function card(doc: Document, actions: Actions, collapse: (collapsed: boolean) => void): Card {
  const handle = button(doc, "", () => {}, { class: "handle", title: "Drag, or press arrow keys, to move" });
  const status = element(doc, "span", { class: "status" });
  const more = button(doc, "⋯", () => {}, { class: "quiet more", "aria-label": "Settings", "aria-expanded": "false" });
  const fold = button(doc, "–", () => collapse(true), { class: "quiet fold", "aria-label": "Collapse" });
  const header = element(doc, "div", { class: "header" }, handle, status, more, fold);

  const clock = element(doc, "p", { class: "clock", role: "timer" });
  const fill = element(doc, "span");
  const bar = element(doc, "p", { class: "bar", "aria-hidden": "true" }, fill);
  const figures = { average: element(doc, "dd"), pace: element(doc, "dd"), today: element(doc, "dd") };
  const facts = element(doc, "dl", {},
    element(doc, "div", {}, element(doc, "dt", {}, "Average"), figures.average),
    element(doc, "div", {}, element(doc, "dt", {}, "Pace"), figures.pace),
    element(doc, "div", {}, element(doc, "dt", {}, "Today"), figures.today));

  const next = button(doc, "Next", () => actions.next(), { class: "main" });
  const pause = button(doc, "", () => actions.pauseOrResume());
  const undo = button(doc, "Undo", () => actions.undo());
  const end = button(doc, "End", () => actions.end());
  const keys = element(doc, "div", { class: "keys" }, next, pause, undo, end);

  const hint = element(doc, "span", { class: "hint" });
  const sent = element(doc, "span", { class: "sent" });
  const footer = element(doc, "div", { class: "footer" }, hint, sent);
  const away = awayNotice(doc, actions);
  const others = [waitingNotice(doc, actions), connectNotice(doc, actions), refusedNotice(doc, actions), problemsNotice(doc)];
  const panel = element(doc, "div", { class: "panel" });
  panel.hidden = true;
  const full = element(doc, "div", { class: "full" },
    header, clock, bar, facts, keys, away.element, footer, ...others.map((n) => n.element), panel);

  const line = miniLine(doc, actions, () => collapse(false));
  const live = element(doc, "p", { class: "live", role: "status" });
  const edge = element(doc, "div", {
    class: "edge", role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": "Width",
    "aria-valuemin": String(minWidth), "aria-valuemax": String(maxWidth),
  });
  const box = element(doc, "section", { class: "card", "aria-label": "RaterHub Tracker" }, full, line.element, live, edge);

  const set = {
    title: textCell(handle), status: textCell(status), clock: textCell(clock), live: textCell(live),
    clockWords: attributeCell(clock, "aria-label"),
    fraction: cell((f: number) => { fill.style.transform = `scaleX(${Math.max(0, Math.min(1, f))})`; }),
    average: textCell(figures.average), pace: textCell(figures.pace), today: textCell(figures.today),
    pause: textCell(pause), hint: textCell(hint), sent: textCell(sent), warn: attributeCell(sent, "data-warn"),
    tone: attributeCell(box, "data-tone"),
    facts: shownCell(facts), keys: shownCell(keys),
  };
  const can = [next, pause, undo, end].map((key) => cell((allowed: boolean) => { key.disabled = !allowed; }));
  box.addEventListener("animationend", () => box.classList.remove("passed"));

  let before: View | null = null;
  let wordsAt = -Infinity;
  const draw = (view: View, now: number): void => {
    set.title(title(view));
    set.status(view.status);
    set.clock(view.clock);
    set.fraction(view.fraction);
    set.average(view.average);
    set.pace(view.pace);
    set.today(view.today);
    set.pause(view.phase === "paused" ? "Resume" : "Pause");
    set.hint(view.hint);
    set.sent(sending(view));
    set.warn(String(view.unsent > 0 || view.connection.kind !== "connected"));
    set.tone(view.tone);
    set.facts(view.away === null);
    set.keys(view.away === null);
    [view.canNext, view.canPause, view.canUndo, view.canEnd].forEach((allowed, i) => can[i]?.(allowed));
    const another = before?.questionNumber !== view.questionNumber || before.phase !== view.phase;
    if (another || now - wordsAt >= clockWordsEvery) {
      set.clockWords(view.clockWords);
      wordsAt = now;
    }
    if (targetPasses(before, view)) box.classList.add("passed");
    const said = announcement(before, view);
    if (said !== "") set.live(said);
    for (const notice of [away, ...others]) notice.draw(view, now);
    line.draw(view);
    before = view;
  };
  return {
    element: box, grips: [header, line.element], handle, edge, next, more, panel, draw,
    collapse(collapsed) {
      full.hidden = collapsed;
      edge.hidden = collapsed;
      line.element.hidden = !collapsed;
    },
  };
}

/** Only the moment itself, not a return to a question that is over already. */
function targetPasses(before: View | null, view: View): boolean {
  return (
    before !== null && before.questionNumber === view.questionNumber &&
    before.phase === "running" && view.phase === "running" &&
    before.tone !== "over" && view.tone === "over"
  );
}

interface MiniLine {
  readonly element: HTMLElement;
  draw(view: View): void;
}

/** The collapsed card: clock, question, Next, and a sign when something waits inside. */
function miniLine(doc: Document, actions: Actions, expand: () => void): MiniLine {
  const clock = element(doc, "b");
  const number = element(doc, "span", { class: "number" });
  const next = button(doc, "Next", () => actions.next(), { class: "main" });
  const open = button(doc, "+", expand, { class: "open" });
  const box = element(doc, "div", { class: "mini" },
    element(doc, "span", { class: "dot", "aria-hidden": "true" }), clock, number, next, open);
  const set = {
    clock: textCell(clock), number: textCell(number), open: textCell(open),
    name: attributeCell(open, "aria-label"), news: attributeCell(open, "data-news"),
    allowed: cell((allowed: boolean) => { next.disabled = !allowed; }),
  };
  return {
    element: box,
    draw(view) {
      const news = hiddenNews(view);
      set.clock(view.clock);
      set.number([view.questionNumber > 0 ? `Q ${view.questionNumber}` : "", view.unsent > 0 ? `${view.unsent} unsent` : ""]
        .filter((part) => part !== "").join(" · "));
      set.allowed(view.canNext);
      set.open(news === "" ? "+" : "!");
      set.news(String(news !== ""));
      set.name(news === "" ? "Expand" : `Expand: ${news}`);
    },
  };
}
