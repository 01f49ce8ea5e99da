// A page that follows a stream: puts what it brings in place, comes back by itself, and says when and why it is old.

import { heard, paint, serverNow, startTimers } from "./clock.js";
import { later } from "./later.js";

const SILENT_MS = 5000; // beats come every 2 s
const AGAIN_MS = 2000;
const TOGETHER_MS = 80; // what comes within is put in place at once: each time costs a painting of hundreds of calls

const feed = document.getElementById("feed");
const live = document.getElementById("live");
const clock = document.getElementById("clock");

let lastId = feed.dataset.after ?? "";
let lastHeard = Date.now();
let lastTrouble = 0;
let lastTry = Date.now();
let renewing = false;
let source = null;
let listeners = {};
const waiting = []; // what came and is not in place yet
let putAt = -Infinity;

const clockFormat = new Intl.DateTimeFormat("en-GB", { timeZone: feed.dataset.zone, timeStyle: "medium" });
const time = (date) => clockFormat.format(date);

/** HTML that our own server rendered and escaped, as an element. */
export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

/** Put each piece in the place of the one with its id; who was on a link in it stays there. */
function showPieces(pieces) {
  for (const [id, html] of Object.entries(pieces)) {
    const old = document.getElementById(id);
    if (!old) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const fresh = element(html);
    paint(fresh);
    old.replaceWith(fresh);
    if (!focused) continue;
    const mark = ["href", "data-call"].find((name) => focused.hasAttribute(name));
    if (mark) fresh.querySelector(`[${mark}="${CSS.escape(focused.getAttribute(mark))}"]`)?.focus();
  }
}

/** Put something in place: now if nothing was for a while, else with what else comes. */
function soon(put) {
  waiting.push(put);
  if (waiting.length === 1) setTimeout(putAll, Math.max(0, putAt + TOGETHER_MS - performance.now()));
}

function putAll() {
  putAt = performance.now();
  for (const put of waiting.splice(0)) queueMicrotask(put); // before the next painting; if one fails, the others go on
}

function sign(state) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  document.body.classList.toggle("is-stale", state === "stale" || state === "database");
  const since = time(new Date(serverNow() - (Date.now() - lastHeard)));
  for (const place of live.querySelectorAll("time")) place.textContent = since;
}

function alive(event) {
  lastHeard = Date.now();
  if (event.lastEventId) lastId = event.lastEventId;
  sign("live");
  return JSON.parse(event.data);
}

/** Loads the page anew as soon as the server has it: a proxy's page of errors would never come back by itself. */
async function renew() {
  try {
    if (!later((await fetch(location.href)).status)) return location.reload();
  } catch {
    // The server does not answer: the next round tries again.
  }
  setTimeout(renew, AGAIN_MS);
}

function connect() {
  lastTry = Date.now();
  source?.close();
  const at = new URL(feed.dataset.url, location.href);
  at.searchParams.set("after", lastId);
  source = new EventSource(at);
  for (const [name, listen] of Object.entries(listeners)) {
    source.addEventListener(name, (event) => {
      const told = alive(event);
      soon(() => listen(told));
    });
  }
  source.addEventListener("pieces", (event) => {
    const told = alive(event);
    soon(() => showPieces(told));
  });
  source.addEventListener("beat", (event) => heard(alive(event).now));
  source.addEventListener("renew", () => {
    if (!renewing) void renew();
    renewing = true;
  });
  source.addEventListener("trouble", (event) => {
    lastTrouble = Date.now();
    sign(JSON.parse(event.data).what);
  });
  source.addEventListener("error", () => {
    // The browser itself comes back after a lost connection (with Last-Event-ID), but not after an answer other than 200.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
  });
}

/** Follow the stream; `own`: what else it may bring -> what to do with it. */
export function follow(own = {}) {
  listeners = own;
  heard(Number(feed.dataset.now));
  startTimers();
  connect();
  const showClock = () => (clock.textContent = time(new Date(serverNow())));
  showClock();
  setInterval(() => {
    showClock();
    if (Date.now() - lastHeard <= SILENT_MS || Date.now() - lastTrouble <= SILENT_MS) return;
    sign("stale");
    // A half-open connection says nothing for ever: start anew.
    if (Date.now() - Math.max(lastHeard, lastTry) > 2 * SILENT_MS) connect();
  }, 500);
}
