// The player of a call's recording: the door that asks what for, the waveforms, the buttons and keys.

import { duration } from "./clock.js";
import { comments } from "./player/comments.js";
import { Heard } from "./player/heard.js";
import { listenToKeys } from "./player/keys.js";
import { onward } from "./player/onward.js";
import { reports } from "./player/report.js";
import { Tape } from "./player/tape.js";
import { columns, draw, unpacked } from "./wave.js";

const player = document.getElementById("player");
const byId = (id) => document.getElementById(id);
const door = byId("door");
const axis = byId("axis");
const playButton = byId("play");
const speed = byId("speed");
const skip = byId("skip");

const heard = new Heard();
let tape = null;
let tracks = []; // {levels, canvas, heights, element, muted, solo}
let length = 0; // seconds
let pauses = []; // [begin, end] in seconds
let passage = null; // {from, until} in seconds
let repeat = false;
let before = 0; // where playing stood when last looked at
let reporting = null;

const notes = comments(() => ({ at: tape.position, passage }));

async function load(event) {
  event.preventDefault();
  const button = byId("listen");
  button.disabled = true;
  try {
    const answer = await fetch(player.dataset.listen, { method: "POST", body: new FormData(door) });
    const told = answer.ok || answer.status === 400 ? await answer.json() : {};
    if (!answer.ok) return refuse(told.error ?? byId("player-problem").dataset.failed);
    open(told);
  } catch (error) {
    console.error(error);
    refuse(byId("player-problem").dataset.failed);
  } finally {
    button.disabled = false;
  }
}

function refuse(sentence) {
  byId("player-problem").textContent = sentence;
  byId("player-problem").hidden = false;
  door.hidden = false;
}

function open({ sound, heard: report, length: seconds, lanes, pauses: found, files }) {
  byId("player-problem").hidden = true;
  door.hidden = true;
  byId("player-body").hidden = false;
  length = seconds;
  pauses = found.map((span) => span.map((ms) => ms / 1000));
  tape = new Tape(sound, lanes.length, length, heardOfTape);
  tape.speed = Number(speed.value);
  reporting = reports(report, door.elements.csrfmiddlewaretoken.value, heard, close);
  byId("length").textContent = duration(length * 1000);
  axis.setAttribute("aria-valuemax", length.toFixed(1));
  byId("tracks").replaceChildren();
  tracks = lanes.map(track);
  place();
  notes.place(length);
  byId("files").hidden = !files.length;
  byId("files").querySelector("ul").replaceChildren(...files.map(file));
  measure();
  player.dataset.ready = tracks.length;
  playButton.focus();
  seek(0);
}

/** The sitting is over: nothing is heard until somebody says again what for. */
function close() {
  if (!tape) return;
  still();
  reporting.end();
  tape.close();
  tape = null;
  tracks = [];
  delete player.dataset.ready;
  byId("player-body").hidden = true;
  refuse(byId("player-problem").dataset.over);
}

function track({ role, role_word: word, name, gone, levels }, channel) {
  const element = byId("track-template").content.firstElementChild.cloneNode(true);
  element.dataset.role = role;
  element.querySelector(".role").textContent = word;
  element.querySelector("b").textContent = name;
  element.querySelector(".tag").hidden = !gone;
  const one = { levels: unpacked(levels), canvas: element.querySelector("canvas"), element, channel, muted: false, solo: false };
  one.canvas.addEventListener("pointerdown", (event) => seekTo(event, one.canvas));
  for (const [key, field] of [["mute", "muted"], ["solo", "solo"]]) {
    const button = element.querySelector(`.${key}`);
    button.setAttribute("aria-label", `${button.textContent}: ${word} ${name}`.trim());
    button.addEventListener("click", () => {
      one[field] = !one[field];
      button.setAttribute("aria-pressed", String(one[field]));
      balance();
    });
    if (key === "mute") button.setAttribute("aria-keyshortcuts", String(channel + 1));
  }
  byId("tracks").append(element);
  return one;
}

function file({ name, sha256, url }) {
  const item = byId("file-template").content.firstElementChild.cloneNode(true);
  item.querySelector("form").action = url;
  item.querySelector("button").textContent = name;
  item.querySelector("code").textContent = sha256;
  return item;
}

/** Let be heard who is not muted and, if anybody is solo, is so. */
function balance() {
  const alone = tracks.some((one) => one.solo);
  for (const one of tracks) {
    const audible = !one.muted && (!alone || one.solo);
    tape.hear(one.channel, audible);
    one.element.toggleAttribute("data-silent", !audible);
  }
  paint();
}

/** Put `element` where its time is on the axis. */
function span(element, begin, end) {
  const [left, right] = [begin, end].map((at) => Math.min(1, at / length) * 100);
  element.style.left = `${left}%`;
  element.style.width = `${right - left}%`;
}

function place() {
  for (const mark of axis.querySelectorAll(".mark")) {
    mark.style.left = `${Math.min(100, (Number(mark.dataset.second) / length) * 100)}%`;
  }
  for (const gap of axis.querySelectorAll(".gap")) span(gap, Number(gap.dataset.begin), Number(gap.dataset.end));
}

