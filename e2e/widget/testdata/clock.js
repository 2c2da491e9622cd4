// The clock of the widget's surroundings, which a test can move: ms beside the real one.
{
  const real = Date.now.bind(Date);
  let offset = 0;
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(real() + offset);
      else super(...parts);
    }
    static now() {
      return real() + offset;
    }
  };
  const take = (value) => {
    offset = value ?? 0;
    if (globalThis.document) document.documentElement.dataset.clock = String(offset);
  };
  chrome.storage.local.get("test-clock").then((stored) => take(stored["test-clock"]));
  chrome.storage.onChanged.addListener((changes) => {
    if ("test-clock" in changes) take(changes["test-clock"].newValue);
  });
  // A page of the test says the offset by an event.
  globalThis.document?.addEventListener("test-clock", (event) => {
    chrome.storage.local.set({ "test-clock": event.detail });
  });
}
