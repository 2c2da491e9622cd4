// Notices that the browser is in another time zone.

/** @param {string} zone */
const keptZone = (zone) => "kept-zone:" + zone

/**
 * Returns the name that this browser uses for a zone, because zones have several names.
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

/** Puts the browser's zone into the registration form, and offers it later if it differs. */
export function offerZone() {
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
