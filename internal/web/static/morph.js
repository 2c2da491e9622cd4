// Changes only what differs, so that what the reader has opened, focused or typed stays.

/** Attributes that the browser or a script sets and the server does not know. */
const ours = new Set(["open", "tabindex"])

/**
 * Identifies a node among its siblings.
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
 * Makes an element equal to another one.
 * @param {Element} element of this page
 * @param {Element} wanted of another document
 */
export function morph(element, wanted) {
  if (element.hasAttribute("data-kept")) return // a script wrote what is in it
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
