// The background of the stand-in: requests and tabs.
chrome.runtime.onMessage.addListener((message, _sender, answer) => {
  if (message.open) {
    chrome.tabs.create({ url: message.open, active: message.active ?? true });
    answer({});
    return false;
  }
  request(message).then(answer);
  return true;
});

async function request({ method, url, headers, data, timeout }) {
  try {
    const response = await fetch(url, {
      method, headers, body: data, credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(timeout || 30_000),
    });
    return {
      status: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\r\n"),
      responseText: await response.text(),
    };
  } catch (error) {
    return { failed: error.name === "TimeoutError" ? "timeout" : "error" };
  }
}
