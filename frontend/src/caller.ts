// A citizen's call from the page: a proof of work, one call to the hotline's own number, how far it is meanwhile.

import { Softphone, type Ticket } from "./softphone";
import { kept } from "./phone/kept";
import { CallerPicture, type Told } from "./picture/caller";

const STATE_MS = 2000;
const PICTURE_MS = 700; // while a picture is being set up
const ASKED = 60; // times, once a second, how a call ended
const LEVELS_MS = 100;
const SEAT = "yuqiao-seat";
const GIVE_UP = "the server gave no ticket";

const panel = document.getElementById("phone")!;
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const words = byId("words");
const say = (id: string) => (words.textContent = byId(id).textContent);

/** What the server says with a ticket for a citizen: which number it dials, and the seat for further tickets. */
interface Guest extends Ticket {
  dials: string;
  seat: string;
}

let proof: Promise<string> | null = null;
let dials = "";
let wanted = false; // the button was pressed and the call is not made yet
let dialling = false;
let refused = ""; // why the server gave no ticket

function prove(): Promise<string> {
  return new Promise((resolve) => {
    const worker = new Worker(panel.dataset["solver"]!);
    const done = (answer: string) => {
      worker.terminate();
      resolve(answer);
    };
    worker.onmessage = ({ data }) => done((data as { answer?: string }).answer ?? "");
    worker.onerror = () => done("");
    worker.postMessage(panel.dataset["task"]!);
  });
}

function post(url: string, fields: Record<string, string>): Promise<Response> {
  const csrf = panel.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value;
  return fetch(url, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: csrf, ...fields }) });
}

/** One ticket for each connection, all of one seat: the first costs the proof. */
async function fetchTicket(): Promise<Ticket> {
  const seat = sessionStorage.getItem(SEAT);
  const sign = panel.dataset["sign"] ?? "";
  const fields: Record<string, string> = seat
    ? { seat, sign }
    : { task: panel.dataset["task"]!, proof: await (proof ??= prove()), sign };
  const answer = await post(panel.dataset["ticket"]!, fields);
  // A server that restarts beside a running call is asked again: the sound goes on without it.
  if (seat && (answer.status >= 500 || answer.status === 429)) throw new Error(`no ticket: ${answer.status}`);
  if (!answer.ok) {
    refused = answer.status === 429 ? "often" : "ticket";
    phone.stop();
    wanted = false;
    show();
    throw new Error(GIVE_UP);
  }
  const guest = (await answer.json()) as Guest;
  dials = guest.dials;
  sessionStorage.setItem(SEAT, guest.seat);
  return guest;
}

const phone = new Softphone(fetchTicket);
phone.soundOptional = Boolean(panel.dataset["sign"]); // who signs may have no microphone, and needs none
const seat = () => sessionStorage.getItem(SEAT) ?? "";
const shown = document.getElementById("pictures");
const picture = shown && new CallerPicture(shown, panel.dataset["picture"]!, post, seat);
let before = phone.call;

function show(): void {
  const state = wanted && phone.call === "none" ? "calling" : phone.call;
  panel.dataset["call"] = state;
  for (const part of panel.querySelectorAll<HTMLElement>("[data-when]")) {
    part.hidden = !part.dataset["when"]!.split(" ").includes(state);
  }
  for (const part of panel.querySelectorAll<HTMLElement>("[data-problem]")) {
    part.hidden = part.dataset["problem"] !== (refused || phone.problem);
  }
  byId("mute").setAttribute("aria-pressed", String(phone.muted));
}

function changed(): void {
  if (wanted && !dialling && phone.line === "ready" && phone.call === "none") {
    dialling = true;
    void phone.dial(dials).finally(() => (dialling = false));
  }
  if (phone.call !== "none") wanted = false;
  if (phone.problem === "microphone") {
    wanted = false;
    words.textContent = "";
  }
  if (before !== phone.call) {
    const over = before !== "none" && phone.call === "none";
    before = phone.call;
    if (phone.call === "calling") say("say-connecting");
    if (over) void ended();
  }
  show();
}

async function ended(): Promise<void> {
  say("say-over");
  phone.stop();
  picture?.over();
  // The row is closed a moment after the line, later where much goes on; ask until it is.
  for (let tries = 0; tries < ASKED && !(await tell()); tries += 1) await new Promise((go) => setTimeout(go, STATE_MS / 2));
  sessionStorage.removeItem(SEAT);
}

/** Shows how far the call is; true once it is over. */
async function tell(): Promise<boolean> {
  if (!seat()) return true;
  const round = picture?.round ?? 0;
  try {
    const answer = await post(panel.dataset["state"]!, { seat: seat() });
    if (!answer.ok) return false;
    const told = (await answer.json()) as { words: string; over: boolean; rate: string; picture?: Told };
    if (phone.call !== "none") picture?.told(told.picture, round);
    if (told.words && (told.over || phone.call !== "none") && words.textContent !== told.words) words.textContent = told.words;
    if (told.rate) {
      byId("rate").hidden = false;
      byId("rate").querySelector("a")!.href = told.rate;
    }
    return told.over;
  } catch {
    return false; // the next round tries again
  }
}

function call(): void {
  phone.wake();
  refused = "";
  phone.problem = null;
  wanted = true;
  say("say-connecting");
  show();
  if (phone.line === "off") void phone.start();
  else changed();
}

async function watch(): Promise<void> {
  if (phone.call !== "none") await tell();
  setTimeout(() => void watch(), picture?.urgent ? PICTURE_MS : STATE_MS);
}

document.getElementById("call")?.addEventListener("click", call);
document.getElementById("call-picture")?.addEventListener("click", () => {
  void picture!.want();
  call();
});
byId("mute").addEventListener("click", () => phone.mute(!phone.muted));
byId("hang-up").addEventListener("click", () => {
  wanted = false;
  phone.hangUp();
  show();
});
for (const button of panel.querySelectorAll<HTMLElement>("[data-digit]")) {
  button.addEventListener("click", () => phone.digits(button.dataset["digit"]!));
}
phone.addEventListener("change", changed);
setInterval(() => {
  byId<HTMLMeterElement>("own-level").value = phone.levels.own;
  byId<HTMLMeterElement>("heard-level").value = phone.levels.heard;
}, LEVELS_MS);
void watch();
addEventListener("beforeunload", (event) => phone.call !== "none" && event.preventDefault());
panel.hidden = false;
if (kept() && seat()) {
  void phone.start();
  void picture?.restore();
} else {
  sessionStorage.removeItem(SEAT);
  if (globalThis.crypto?.subtle) proof = prove();
}
show();
