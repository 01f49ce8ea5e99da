// The live board: takes what the stream brings, puts it in its place, and says when it hears nothing.

import { heard, paint, serverNow, startTimers } from "./clock.js";

const SILENT_MS = 5000; // beats come every 2 s
const AGAIN_MS = 2000;

const feed = document.getElementById("feed");
const live = document.getElementById("live");
const open = document.getElementById("open-calls");
const finished = document.getElementById("finished-calls");
const most = Number(feed.dataset.finished);

let lastId = feed.dataset.after;
let lastHeard = Date.now();
let lastTry = Date.now();
let source = null;

/** HTML that our own server rendered and escaped, as an element. */
function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

/** Put a card among the others by its start; `rising`: oldest first. */
function place(list, card, rising) {
  const started = Number(card.dataset.started);
  const after = [...list.children].find((other) => {
    const theirs = Number(other.dataset.started);
    return rising ? theirs > started : theirs < started;
  });
  list.insertBefore(card, after ?? null);
}

function showCall({ id, open: inProgress, html }) {
  const old = document.getElementById(`call-${id}`);
  const card = element(html);
  paint(card);
  const list = inProgress ? open : finished;
  const focused = old?.contains(document.activeElement);
  if (old && old.parentElement === list) {
    old.replaceWith(card);
  } else {
    old?.remove();
    place(list, card, inProgress);
    card.classList.add("new");
  }
  if (focused) (card.matches("a") ? card : card.querySelector("a"))?.focus();
  while (finished.children.length > most) finished.lastElementChild.remove();
}

function showPanels({ figures, side }) {
  for (const [id, html] of [["figures", figures], ["side", side]]) {
    const panel = document.getElementById(id);
    const focused = panel.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    panel.innerHTML = html;
    paint(panel);
    if (focused) panel.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

function sign(state) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  document.body.classList.toggle("is-stale", state === "stale");
  if (state === "stale") {
    const since = new Date(serverNow() - (Date.now() - lastHeard));
    document.getElementById("stale-since").textContent = time(since);
  }
}

const clockFormat = new Intl.DateTimeFormat("en-GB", { timeZone: feed.dataset.zone, timeStyle: "medium" });
const time = (date) => clockFormat.format(date);

function alive(event) {
  lastHeard = Date.now();
  if (event.lastEventId) lastId = event.lastEventId;
  sign("live");
  return JSON.parse(event.data);
}

function connect() {
  lastTry = Date.now();
  source?.close();
  source = new EventSource(`${feed.dataset.url}?after=${encodeURIComponent(lastId)}`);
  source.addEventListener("call", (event) => showCall(alive(event)));
  source.addEventListener("panels", (event) => showPanels(alive(event)));
  source.addEventListener("beat", (event) => heard(alive(event).now));
  source.addEventListener("renew", () => location.reload());
  source.addEventListener("error", () => {
    // The browser itself comes back after a lost connection (with Last-Event-ID), but not after an answer other than 200.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
  });
}

heard(Number(feed.dataset.now));
startTimers();
connect();
const showClock = () => (document.getElementById("clock").textContent = time(new Date(serverNow())));
showClock();
setInterval(() => {
  showClock();
  if (Date.now() - lastHeard <= SILENT_MS) return;
  sign("stale");
  // A half-open connection says nothing for ever: start anew.
  if (Date.now() - Math.max(lastHeard, lastTry) > 2 * SILENT_MS) connect();
}, 500);