function measure() {
  for (const one of tracks) {
    const ratio = devicePixelRatio || 1;
    one.canvas.width = Math.max(1, Math.round(one.canvas.clientWidth * ratio));
    one.canvas.height = Math.max(1, Math.round(one.canvas.clientHeight * ratio));
    one.heights = columns(one.levels, one.canvas.width);
  }
  paint();
}

function paint() {
  if (!tape) return;
  const at = tape.position;
  const share = length ? at / length : 0;
  for (const one of tracks) draw(one.canvas, one.heights, share, getComputedStyle(one.element).color);
  byId("position").textContent = duration(at * 1000);
  axis.setAttribute("aria-valuenow", at.toFixed(1));
  axis.setAttribute("aria-valuetext", `${duration(at * 1000)} / ${duration(length * 1000)}`);
  player.style.setProperty("--share", share);
}

function heardOfTape(kind) {
  if (kind === "time") look();
  if (kind === "ended") still();
  if (kind === "failed") reporting?.tell().then(() => tape && refuse(byId("player-problem").dataset.failed));
}

/** Look where playing stands: by each frame that is drawn, and four times a second where none is. */
function look() {
  if (!tape?.playing) return;
  const at = tape.position;
  heard.reach(at);
  const jump = onward(before, at, { pauses, skip: skip.checked, passage, repeat });
  before = at;
  if (jump === null) paint();
  else seek(jump);
}

function follow() {
  if (!tape?.playing) return;
  look();
  requestAnimationFrame(follow);
}

async function play() {
  before = tape.position < length ? tape.position : 0;
  heard.reach(before); // what is heard begins here, not where the first picture of it is drawn
  playButton.textContent = playButton.dataset.pause;
  player.dataset.playing = "";
  try {
    await tape.play();
  } catch (error) {
    console.error(error);
    still();
    return;
  }
  follow();
}

/** Nothing sounds any more. */
function still() {
  heard.reach(tape.position);
  heard.leave();
  tape.pause();
  playButton.textContent = playButton.dataset.play;
  delete player.dataset.playing;
  paint();
}

function seek(seconds) {
  heard.leave();
  tape.position = seconds;
  before = tape.position;
  paint();
}

function seekTo(event, across) {
  const box = across.getBoundingClientRect();
  seek(((event.clientX - box.left) / box.width) * length);
}

const toggle = () => (tape.playing ? still() : play());

function faster(steps) {
  speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + steps));
  speed.dispatchEvent(new Event("change"));
}

/** The passage begins or ends here; the other end gives way where it must. */
function choose(end) {
  const at = tape.position;
  const { from, until } = passage ?? { from: 0, until: length };
  passage = end === "from" ? { from: at, until: until > at ? until : length } : { from: from < at ? from : 0, until: at };
  if (passage.until <= passage.from) passage = null;
  show();
}

function show() {
  byId("repeat").disabled = !passage;
  if (!passage) repeat = false;
  byId("repeat").setAttribute("aria-pressed", String(repeat));
  byId("passage").textContent = passage ? `${duration(passage.from * 1000)} – ${duration(passage.until * 1000)}` : "";
  byId("chosen").hidden = !passage;
  if (passage) span(byId("chosen"), passage.from, passage.until);
}

function again() {
  if (!passage) return false;
  repeat = !repeat;
  show();
  if (repeat) seek(passage.from);
  return true;
}

const mute = (number) => () => tracks[number - 1]?.element.querySelector(".mute").click();
const onAxis = (act) => (event) => (event.target === axis ? act() : false);
const ACTS = {
  " ": toggle,
  k: toggle,
  j: () => seek(tape.position - 10),
  l: () => seek(tape.position + 10),
  ArrowLeft: () => seek(tape.position - 5),
  ArrowRight: () => seek(tape.position + 5),
  Home: onAxis(() => seek(0)),
  End: onAxis(() => seek(length)),
  "<": () => faster(-1),
  ">": () => faster(1),
  ",": () => faster(-1),
  ".": () => faster(1),
  "[": () => choose("from"),
  "]": () => choose("until"),
  r: again,
  s: () => skip.click(),
  c: () => notes.begin(),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((number) => [String(number), mute(number)])),
};

door.addEventListener("submit", load);
playButton.addEventListener("click", toggle);
speed.addEventListener("change", () => {
  if (tape) tape.speed = Number(speed.value);
});
byId("from").addEventListener("click", () => choose("from"));
byId("until").addEventListener("click", () => choose("until"));
byId("repeat").addEventListener("click", again);
axis.addEventListener("pointerdown", (event) => {
  if (tape && !event.target.matches(".mark")) seekTo(event, axis);
});
document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-second]");
  if (jump && tape) seek(Number(jump.dataset.second));
});
addEventListener("pageshow", (event) => event.persisted && close());
new ResizeObserver(measure).observe(byId("tracks"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
listenToKeys(byId("keys"), Object.fromEntries(Object.entries(ACTS).map(([key, act]) => [key, (event) => (tape ? act(event) : false)])));
