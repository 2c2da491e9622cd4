/** A widget whose session has ended. */
import { Tab, World, settle } from "./platform.ts";

export const minute = 60_000;

/** Opens a page with the widget. */
export async function open(world: World, sends = true): Promise<Tab> {
  const tab = new Tab(world, sends);
  await tab.widget.start();
  tab.widget.subscribe(() => {});
  await settle();
  return tab;
}

/** Two questions of 3 minutes, of which 1 was paused in the second, and End. */
export async function ended(...faults: Parameters<World["faults"]>): Promise<{ world: World; tab: Tab }> {
  const world = new World();
  world.connect();
  const tab = await open(world);
  tab.widget.pageSays({ taskId: "1", aetLowMinutes: 4, aetHighMinutes: 5 }, []);
  const press = async (key: "next" | "pauseOrResume" | "end", ms: number): Promise<void> => {
    tab.widget[key]();
    await world.time.advance(ms);
  };
  await press("next", 3 * minute);
  tab.widget.pageSays({ taskId: "2", aetLowMinutes: 4, aetHighMinutes: 5 }, []);
  await press("next", minute);
  await press("pauseOrResume", minute);
  await press("pauseOrResume", minute);
  world.faults(...faults);
  await press("end", 0);
  await settle();
  return { world, tab };
}

/** Faults for a server that is away. */
export const offline = Array.from({ length: 99 }, () => "lost" as const);

/** How often the server was asked to take an EXIT back. */
export const asked = (world: World) => world.server.calls.filter(({ path }) => path === "/events/resume").length;

/** What the overlay draws of the question. */
export const drawn = (tab: Tab) => {
  const { phase, questionNumber, clock, average, today, hint, unsent } = tab.widget.view();
  return [phase, questionNumber, clock, average, today, hint, unsent];
};

/** What the overlay says of Resume. */
export const offered = (tab: Tab) => {
  const { phase, canResume, status, resumeProblem } = tab.widget.view();
  return [phase, canResume, status, resumeProblem];
};
