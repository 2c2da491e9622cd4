// Requests the page again when the server says that something changed.

import { prepareCharts, dropLostTip } from "./tips.js"
import { restart, tick } from "./clock.js"
import { morph } from "./morph.js"

/** Read out by screen readers only: says when another question runs, and never the clock. */
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
let stopped = false // because the login has ended

/** How long to wait after a failure, in milliseconds: it doubles with each failure in a row. */
const shortestWait = 2000
const longestWait = 60_000
let wait = shortestWait

/** Opens the stream while the tab is visible: browsers allow few connections, and people open many tabs. */
function follow() {
  clearTimeout(again)
  const since = document.querySelector("main")?.getAttribute("data-live")
  if (stopped || stream || document.hidden || !since) return
  stream = new EventSource("/dashboard/live?since=" + encodeURIComponent(since))
  stream.addEventListener("open", () => { wait = shortestWait })
  stream.addEventListener("changed", refresh)
  stream.addEventListener("error", () => {
    if (stream?.readyState === EventSource.CLOSED) comeBackLater() // otherwise the browser reconnects
  })
}

function leave() {
  clearTimeout(again)
  stream?.close()
  stream = undefined
}

/** After a failure of the page or the stream: requests the page again, later each time. */
function comeBackLater() {
  leave()
  again = setTimeout(refresh, wait)
  wait = Math.min(2 * wait, longestWait)
}

/** @type {Promise<void> | undefined} */
let refreshing
let isStale = false

/**
 * Requests the page, and then follows it.
 * @returns {Promise<void>} fulfilled when the page is up to date, or could not be requested
 */
export function refresh() {
  isStale = true
  refreshing ??= catchUp()
  return refreshing
}

/** Requests the page, again if something changed meanwhile. */
async function catchUp() {
  try {
    while (isStale && !stopped) {
      isStale = false
      await redraw()
    }
    follow()
  } catch {
    comeBackLater()
  } finally {
    refreshing = undefined
  }
}

async function redraw() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin", cache: "no-store" })
  const arrived = performance.now()
  if (answer.redirected || answer.status === 401) { // the login has ended
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
 * Gives the forms around the content the CSRF token of a new page, because the token
 * changes when the old one has expired.
 * @param {Document} page
 */
function renewTokens(page) {
  const token = page.querySelector("input[name=csrf_token]")
  for (const field of document.querySelectorAll("input[name=csrf_token]")) {
    if (token instanceof HTMLInputElement && field instanceof HTMLInputElement) field.value = token.value
  }
}

/** Follows the page while it is visible, if it is one that changes. */
export function startFollowing() {
  if (!document.querySelector("main[data-live]")) return
  document.body.append(announcer)
  tick()
  follow()
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return leave()
    tick()
    follow() // the stream begins with what was missed
  })
  addEventListener("pagehide", leave)
  addEventListener("pageshow", (event) => {
    if (event.persisted) follow()
  })
}
