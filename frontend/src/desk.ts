// The interpreter's desk: the telephone's panel, its keys, what it tells the server.

import { stayOnPage, refreshNow } from "./desk/forms";
import { headset } from "./desk/headset";
import { pictures } from "./desk/picture";
import { Bell, notice, noticesWanted, wantNotices } from "./desk/ringing";
import { Softphone, type Ticket } from "./softphone";

const HERE_MS = 20_000; // the server forgets a page after 150 s without a sign
const LIGHTS_MS = 100;
const KEYS = "yuqiao-phone-keys";

const panel = document.getElementById("phone")!;
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const token = () => panel.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value;

function post(url: string, fields: Record<string, string> = {}, keepalive = false): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token(), ...fields }), keepalive });
}

async function fetchTicket(): Promise<Ticket> {
  const answer = await post(panel.dataset["ticket"]!);
  if (!answer.ok || answer.redirected) throw new Error(`no ticket: ${answer.status}`);
  return (await answer.json()) as Ticket;
}

const phone = new Softphone(fetchTicket);
const bell = new Bell();
const title = document.title;
let told: "" | "there" | "gone" = "";
let before = phone.call;

async function tellServer(): Promise<void> {
  const there = phone.line === "ready";
  if (!there && told !== "there") return;
  told = there ? "there" : "gone";
  try {
    const answer = await post(panel.dataset["here"]!, there ? { there: "1" } : {});
    if (answer.status === 409) phone.stop(); // switched off in another tab
  } catch {
    // The server forgets us by itself; the next round tries again.
  }
}

function show(): void {
  panel.dataset["line"] = phone.line;
  panel.dataset["call"] = phone.call;
  for (const part of panel.querySelectorAll<HTMLElement>("[data-when]")) {
    part.hidden = part.dataset["when"] !== phone.line;
  }
  for (const part of panel.querySelectorAll<HTMLElement>("[data-when-call]")) {
    part.hidden = !part.dataset["whenCall"]!.split(" ").includes(phone.call);
  }
  panel.querySelector<HTMLElement>(".phone-call")!.hidden = phone.call === "none";
  for (const part of panel.querySelectorAll<HTMLElement>("[data-problem]")) {
    part.hidden = part.dataset["problem"] !== phone.problem;
  }
  byId("mute").setAttribute("aria-pressed", String(phone.muted));
  byId("hold").setAttribute("aria-pressed", String(phone.call === "held"));
  byId("wake").hidden = bell.awake || phone.line === "off";
  bell.ring(phone.call === "ringing");
  if (before !== phone.call) turned();
}

/** The call's state changed: who is on it is the server's to say, at once. */
function turned(): void {
  const rings = phone.call === "ringing";
  before = phone.call;
  document.title = rings ? `☎ ${panel.dataset["notice"]!} · ${title}` : title;
  notice(null);
  if (rings) {
    const tell = (): void => {
      const what = document.querySelector<HTMLElement>("[data-incoming]")?.dataset["incoming"];
      if (phone.call === "ringing" && what === undefined) return; // written before it rang: the next one knows
      document.removeEventListener("refreshed", tell);
      if (phone.call === "ringing") notice(panel.dataset["notice"]!, what);
    };
    document.addEventListener("refreshed", tell);
  }
  refreshNow();
}

function lights(): void {
  const { own, heard, ownSpeaks, heardSpeaks } = phone.levels;
  byId<HTMLMeterElement>("own-level").value = own;
  byId<HTMLMeterElement>("heard-level").value = heard;
  panel.querySelector("[data-light=own]")!.toggleAttribute("data-speaks", ownSpeaks);
  panel.querySelector("[data-light=heard]")!.toggleAttribute("data-speaks", heardSpeaks);
  // All others reach us as one sound; who is in it the mixer names. Another one does not: then it is told of one alone.
  const named = phone.call === "talking" ? phone.speakers : null;
  const places = [...document.querySelectorAll<HTMLElement>("#desk-live .places li")];
  const others = places.filter((place) => !place.hasAttribute("data-own") && !place.dataset["apart"]);
  for (const place of places) {
    const alone = others.length === 1 && place === others[0] && heardSpeaks;
    const other = named ? named.has(Number(place.dataset["source"])) : alone;
    const speaks = place.hasAttribute("data-own") ? ownSpeaks : other;
    place.toggleAttribute("data-speaks", speaks && phone.call === "talking");
  }
  const timer = panel.querySelector(".phone-timer")!;
  const seconds = phone.since ? Math.floor((Date.now() - phone.since) / 1000) : 0;
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (timer.textContent !== text) timer.textContent = text;
}

/** Function keys, so that they work while she writes notes and disturb no other key (WCAG 2.2, 2.1.4). */
function key(event: KeyboardEvent): void {
  if (!byId<HTMLInputElement>("keys-on").checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "F8" && event.shiftKey) phone.hangUp();
  else if (event.key === "F8") void phone.answer();
  else if (event.key === "F9") phone.mute(!phone.muted);
  else if (event.key === "F7") stepOut();
  else if (event.key === "F4") document.querySelector<HTMLElement>("#desk-live button[value=escalate]")?.click();
  else return;
  event.preventDefault();
}

/** Holds her own leg, or takes the call back: the others stay together. */
function stepOut(): void {
  phone.hold(phone.call === "talking");
}

function wire(): void {
  byId("answer").addEventListener("click", () => void phone.answer());
  byId("hang-up").addEventListener("click", () => phone.hangUp());
  byId("mute").addEventListener("click", () => phone.mute(!phone.muted));
  byId("hold").addEventListener("click", stepOut);
  byId("take-over").addEventListener("click", () => void phone.start(true));
  for (const button of panel.querySelectorAll<HTMLElement>("[data-digit]")) {
    button.addEventListener("click", () => phone.digits(button.dataset["digit"]!));
  }
  addEventListener("keydown", key);
  for (const gesture of ["pointerdown", "keydown"] as const) {
    addEventListener(gesture, () => {
      phone.wake();
      if (!bell.awake) void bell.wake().then(show);
    });
  }
  const keys = byId<HTMLInputElement>("keys-on");
  keys.checked = localStorage.getItem(KEYS) !== "0";
  keys.addEventListener("change", () => localStorage.setItem(KEYS, keys.checked ? "1" : "0"));
  const notices = byId<HTMLInputElement>("notices-on");
  notices.checked = noticesWanted();
  notices.addEventListener("change", async () => {
    notices.checked = await wantNotices(notices.checked);
  });
  stayOnPage(() => phone.call !== "none");
  headset(phone, bell);
  pictures(post);
}

wire();
phone.addEventListener("change", () => {
  show();
  void (told === (phone.line === "ready" ? "there" : "gone") || tellServer());
});
show();
setInterval(lights, LIGHTS_MS);
if (panel.dataset["on"] === "1") {
  void phone.start();
  setInterval(() => phone.line === "ready" && void tellServer(), HERE_MS);
  addEventListener("pagehide", () => told === "there" && void post(panel.dataset["here"]!, {}, true));
}
