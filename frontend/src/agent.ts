// The page of a partner line's agent: it calls for her when she asked for an interpreter, and keeps her notes.

import { stayOnPage, refreshNow } from "./desk/forms";
import { kept } from "./phone/kept";
import { Softphone, type Ticket } from "./softphone";

const LIGHTS_MS = 100;
const KEEP_MS = 600;
const AGAIN_MS = 2000;

const panel = document.getElementById("phone")!;
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const live = () => byId("desk-live");
const token = () => panel.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value;

/** What the server says with a ticket: which number it dials, "" for none. */
interface Agents extends Ticket {
  dials: string;
}

let dials = "";
let dialling = false;
let called = ""; // the request for which this page has called

async function fetchTicket(): Promise<Ticket> {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token() });
  const answer = await fetch(panel.dataset["ticket"]!, { method: "POST", body });
  if (!answer.ok || answer.redirected) throw new Error(`no ticket: ${answer.status}`);
  const ticket = (await answer.json()) as Agents;
  dials = ticket.dials;
  return ticket;
}

const phone = new Softphone(fetchTicket);
let before = phone.call;

function show(): void {
  panel.dataset["line"] = phone.line;
  panel.dataset["call"] = phone.call;
  const says = phone.call !== "none" || phone.problem !== null || phone.line === "taken";
  panel.hidden = !says;
  panel.querySelector<HTMLElement>(".phone-call")!.hidden = phone.call === "none";
  for (const part of panel.querySelectorAll<HTMLElement>("[data-when-call]")) {
    part.hidden = !part.dataset["whenCall"]!.split(" ").includes(phone.call);
  }
  for (const part of panel.querySelectorAll<HTMLElement>("[data-when-line]")) {
    part.hidden = part.dataset["whenLine"] !== phone.line;
  }
  for (const part of panel.querySelectorAll<HTMLElement>("[data-problem]")) {
    part.hidden = part.dataset["problem"] !== phone.problem;
  }
  byId("mute").setAttribute("aria-pressed", String(phone.muted));
}

function changed(): void {
  if (phone.line === "ready" && phone.call === "none" && dials && !dialling && phone.problem !== "microphone") {
    const number = dials;
    dials = "";
    dialling = true;
    void phone.dial(number).finally(() => (dialling = false));
  }
  if (before !== phone.call) {
    const over = phone.call === "none";
    before = phone.call;
    if (over) {
      phone.stop();
      byId("said").replaceChildren();
    }
    refreshNow();
  }
  show();
}

/** Calls for a request that waits for its call, once. */
function follow(): void {
  const { request = "", dials: wants } = live().dataset;
  if (wants !== undefined && request !== called && phone.call === "none") {
    called = request;
    phone.problem = null;
    if (phone.line !== "off") phone.stop(); // a ticket is for one request
    void phone.start();
  }
  void notes();
}

// --- asking: what the server says takes the place of the form, so that nothing that was typed is lost

function put(page: Document): void {
  const fresh = page.getElementById("desk-live");
  if (!fresh) return location.reload();
  live().replaceWith(document.adoptNode(fresh));
  const messages = page.querySelector(".messages");
  byId("said").classList.remove("alert");
  byId("said").replaceChildren(...(messages ? [document.adoptNode(messages)] : []));
  find();
  document.dispatchEvent(new Event("refreshed"));
  fresh.querySelector<HTMLElement>("[aria-invalid=true], [autofocus]")?.focus();
}

async function ask(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  phone.wake();
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter) });
    if (answer.status !== 422 && !answer.ok) throw new Error(String(answer.status));
    history.replaceState(null, "", new URL(".", new URL(form.action)).pathname.replace(/ask\/$/, "") || location.href);
    put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    byId("said").textContent = byId("said").dataset["failed"]!;
    byId("said").classList.add("alert");
  }
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    if (form.id !== "ask" && !form.hasAttribute("data-rating")) return;
    if (form.id === "ask" || phone.call !== "none") {
      event.preventDefault();
      event.stopImmediatePropagation();
      void ask(form, event.submitter);
    } else event.stopImmediatePropagation(); // a rating is sent as any form: nothing runs that could be interrupted
  },
  true,
);

// --- finding a language by any of its names

function find(): void {
  const field = document.getElementById("find-language") as HTMLInputElement | null;
  if (!field) return;
  const wanted = field.value.trim().toLowerCase();
  let found = 0;
  for (const tile of document.querySelectorAll<HTMLElement>("[data-found-by]")) {
    tile.hidden = !tile.dataset["foundBy"]!.includes(wanted);
    if (!tile.hidden) found += 1;
  }
  byId("none-found").hidden = found > 0;
}

function chooseFirst(event: KeyboardEvent): void {
  if (event.key !== "Enter" || (event.target as HTMLElement).id !== "find-language") return;
  event.preventDefault();
  document.querySelector<HTMLAnchorElement>("[data-found-by]:not([hidden]) a")?.click();
}

// --- notes, kept while she types

let noted = "";

async function notes(): Promise<void> {
  const url = live().dataset["note"] ?? "";
  if (!url || url === noted) return;
  noted = url;
  const answer = await fetch(url);
  if (!answer.ok) return void (noted = "");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  byId("agent-note").replaceChildren(...[...page.body.children].map((one) => document.adoptNode(one)));
}

let keeping: ReturnType<typeof setTimeout> | undefined;

async function keep(form: HTMLFormElement): Promise<void> {
  const says = form.querySelector<HTMLElement>(".kept")!;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
    const said = (await answer.json()) as { kept?: string; error?: string };
    says.textContent = said.error ?? `${says.dataset["kept"]!} ${said.kept!}`;
  } catch {
    says.textContent = says.dataset["failed"]!;
    keeping = setTimeout(keep, AGAIN_MS, form);
  }
}

byId("agent-note").addEventListener("input", (event) => {
  clearTimeout(keeping);
  keeping = setTimeout(keep, KEEP_MS, (event.target as HTMLInputElement).form!);
});

// --- the telephone's buttons and keys

function lights(): void {
  if (phone.call === "none") return;
  const { own, heard, ownSpeaks, heardSpeaks } = phone.levels;
  byId<HTMLMeterElement>("own-level").value = own;
  byId<HTMLMeterElement>("heard-level").value = heard;
  panel.querySelector("[data-light=own]")!.toggleAttribute("data-speaks", ownSpeaks);
  panel.querySelector("[data-light=heard]")!.toggleAttribute("data-speaks", heardSpeaks);
}

function key(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
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
byId("again").addEventListener("click", () => {
  called = "";
  follow();
});
for (const button of panel.querySelectorAll<HTMLElement>("[data-digit]")) {
  button.addEventListener("click", () => phone.digits(button.dataset["digit"]!));
}
addEventListener("keydown", key);
addEventListener("keydown", chooseFirst);
addEventListener("pointerdown", () => phone.wake());
document.addEventListener("input", (event) => (event.target as HTMLElement).id === "find-language" && find());
document.addEventListener("refreshed", follow);
phone.addEventListener("change", changed);
stayOnPage(() => phone.call !== "none");
setInterval(lights, LIGHTS_MS);
if (kept()?.address.startsWith("sip:agent-")) void phone.start();
show();
follow();
