// Adds a passkey, or completes a login with one, through the server's API.

/** A refusal by the server, with the server's text. */
class Refusal extends Error {}

/**
 * @param {string} path
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
async function send(path, body, headers = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Refusal(content.errors?.map(sentenceOf).join(". ") ?? content.detail);
  return content;
}

/** What is wrong with a field. @param {{location: string, message: string}} error */
function sentenceOf({ location, message }) {
  return `${location.endsWith("password") ? "This" : "The name"} ${message}`;
}

/** What went wrong, for a person. @param {unknown} error */
function wordsOf(error) {
  if (error instanceof Refusal) return error.message.charAt(0).toUpperCase() + error.message.slice(1) + ".";
  switch (error instanceof Error && error.name) {
    case "NotAllowedError":
      return "Your device provided no passkey: you cancelled it, or it took too long. Try again.";
    case "InvalidStateError":
      return "This device already has a passkey of your account.";
    case "SecurityError":
    case "NotSupportedError":
      return "Your browser does not support passkeys at this address.";
    default:
      return "The server cannot be reached. Try again.";
  }
}

/**
 * Runs a step of a page, and shows a failure in the page's alert.
 * @param {Element} page
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} step
 */
async function attempt(page, button, step) {
  const problem = page.querySelector("[data-problem]");
  problem.hidden = true;
  button.disabled = true;
  try {
    await step();
  } catch (error) {
    problem.textContent = wordsOf(error);
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** @param {Element} page */
function addPasskeys(page) {
  const form = page.querySelector("[data-add]");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(page, form.querySelector("button"), async () => {
      const { challenge, options } = await send("/me/passkeys/start", { password: form.elements.password.value });
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      const credential = (await navigator.credentials.create({ publicKey })).toJSON();
      const added = await send("/me/passkeys", { challenge, name: form.elements.name.value, credential });
      form.reset();
      if (added.recovery_codes.length === 0) location.assign("/profile/security?done=passkey-added");
      else showCodes(page, added.recovery_codes);
    });
  });
}

/**
 * @param {Element} page
 * @param {string[]} codes
 */
function showCodes(page, codes) {
  const shown = page.querySelector("[data-codes]");
  shown.querySelector("ol").replaceChildren(...codes.map((code) => {
    const line = document.createElement("li");
    line.appendChild(document.createElement("code")).textContent = code;
    return line;
  }));
  page.querySelector("[data-add]").hidden = true;
  page.querySelector("[data-back]").hidden = true;
  shown.hidden = false;
  page.querySelector("h1").focus();
}

/** @param {HTMLElement} page */
function logInByPasskey(page) {
  const button = page.querySelector("button");
  const { challenge: begun, csrf, next } = page.dataset;
  const headers = { "x-csrf-token": csrf };
  page.querySelector("[data-offer]").hidden = false;
  button.addEventListener("click", () => attempt(page, button, async () => {
    const { challenge, options } = await send("/auth/login/passkey", { challenge: begun }, headers);
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = (await navigator.credentials.get({ publicKey })).toJSON();
    await send("/auth/login/second-factor", { challenge, credential }, headers);
    location.assign(next);
  }));
}

for (const [id, start] of [["add-passkey", addPasskeys], ["use-passkey", logInByPasskey]]) {
  const page = document.getElementById(id);
  if (!page) continue;
  if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) start(page);
  else {
    const problem = page.querySelector("[data-problem]");
    problem.textContent = "This browser does not support passkeys.";
    problem.hidden = false;
  }
}
