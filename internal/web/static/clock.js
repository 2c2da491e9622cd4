// Keeps the clock of the running question running between two updates of the page.

/**
 * Formats seconds as minutes and seconds, as the server does.
 * @param {number} seconds not negative
 * @returns {string}
 */
function mmss(seconds) {
  const whole = Math.floor(seconds + 0.5)
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0")
  return two(Math.floor(whole / 60)) + ":" + two(whole % 60)
}

/** When the server sent the numbers on the page, on the clock of performance.now(). */
let drawnAt = performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now()
let ticking = 0

/**
 * Continues from new numbers on the page.
 * @param {number} at when the server sent them, on the clock of performance.now()
 */
export function restart(at) {
  drawnAt = at
  tick()
}

/**
 * Shows what a press does before the server has answered.
 * @param {string} type of the press
 * @param {boolean} paused the state that a PAUSE asks for
 */
export function drawAhead(type, paused) {
  const section = document.querySelector("[data-clock]")
  const line = section?.querySelector(".eyebrow")
  if (!(section instanceof HTMLElement) || !line || (type !== "NEXT" && type !== "PAUSE")) return
  const number = Number(section.dataset.number) + (type === "NEXT" ? 1 : 0)
  section.dataset.clock = type === "NEXT" ? "0" : String(activeSeconds(section))
  section.dataset.number = String(number)
  delete section.dataset.paused
  restart(performance.now())
  if (type === "PAUSE" && paused) {
    section.dataset.paused = ""
    clearTimeout(ticking)
  }
  line.textContent = "Question " + number + " · " + (type === "PAUSE" && paused ? "paused" : "running")
}

/**
 * Returns the active time of the running question.
 * @param {HTMLElement} section
 */
function activeSeconds(section) {
  const passed = "paused" in section.dataset ? 0 : (performance.now() - drawnAt) / 1000
  return Number(section.dataset.clock) + passed
}

/** Draws the clock, and schedules the next time at which its second changes. */
export function tick() {
  clearTimeout(ticking)
  const section = document.querySelector("[data-clock]")
  if (!(section instanceof HTMLElement) || "paused" in section.dataset || document.hidden) return
  const active = activeSeconds(section)
  drawClock(section, active, Number(section.dataset.target))
  // Seconds are rounded half up, so they change at the half.
  ticking = setTimeout(tick, 1000 * (1 - ((active + 0.5) % 1)) + 5)
}

/**
 * Draws the clock and the bar: amber from 80 % of the target, red past it, as the server does.
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
