// Parts of a page that keep themselves fresh: an element with data-refresh (ms) is fetched again and exchanged,
// unless somebody is just using a form in it.

import { heard, startTimers, paint } from "./clock.js";

function inUse(part) {
  const active = document.activeElement;
  return (part.contains(active) && active.matches("select, input, summary, button")) || part.querySelector("details[open]");
}

async function refresh(id) {
  const part = document.getElementById(id);
  if (!part?.dataset.refresh) return;
  if (!inUse(part) && !document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(id);
      if (!answer.ok || answer.redirected || !fresh) return location.reload();
      heard(Number(fresh.dataset.now));
      if (!fresh.dataset.refresh) return location.reload(); // the call is over: the page has more to show now
      if (!inUse(part)) part.replaceWith(document.adoptNode(fresh));
      paint();
    } catch {
      // The server does not answer: the next round tries again.
    }
  }
  setTimeout(refresh, Number(part.dataset.refresh), id);
}

for (const part of document.querySelectorAll("[data-now]")) {
  heard(Number(part.dataset.now));
  if (part.dataset.refresh) setTimeout(refresh, Number(part.dataset.refresh), part.id);
}
startTimers();
