// Tells the server which parts of a sitting were heard, and when the page goes.

const EVERY_MS = 15_000;
const SIGN_OF_LIFE_MS = 300_000;

/** Begin to report; `over` is called when the server knows of no sitting any more. Returns what ends the reports. */
export function reports(url, token, heard, over) {
  let last = Date.now();
  let ended = false;

  const form = (spans) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token);
    body.append("spans", JSON.stringify(spans));
    return body;
  };

  async function tell() {
    const spans = heard.take();
    if (ended || (!spans.length && Date.now() - last < SIGN_OF_LIFE_MS)) return;
    last = Date.now();
    try {
      const answer = await fetch(url, { method: "POST", body: form(spans), keepalive: true });
      if (answer.status === 403) over();
    } catch {
      for (const [from, until] of spans) heard.again(from, until); // no network: the next time
    }
  }

  const timer = setInterval(tell, EVERY_MS);
  const hidden = () => document.hidden && tell();
  const leave = () => {
    if (ended) return;
    const body = form(heard.take());
    body.append("over", "1");
    end();
    navigator.sendBeacon(url, body);
  };
  const end = () => {
    ended = true;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", hidden);
    removeEventListener("pagehide", leave);
  };
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", leave);
  return { tell, end };
}
