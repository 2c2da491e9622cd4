// Notes when the page saw each press on the overlay and each hotkey, and when its turn was
// over, so that a busy machine is not taken for a wrong time.
globalThis.pressesSeen = [];
for (const name of ["click", "keydown"]) {
  addEventListener(name, (event) => {
    const isPress = name === "click" ? event.target?.localName === "raterhub-tracker" : event.ctrlKey && /^[qpx]$/i.test(event.key);
    if (!isPress) return;
    const seen = { from: Date.now(), until: 0 };
    pressesSeen.push(seen);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      seen.until = Date.now();
      port1.close();
    };
    port2.postMessage("");
  }, { capture: true });
}
