// A small stand-in for a userscript manager: what the widget's header grants, on the
// storage and the background requests of an extension. Values are there when the script
// starts, changes by other tabs are told, and requests are made by the worker, without
// cookies, whatever the page's policy says.
(async () => {
  const values = new Map(Object.entries(await chrome.storage.local.get(null)));
  const listeners = new Map();
  let lastListener = 0;
  const own = new Map(); // what this tab has written and not heard of yet

  chrome.storage.onChanged.addListener((changes) => {
    for (const [name, { oldValue, newValue }] of Object.entries(changes)) {
      const expected = own.get(name);
      const byAnotherTab = !(expected && expected[0] === newValue);
      if (!byAnotherTab) {
        expected.shift();
        if (expected.length === 0) own.delete(name);
        continue; // told when it was written
      }
      if (newValue === undefined) values.delete(name);
      else values.set(name, newValue);
      tell(name, oldValue, newValue, true);
    }
  });

  function tell(name, before, after, byAnotherTab) {
    for (const listener of listeners.values()) {
      if (listener.name === name) listener.changed(name, before, after, byAnotherTab);
    }
  }

  function write(name, value) {
    const before = values.get(name);
    if (before === value) return;
    if (!own.has(name)) own.set(name, []);
    own.get(name).push(value);
    if (value === undefined) {
      values.delete(name);
      chrome.storage.local.remove(name);
    } else {
      values.set(name, value);
      chrome.storage.local.set({ [name]: value });
    }
    tell(name, before, value, false);
  }

  Object.assign(globalThis, {
    GM_getValue: (name, otherwise) => (values.has(name) ? values.get(name) : otherwise),
    GM_setValue: (name, value) => write(name, value),
    GM_deleteValue: (name) => write(name, undefined),
    GM_listValues: () => [...values.keys()],
    GM_addValueChangeListener: (name, changed) => {
      listeners.set(++lastListener, { name, changed });
      return lastListener;
    },
    GM_removeValueChangeListener: (id) => listeners.delete(id),
    GM_openInTab: (address, options) => chrome.runtime.sendMessage({ open: address, active: options?.active }),
    GM_xmlhttpRequest: (request) => {
      const { method, url, headers, data, timeout } = request;
      chrome.runtime.sendMessage({ method, url, headers, data, timeout }).then(
        (answer) => {
          if (answer.failed) request[answer.failed === "timeout" ? "ontimeout" : "onerror"]();
          else request.onload(answer);
        },
        () => request.onerror(),
      );
    },
  });
  globalThis.runUserscript();
})();
