// What a page can do better with a script; without one it lacks nothing but comfort:
// it follows what happens, the clock runs, charts tell their numbers, and another time
// zone is noticed.

/**
 * Minutes and seconds as the server writes them.
 * @param {number} seconds not negative
 * @returns {string}
 */
function mmss(seconds) {
  const whole = Math.floor(seconds + 0.5)
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0")
  return two(Math.floor(whole / 60)) + ":" + two(whole % 60)
}

// ---- The clock of the running question ----

/** When the numbers on the page were true, on the clock of performance.now(). */
let drawnAt = performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now()
let ticking = 0

/** Draws the clock as of now, and again when its second changes. */
function tick() {
  clearTimeout(ticking)
  const section = document.querySelector("[data-clock]")
  if (!(section instanceof HTMLElement) || "paused" in section.dataset || document.hidden) return
  const active = Number(section.dataset.clock) + (performance.now() - drawnAt) / 1000
  drawClock(section, active, Number(section.dataset.target))
  // Seconds are rounded half up, so they change at the half.
  ticking = setTimeout(tick, 1000 * (1 - ((active + 0.5) % 1)) + 5)
}

/**
 * Amber from 80 % of the target and red past it, as the server draws it.
 * @param {HTMLElement} section
 * @param {number} active seconds
 * @param {number} target seconds
 */
function drawClock(section, active, target) {
  const clock = section.querySelector("#running-clock")
  const left = section.querySelector("#running-left")
  const bar = section.querySelector("progress")
  const text = mmss(active)
  if (!clock || !left || !bar || clock.textContent === text) return
  clock.textContent = text
  left.textContent = active > target ? mmss(active - target) + " over the target" : mmss(target - active) + " left to the target"
  bar.value = Math.floor(Math.min(active, target))
  bar.textContent = text
  bar.className = active > target ? "over" : active >= 0.8 * target ? "slow" : "good"
}

// ---- Following what happens ----

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
  if (!marked?.isConnected) showTip(null)
  drawnAt = arrived
  tick()
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

// ---- Changing what differs and nothing else ----

// What the reader has opened, focused or typed stays because its element stays.

/** What the browser or this script changes in an element, and the server does not know. */
const ours = new Set(["open", "tabindex"])

/**
 * Names an element among its siblings, if it has a name.
 * @param {Node} node
 * @returns {string}
 */
function nameOf(node) {
  if (!(node instanceof Element)) return node.nodeName
  for (const attribute of ["id", "data-session", "data-question", "data-date", "aria-labelledby", "aria-label"]) {
    const value = node.getAttribute(attribute)
    if (value) return node.nodeName + " " + attribute + " " + value
  }
  return node.nodeName
}

/**
 * Makes an element like another.
 * @param {Element} element of this page
 * @param {Element} wanted of another document
 */
function morph(element, wanted) {
  for (const { name } of [...element.attributes]) {
    if (!wanted.hasAttribute(name) && !ours.has(name)) element.removeAttribute(name)
  }
  for (const { name, value } of wanted.attributes) {
    if (element.getAttribute(name) !== value && !ours.has(name)) element.setAttribute(name, value)
  }
  const names = new Set([...wanted.childNodes].map(nameOf))
  for (const child of [...element.childNodes]) {
    if (!names.has(nameOf(child))) child.remove()
  }
  /** @type {ChildNode | null} */
  let at = element.firstChild
  for (const next of wanted.childNodes) {
    const name = nameOf(next)
    /** @type {ChildNode | null} */
    let match = at
    while (match && nameOf(match) !== name) match = match.nextSibling
    if (!match) {
      element.insertBefore(document.importNode(next, true), at)
      continue
    }
    if (match === at) at = at.nextSibling
    else element.insertBefore(match, at)
    if (match instanceof Element && next instanceof Element) morph(match, next)
    else if (match.nodeValue !== next.nodeValue) match.nodeValue = next.nodeValue
  }
  while (at) {
    const rest = at.nextSibling
    at.remove()
    at = rest
  }
}

// ---- What a mark of a chart says ----

/**
 * Takes the browser's own tips, which no key and no finger reaches, and lets each chart
 * have the focus. Its marks then follow one another by the arrow keys.
 * @param {ParentNode} root
 */
function prepareCharts(root) {
  for (const title of root.querySelectorAll("svg[role=img] :not(svg) > title")) {
    title.parentElement?.setAttribute("data-tip", title.textContent ?? "")
    title.closest("svg")?.setAttribute("tabindex", "0")
    title.remove()
  }
}

const tip = document.createElement("p")
tip.className = "tip"
tip.hidden = true
tip.setAttribute("role", "status")

/** @type {Element | null} */
let marked = null

/** @param {Element | null} mark the one whose tip is shown, or none */
function showTip(mark) {
  if (mark === marked) return
  marked?.classList.remove("marked")
  marked = mark
  tip.hidden = !mark
  if (!mark) return
  mark.classList.add("marked")
  tip.textContent = mark.getAttribute("data-tip")
  const box = mark.getBoundingClientRect()
  const width = tip.offsetWidth
  const left = Math.max(4, Math.min(box.left + box.width / 2 - width / 2, document.documentElement.clientWidth - width - 4))
  const above = box.top - tip.offsetHeight - 6
  tip.style.left = left + scrollX + "px"
  tip.style.top = (above < 4 ? box.bottom + 6 : above) + scrollY + "px"
}

/** @param {Event} event */
function markOf(event) {
  return event.target instanceof Element ? event.target.closest("[data-tip]") : null
}

/** @param {KeyboardEvent} event */
function moveTip(event) {
  if (event.key === "Escape") showTip(null)
  const chart = document.activeElement
  if (!(chart instanceof SVGSVGElement)) return
  const marks = [...chart.querySelectorAll("[data-tip]")]
  const at = marked ? marks.indexOf(marked) : -1
  const to = { ArrowRight: at + 1, ArrowLeft: at < 0 ? marks.length - 1 : at - 1, Home: 0, End: marks.length - 1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  showTip(marks[Math.max(0, Math.min(to, marks.length - 1))] ?? null)
}

function startTips() {
  prepareCharts(document)
  document.body.append(tip)
  document.addEventListener("pointerover", (event) => showTip(markOf(event)))
  document.addEventListener("pointerdown", (event) => showTip(markOf(event)))
  document.addEventListener("focusout", () => showTip(null))
  document.addEventListener("keydown", moveTip)
}

// ---- The time zone ----

/** @param {string} zone */
const keptZone = (zone) => "kept-zone:" + zone

/**
 * Zones have several names, of which each browser takes one of its own.
 * @param {string} zone
 * @returns {string}
 */
function browsersName(zone) {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return zone // the browser does not know it
  }
}

/** Tells the server the browser's zone at registration, and offers it later. */
function offerZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!zone) return
  for (const field of document.querySelectorAll("input[data-zone-field]")) {
    if (field instanceof HTMLInputElement) field.value = zone
  }
  const offer = document.querySelector("[data-zone-offer]")
  if (!(offer instanceof HTMLElement) || browsersName(offer.dataset.zoneOffer ?? "") === zone || localStorage.getItem(keptZone(zone))) return
  for (const name of offer.querySelectorAll("[data-zone-name]")) name.textContent = zone
  offer.querySelector("[data-zone-keep]")?.addEventListener("click", () => {
    localStorage.setItem(keptZone(zone), "yes")
    offer.hidden = true
  })
  offer.hidden = false
}

// ---- Start ----

startTips()
if (document.querySelector("main[data-live]")) {
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
offerZone()
