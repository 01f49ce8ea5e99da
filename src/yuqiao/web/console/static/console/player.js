// Plays the tracks of a call together: all buffers start at one moment of one audio clock, so they stay aligned.

import { duration } from "./clock.js";
import { draw, peaks } from "./wave.js";

const STEP_SECONDS = 5;
const RATE = 8000; // telephone sound: decoding at its own rate keeps an hour of three tracks below 400 MB

const player = document.getElementById("player");
const byId = (id) => document.getElementById(id);
const axis = byId("axis");
const playButton = byId("play");

let sound = null; // the AudioContext
let tracks = []; // {buffer, gain, canvas, levels, role, muted, solo, element}
let sources = [];
let length = 0; // seconds
let position = 0; // seconds, where we stand while silent
let startedAt = null; // the audio clock's time at which position 0 would have been; null: silent

const now = () => (startedAt === null ? position : Math.min(length, sound.currentTime - startedAt));

async function load() {
  byId("listen").disabled = true;
  try {
    const token = player.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(player.dataset.listen, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    sound = new AudioContext({ sampleRate: RATE });
    tracks = await Promise.all((await answer.json()).tracks.map(fetchTrack));
  } catch (error) {
    console.error(error);
    byId("player-problem").hidden = false;
    byId("listen").disabled = false;
    return;
  }
  byId("player-problem").hidden = true;
  player.querySelector(".player-door").hidden = true;
  byId("player-body").hidden = false;
  length = Math.max(...tracks.map((track) => track.buffer.duration));
  byId("length").textContent = duration(length * 1000);
  axis.setAttribute("aria-valuemax", length.toFixed(1));
  tracks.forEach(show);
  placeMarks();
  measure();
  new ResizeObserver(measure).observe(byId("tracks"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  player.dataset.ready = tracks.length;
  playButton.focus();
  seek(0);
}

async function fetchTrack({ url, role, role_word: word, name }) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const buffer = await sound.decodeAudioData(await answer.arrayBuffer());
  const gain = new GainNode(sound);
  gain.connect(sound.destination);
  return { buffer, gain, role, word, name, muted: false, solo: false };
}

function show(track) {
  const element = byId("track-template").content.firstElementChild.cloneNode(true);
  element.dataset.role = track.role;
  element.querySelector(".role").textContent = track.word;
  element.querySelector("b").textContent = track.name;
  track.canvas = element.querySelector("canvas");
  track.canvas.addEventListener("pointerdown", (event) => seekTo(event, track.canvas));
  for (const key of ["mute", "solo"]) {
    const button = element.querySelector(`.${key}`);
    const field = key === "mute" ? "muted" : "solo";
    button.setAttribute("aria-label", `${button.textContent}: ${track.word} ${track.name}`.trim());
    button.addEventListener("click", () => {
      track[field] = !track[field];
      button.setAttribute("aria-pressed", String(track[field]));
      balance();
    });
  }
  track.element = element;
  byId("tracks").append(element);
}

/** Let be heard who is not muted and, if anybody is solo, is so. */
function balance() {
  const alone = tracks.some((track) => track.solo);
  for (const track of tracks) {
    const heard = !track.muted && (!alone || track.solo);
    track.gain.gain.value = heard ? 1 : 0;
    track.element.toggleAttribute("data-silent", !heard);
  }
  paint();
}

function placeMarks() {
  for (const mark of axis.querySelectorAll(".mark")) {
    mark.style.left = `${Math.min(100, (Number(mark.dataset.second) / length) * 100)}%`;
  }
}

function measure() {
  for (const track of tracks) {
    const { canvas, buffer } = track;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    const columns = Math.max(1, Math.round(canvas.width * (buffer.duration / length)));
    track.levels = peaks(buffer.getChannelData(0), columns);
  }
  paint();
}

function paint() {
  const share = length ? now() / length : 0;
  for (const track of tracks) draw(track.canvas, track.levels, share, getComputedStyle(track.element).color);
  byId("position").textContent = duration(now() * 1000);
  axis.setAttribute("aria-valuenow", now().toFixed(1));
  axis.setAttribute("aria-valuetext", `${duration(now() * 1000)} / ${duration(length * 1000)}`);
  player.style.setProperty("--share", share);
}

function silence() {
  for (const source of sources) {
    source.onended = null;
    source.stop();
  }
  sources = [];
  startedAt = null;
}

async function play() {
  if (position >= length) position = 0;
  await sound.resume();
  const at = sound.currentTime + 0.05; // the same moment for all
  startedAt = at - position;
  sources = tracks.map(({ buffer, gain }) => {
    const source = new AudioBufferSourceNode(sound, { buffer });
    source.connect(gain);
    source.start(at, Math.min(position, buffer.duration));
    return source;
  });
  playButton.textContent = playButton.dataset.pause;
  player.dataset.playing = "";
  requestAnimationFrame(follow);
}

function pause() {
  position = now();
  silence();
  playButton.textContent = playButton.dataset.play;
  delete player.dataset.playing;
  paint();
}

function follow() {
  if (startedAt === null) return;
  if (now() >= length) {
    pause();
    return;
  }
  paint();
  requestAnimationFrame(follow);
}

function seek(seconds) {
  const running = startedAt !== null;
  silence();
  position = Math.max(0, Math.min(length, seconds));
  if (running) play();
  else paint();
}

function seekTo(event, across) {
  const box = across.getBoundingClientRect();
  seek(((event.clientX - box.left) / box.width) * length);
}

const toggle = () => (startedAt === null ? play() : pause());

const KEYS = {
  " ": toggle,
  ArrowLeft: () => seek(now() - STEP_SECONDS),
  ArrowRight: () => seek(now() + STEP_SECONDS),
  Home: () => seek(0),
  End: () => seek(length),
};

function pressed(event) {
  const busy = event.target.closest("input, select, textarea, summary, a, button:not(#play)");
  if (!tracks.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (busy && (event.key === " " || !event.target.matches("button"))) return;
  if (!KEYS[event.key] || ((event.key === "Home" || event.key === "End") && event.target !== axis)) return;
  event.preventDefault();
  KEYS[event.key]();
}

byId("listen").addEventListener("click", load);
playButton.addEventListener("click", toggle);
axis.addEventListener("pointerdown", (event) => {
  if (!event.target.matches(".mark")) seekTo(event, axis);
});
document.addEventListener("keydown", pressed);
document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-second]");
  if (jump && tracks.length) seek(Number(jump.dataset.second));
});
