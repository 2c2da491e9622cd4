// Shows the numbers of a chart's marks by mouse, touch and keyboard.

/**
 * Replaces the browser's own tips, which keyboard and touch cannot reach, and makes each
 * chart focusable. The arrow keys then lead from mark to mark.
 * @param {ParentNode} root
 */
export function prepareCharts(root) {
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

/** @param {Element | null} mark whose tip to show; null hides the tip */
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

/** Hides the tip if its mark is no longer on the page. */
export function dropLostTip() {
  if (!marked?.isConnected) showTip(null)
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

export function startTips() {
  prepareCharts(document)
  document.body.append(tip)
  document.addEventListener("pointerover", (event) => showTip(markOf(event)))
  document.addEventListener("pointerdown", (event) => showTip(markOf(event)))
  document.addEventListener("focusout", () => showTip(null))
  document.addEventListener("keydown", moveTip)
}
