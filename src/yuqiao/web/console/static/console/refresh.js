// Parts of a page that keep themselves fresh: an element with data-refresh (ms) is fetched again and exchanged,
// unless somebody is just using a form in it. Who dispatches "refresh-now" on the element has it fetched at once, in use
// or not; "refreshed" is then dispatched on the document. While the server gives no answer the body is "is-stale".

import { heard, startTimers, paint } from "./clock.js";
import { later } from "./later.js";

function changed(field) {
  if (field.matches("select")) return field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected;
  return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function inUse(part) {
  const active = document.activeElement;
  if (part.contains(active) && active.matches("select, input, textarea")) return true;
  return [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].some(changed);
}

const named = (one) => one.getAttribute("aria-label") ?? one.textContent.trim();

/** Puts `fresh` in the place of `part`; what was unfolded stays so, and who works by keyboard stays where she was. */
function put(part, fresh) {
  const open = new Set([...part.querySelectorAll("details[open] > summary")].map(named));
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const was = active?.matches("button, summary, a") ? named(active) : null;
  part.replaceWith(document.adoptNode(fresh));
  for (const summary of fresh.querySelectorAll("details > summary")) {
    if (open.has(named(summary))) summary.parentElement.open = true;
  }
  if (was !== null) [...fresh.querySelectorAll("button, summary, a")].find((one) => named(one) === was)?.focus({ preventScroll: true });
}

const stale = (is) => document.body.classList.toggle("is-stale", is);

async function exchange(id, force) {
  const part = document.getElementById(id);
  if (force || (!inUse(part) && !document.hidden)) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (later(answer.status)) return stale(true); // to load it anew would leave a proxy's page here, for ever
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(id);
      const talks = (document.getElementById("phone")?.dataset.call ?? "none") !== "none";
      if (talks && (!fresh || answer.redirected)) return; // a call in this page is worth more than what it shows
      if (!answer.ok || answer.redirected || !fresh) return location.reload();
      stale(false);
      heard(Number(fresh.dataset.now));
      if (!fresh.dataset.refresh) return location.reload(); // the call is over: the page has more to show now
      if (force || !inUse(part)) put(part, fresh);
      paint();
      document.dispatchEvent(new Event("refreshed"));
    } catch {
      stale(true); // the server does not answer: the next round tries again
    }
  }
}

async function refresh(id) {
  const part = document.getElementById(id);
  if (!part?.dataset.refresh) return;
  await exchange(id, false);
  setTimeout(refresh, Number(part.dataset.refresh), id);
}

document.addEventListener("refresh-now", (event) => exchange(event.target.id, true));

for (const part of document.querySelectorAll("[data-now]")) {
  heard(Number(part.dataset.now));
  if (part.dataset.refresh) setTimeout(refresh, Number(part.dataset.refresh), part.id);
}
startTimers();
