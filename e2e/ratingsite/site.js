// The page's own keys: a test checks that they still arrive.
document.documentElement.dataset.keys = "";
document.addEventListener("keydown", (event) => {
  document.documentElement.dataset.keys += `${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.key} `;
});
