import { type Actions, defaultSettings } from "../../core/types.ts";
import { mount } from "../overlay.ts";
import { defaultPlacement } from "../place.ts";
import { now, states } from "./states.ts";

// Every state of the overlay on one page: ?theme=dark, ?width=200.
const asked = new URLSearchParams(location.search);
const theme = asked.get("theme") === "dark" ? "dark" : "light";
const width = Number(asked.get("width") ?? defaultPlacement.width);
document.documentElement.style.background = theme === "dark" ? "#14131a" : "#f7f6fb";

const log = document.querySelector("#log")!;
const say = (name: string) => (): void => { log.textContent = name; };
const actions: Actions = {
  next: say("next"), pauseOrResume: say("pauseOrResume"), undo: say("undo"), end: say("end"), resume: say("resume"), answerAway: (a) => say(a)(),
  connect: say("connect"), enterCode: (c) => say(c)(), disconnect: say("disconnect"), dismissRefused: (id) => say(id)(),
  sendNow: say("sendNow"), openDashboard: say("openDashboard"),
};

const perRow = 4;
const shown = [...Object.keys(states), "settings", "mini", "mini-news"];
shown.forEach((name, i) => {
  const overlay = mount(actions, {
    placement: {
      ...defaultPlacement, width, collapsed: name.startsWith("mini"),
      right: innerWidth - 20 - (width + 20) * ((i % perRow) + 1),
      bottom: innerHeight - 20 - 400 * (Math.floor(i / perRow) + 1),
    },
    settings: { ...defaultSettings, theme },
    time: { now: () => now, after: () => () => {} },
    savePlacement: () => {}, saveSettings: say("settings"), isHotkey: () => true,
  });
  const state = { mini: "running", "mini-news": "disconnected", settings: "running" }[name] ?? name;
  overlay.draw(states[state]!);
  if (name === "settings") document.documentElement.lastElementChild!.shadowRoot!.querySelector<HTMLElement>(".more")!.click();
});

declare const axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } | undefined;
if (asked.has("axe") && typeof axe !== "undefined") {
  const { violations } = await axe.run();
  log.textContent = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}\n${n.failureSummary}`)).join("\n\n") || "axe: nothing found";
}
