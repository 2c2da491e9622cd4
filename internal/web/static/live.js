// Follows what happens: asks for the page again when the server says that it changed.

import { prepareCharts, dropLostTip } from "./tips.js"
import { restart, tick } from "./clock.js"
import { morph } from "./morph.js"

/** What only a screen reader says: never the clock, only that another question runs. */
const announcer = document.createElement("p")
announcer.className = "hush"
announcer.setAttribute("role", "status")

/** @returns {string | undefined} the number of the question that runs */
function runningNumber() {
  const section = document.querySelector("[data-clock]")
  return section instanceof HTMLElement ? section.dataset.number : undefined
}

/** @type {EventSource | undefined} */
let stream
let again = 0
let stopped = false // the login has ended

/** How long to wait after a failure: doubled from one to the other until the stream is open. */
const shortestWait = 2000
const longestWait = 60_000
let wait = shortestWait

/** One connection while somebody looks: browsers allow few, and tabs are many. */
function follow() {
  clearTimeout(again)
  const since = document.querySelector("main")?.getAttribute("data-live")
  if (stopped || stream || document.hidden || !since) return
  stream = new EventSource("/dashboard/live?since=" + encodeURIComponent(since))
  stream.addEventListener("open", () => { wait = shortestWait })
  stream.addEventListener("changed", refresh)
  stream.addEventListener("error", () => {
    if (stream?.readyState === EventSource.CLOSED) comeBackLater() // otherwise it does so by itself
  })
}

function leave() {
  clearTimeout(again)
  stream?.close()
  stream = undefined
}

/** The page or the stream failed: asks for the page again, later each time. */
function comeBackLater() {
  leave()
  again = setTimeout(refresh, wait)
  wait = Math.min(2 * wait, longestWait)
}

let isRefreshing = false
let isStale = false

/** Asks for the page again, once more if something changed meanwhile, and goes on to follow. */
async function refresh() {
  isStale = true
  if (isRefreshing) return
  isRefreshing = true
  try {
    while (isStale && !stopped) {
      isStale = false
      await redraw()
    }
    follow()
  } catch {
    comeBackLater()
  } finally {
    isRefreshing = false
  }
}

async function redraw() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin", cache: "no-store" })
  const arrived = performance.now()
  if (answer.redirected || answer.status === 401) { // to the login: it has ended
    stopped = true
    leave()
    return
  }
  if (!answer.ok) throw new Error(answer.statusText)
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const before = document.querySelector("main")
  const after = page.querySelector("main")
  if (!before || !after) return
  const number = runningNumber()
  prepareCharts(after)
  morph(before, after)
  renewTokens(page)
  dropLostTip()
  restart(arrived)
  const running = runningNumber()
  if (running && running !== number) announcer.textContent = "Question " + running + " runs."
}

/**
 * The forms around the content take the token of the cookie that came with a page: it
 * is another one when the old one is past.
 * @param {Document} page
 */
function renewTokens(page) {
  const token = page.querySelector("input[name=csrf_token]")
  for (const field of document.querySelectorAll("input[name=csrf_token]")) {
    if (token instanceof HTMLInputElement && field instanceof HTMLInputElement) field.value = token.value
  }
}

/** Follows as long as the page is open and seen, if it is one that changes. */
export function startFollowing() {
  if (!document.querySelector("main[data-live]")) return
  document.body.append(announcer)
  tick()
  follow()
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return leave()
    tick()
    follow() // the stream begins by telling what was missed
  })
  addEventListener("pagehide", leave)
  addEventListener("pageshow", (event) => {
    if (event.persisted) follow()
  })
}
