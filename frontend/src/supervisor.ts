// The telephone of who listens in, on the board and on a running call's page. It is rung for her own listening alone:
// where she has just asked for it on this page it answers by itself, elsewhere it rings.

import { stayOnPage, refreshNow } from "./desk/forms";
import { Bell } from "./desk/ringing";
import { Softphone, type Ticket } from "./softphone";

const LIGHTS_MS = 100;
const ASKED_MS = 60_000; // so long her press answers for her; whatever rings later she has not just asked for

const panel = document.getElementById("phone")!;
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const token = () => panel.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value;

async function fetchTicket(): Promise<Ticket> {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token(), listens: "1" });
  const answer = await fetch(panel.dataset["ticket"]!, { method: "POST", body });
  if (!answer.ok || answer.redirected) throw new Error(`no ticket: ${answer.status}`);
  return (await answer.json()) as Ticket;
}

const phone = new Softphone(fetchTicket);
const bell = new Bell();
const title = document.title;
let before = phone.call;
let asked = -Infinity; // when she asked to be rung here, by performance.now()
let answers = false; // by itself: then nothing need ring

function show(): void {
  panel.dataset["line"] = phone.line;
  panel.dataset["call"] = phone.call;
  for (const part of panel.querySelectorAll<HTMLElement>("[data-when]")) {
    part.hidden = part.dataset["when"] !== phone.line;
  }
  for (const part of panel.querySelectorAll<HTMLElement>("[data-when-call]")) {
    part.hidden = !part.dataset["whenCall"]!.split(" ").includes(phone.call);
  }
  for (const part of panel.querySelectorAll<HTMLElement>("[data-problem]")) {
    part.hidden = part.dataset["problem"] !== phone.problem;
  }
  panel.querySelector<HTMLElement>(".phone-call")!.hidden = phone.call === "none";
  byId("mute").setAttribute("aria-pressed", String(phone.muted));
  const rings = phone.call === "ringing";
  document.title = rings ? `☎ ${panel.dataset["notice"]!} · ${title}` : title;
  bell.ring(rings && !answers);
}

function changed(): void {
  if (phone.call === "ringing" && performance.now() - asked < ASKED_MS) {
    asked = -Infinity; // one press answers once
    answers = true;
    void phone.answer();
  } else if (phone.call !== "ringing" || phone.problem) answers = false;
  show();
  offer();
  if (before !== phone.call) {
    before = phone.call;
    refreshNow();
  }
}

// --- the form: this page is rung where it can be, another phone where she says so

const form = () => document.querySelector<HTMLFormElement>("form[data-listening]");
/** In another tab it is her telephone just as well: it rings there. */
const there = () => phone.line === "ready" || phone.line === "taken";

function offer(): void {
  const [tick, other] = ["[data-by-browser]", "[data-by-phone]"].map((one) => form()?.querySelector<HTMLElement>(one));
  if (!tick || !other) return;
  const here = there() && !byId<HTMLInputElement>("other-phone").checked;
  tick.hidden = !there();
  other.hidden = here;
  other.querySelector("input")!.disabled = here;
  form()!.querySelector<HTMLInputElement>("[name=browser]")!.value = here ? "1" : "";
}

function pressed(event: SubmitEvent): void {
  if (event.target !== form() || phone.call !== "none") return;
  const here = form()!.querySelector<HTMLInputElement>("[name=browser]")!.value === "1";
  asked = here && phone.line === "ready" ? performance.now() : -Infinity;
}

// --- buttons, keys, lights

function lights(): void {
  if (phone.call === "none") return;
  const { own, heard, ownSpeaks, heardSpeaks } = phone.levels;
  byId<HTMLMeterElement>("own-level").value = own;
  byId<HTMLMeterElement>("heard-level").value = heard;
  panel.querySelector("[data-light=own]")!.toggleAttribute("data-speaks", ownSpeaks);
  panel.querySelector("[data-light=heard]")!.toggleAttribute("data-speaks", heardSpeaks);
  const timer = panel.querySelector(".phone-timer")!;
  const seconds = phone.since ? Math.floor((Date.now() - phone.since) / 1000) : 0;
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (timer.textContent !== text) timer.textContent = text;
}

/** The keys of every desk; they are free while there is no call here. */
function key(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || phone.call === "none") return;
  if (event.key === "F8" && event.shiftKey) phone.hangUp();
  else if (event.key === "F8") void phone.answer();
  else if (event.key === "F9") phone.mute(!phone.muted);
  else return;
  event.preventDefault();
}

byId("answer").addEventListener("click", () => void phone.answer());
byId("mute").addEventListener("click", () => phone.mute(!phone.muted));
byId("hang-up").addEventListener("click", () => phone.hangUp());
byId("take-over").addEventListener("click", () => void phone.start(true));
addEventListener("keydown", key);
for (const gesture of ["pointerdown", "keydown"] as const) {
  addEventListener(gesture, () => {
    phone.wake();
    void bell.wake();
  });
}
document.addEventListener("submit", pressed, true);
document.addEventListener("change", (event) => (event.target as HTMLElement).id === "other-phone" && offer());
document.addEventListener("refreshed", offer);
phone.addEventListener("change", changed);
stayOnPage(
  () => phone.call !== "none",
  (one) => one === form() || phone.call !== "none",
);
setInterval(lights, LIGHTS_MS);
show();
offer();
void phone.start();
