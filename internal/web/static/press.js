// Sends a press at once and without loading the page again. A press counts from when it was
// tapped, however long it takes to reach the server; the server corrects the clock of this
// device. It is sent again with the same event id until it is answered, so that it counts once.

import { drawAhead } from "./clock.js"
import { refresh } from "./live.js"

/**
 * A press that has no answer yet.
 * @typedef {{ id: string, fields: URLSearchParams, label: string }} Press
 */

/**
 * What became of an attempt to send a press.
 * @typedef {{ text: string, again?: boolean, login?: boolean }} Result
 */

/** In the order of the taps. @type {Press[]} */
const waiting = []

/** Event ids of presses that were answered. Until the page is drawn anew, its forms have them. */
const answered = new Set()

/** The focus was on a button that was pressed; the button may be gone when the page is drawn anew. */
let hasFocus = false

let isSending = false
let retry = 0

/** How long to wait for an answer, and before the next attempt, in milliseconds. */
const patience = 20_000
const shortestWait = 5_000
const longestWait = 60_000
let wait = shortestWait

/** Where this tab keeps what waits, for each person who logs in. */
const storage = "presses of " + document.querySelector(".who span")?.textContent

/** Keeps what waits while another page is open, such as the login. */
function remember() {
  const presses = waiting.map(({ id, fields, label }) => ({ id, label, fields: [...fields] }))
  if (presses.length > 0) sessionStorage.setItem(storage, JSON.stringify(presses))
  else sessionStorage.removeItem(storage)
}

/** Takes up what remember has kept. */
function recall() {
  for (const { id, label, fields } of JSON.parse(sessionStorage.getItem(storage) ?? "[]")) {
    waiting.push({ id, label, fields: new URLSearchParams(fields) })
  }
}

const presses = ".presses form.press[action='/dashboard/press']"

/** @param {HTMLFormElement} form */
function tap(form) {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) fields.set(name, String(value))
  const id = fields.get("event_id") ?? ""
  if (answered.has(id)) return void refresh()
  if (!waiting.some((press) => press.id === id)) {
    fields.set("timestamp", new Date().toISOString())
    const button = form.querySelector("button")
    button?.setAttribute("aria-busy", "true")
    hasFocus = button !== null && button === document.activeElement
    waiting.push({ id, fields, label: button?.textContent ?? "" })
    remember()
    drawAhead(fields.get("type") ?? "", fields.get("paused") === "true")
  }
  void send()
}

/** Sends what waits, one press after another, and then brings the page up to date. */
async function send() {
  clearTimeout(retry)
  if (isSending || waiting.length === 0) return
  isSending = true
  /** @type {Result} */
  let result = { text: "" }
  while (waiting.length > 0) {
    const press = /** @type {Press} */ (waiting[0])
    result = await post(press)
    if (result.again) break
    waiting.shift()
    answered.add(press.id)
    remember()
  }
  isSending = false
  if (result.again) return keep(result)
  wait = shortestWait
  forgetAddress()
  await refresh()
  const first = document.querySelector(presses + " button")
  if (hasFocus && document.activeElement === document.body && first instanceof HTMLElement) first.focus()
  say(result.text)
}

/**
 * @param {Press} press
 * @returns {Promise<Result>}
 */
async function post(press) {
  const token = document.querySelector("main input[name=csrf_token]")
  if (token instanceof HTMLInputElement) press.fields.set("csrf_token", token.value)
  press.fields.set("sent_at", new Date().toISOString())
  let answer
  try {
    answer = await fetch("/dashboard/press", {
      method: "POST", body: press.fields, headers: { Accept: "application/json" },
      credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(patience),
    })
  } catch {
    return { text: "The server cannot be reached.", again: true }
  }
  return resultOf(answer.status, await answer.json().catch(() => undefined))
}

/**
 * @param {number} status
 * @param {any} body undefined if it is not JSON: then something else answered, such as a proxy
 * @returns {Result}
 */
function resultOf(status, body) {
  if (status === 200 && typeof body?.message === "string") return { text: body.message }
  if (status === 401) return { text: "You are logged out.", again: true, login: true }
  if (typeof body?.detail !== "string") return { text: "The tracker did not answer.", again: true }
  return { text: body.detail, again: status === 429 || status >= 500 }
}

/**
 * Keeps what waits, says so beside the buttons, and tries again later.
 * @param {Result} result
 */
function keep(result) {
  const labels = waiting.map((press) => press.label + " of " + new Date(press.fields.get("timestamp") ?? "").toLocaleTimeString("en-GB")).join(", ")
  const line = say(result.text + " Not counted yet: " + labels + ".")
  if (result.login) {
    const link = document.createElement("a")
    link.href = "/login?next=" + encodeURIComponent(location.pathname)
    link.textContent = "Log in"
    line?.after(link)
  }
  line?.after(choice("Send again", () => void send()), choice("Drop", drop))
  if (result.login) return
  retry = setTimeout(send, wait)
  wait = Math.min(2 * wait, longestWait)
}

/** Gives up what waits. Whether the server has counted it shows when the page is drawn anew. */
function drop() {
  clearTimeout(retry)
  for (const press of waiting) answered.add(press.id)
  waiting.length = 0
  remember()
  say("Dropped.")
  void refresh()
}

/**
 * @param {string} label
 * @param {() => void} act
 */
function choice(label, act) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "btn"
  button.textContent = label
  button.addEventListener("click", act)
  return button
}

/**
 * Says something beside the buttons, in place of what was said before.
 * @param {string} text
 * @returns {Element | undefined} the line with the text
 */
function say(text) {
  const line = document.querySelector("#press-said")
  if (!line) { // the session of this page has ended
    const last = document.createElement("p")
    last.className = "saved"
    last.setAttribute("role", "status")
    last.textContent = text
    document.querySelector("main")?.prepend(last)
    return undefined
  }
  for (const other of [...(line.parentElement?.children ?? [])]) if (other !== line) other.remove()
  line.textContent = text
  return line
}

/** Removes from the address what it says about an earlier press. */
function forgetAddress() {
  const address = new URL(location.href)
  for (const name of ["pressed", "refused"]) address.searchParams.delete(name)
  if (address.href !== location.href) history.replaceState(history.state, "", address)
}

/** How close two taps of a finger are that are one double tap, in milliseconds. */
const doubleTap = 500
let lastTap = -doubleTap

/**
 * Keeps the second tap of a double tap from counting, also when the page was drawn anew
 * between the two. The browser counts the clicks of a mouse itself.
 * @param {MouseEvent} event
 */
function guard(event) {
  if (!(event.target instanceof Element) || !event.target.closest(presses)) return
  const isTouch = event instanceof PointerEvent && event.pointerType === "touch"
  const isSecond = isTouch ? event.timeStamp - lastTap < doubleTap : event.detail > 1
  if (isTouch) lastTap = event.timeStamp
  if (isSecond) event.preventDefault()
}

/** Takes over the buttons of the page, and sends what waits since another page. */
export function startPressing() {
  if (!document.querySelector("main[data-live] #clock")) return // the answer to a form cannot be drawn anew
  recall()
  void send()
  document.addEventListener("click", guard)
  document.addEventListener("keydown", (event) => {
    if (event.repeat && event.target instanceof Element && event.target.closest(presses)) event.preventDefault()
  })
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.matches(presses)) return
    event.preventDefault()
    tap(event.target)
  })
  addEventListener("online", () => void send())
}
