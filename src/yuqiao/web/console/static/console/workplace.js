// Notes and terms beside a call: kept while she types, looked up while she types. They come by themselves when her
// call begins, and stay as they are while the rest of the page refreshes.

const KEEP_MS = 600; // after the last letter
const AGAIN_MS = 2000;
const LOOK_MS = 150;
const NEW_CALL_MS = 1000;

const place = document.getElementById("workplace");
let shown = "";

function say(form, state, text = "") {
  const kept = form.querySelector(".kept");
  kept.dataset.state = state;
  kept.textContent = [kept.dataset[state], text].filter(Boolean).join(" ");
}

async function keep(form) {
  const version = form.dataset.version;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
    const said = await answer.json();
    if (answer.status === 409) return say(form, "failed", said.error);
    if (!answer.ok) throw new Error(answer.status);
    if (form.dataset.version === version) {
      delete form.dataset.unkept;
      say(form, "kept", said.kept);
    }
  } catch {
    say(form, "failed");
    form.timer = setTimeout(keep, AGAIN_MS, form);
  }
}

function changed(form) {
  form.dataset.version = Number(form.dataset.version ?? 0) + 1;
  form.dataset.unkept = "1";
  say(form, "typing");
  clearTimeout(form.timer);
  form.timer = setTimeout(keep, KEEP_MS, form);
}

async function look(form) {
  const list = form.parentElement.querySelector(".terms");
  const asked = new URLSearchParams(new FormData(form)).toString();
  form.dataset.asked = asked;
  try {
    const answer = await fetch(`${form.getAttribute("action")}?${asked}`);
    const text = await answer.text();
    if (!answer.ok || form.dataset.asked !== asked) return;
    const found = new DOMParser().parseFromString(`<ul>${text}</ul>`, "text/html");
    list.replaceChildren(...found.querySelectorAll("li"));
  } catch {
    // The next letter tries again.
  }
}

function begin(part) {
  const note = part.querySelector("form.note");
  note?.addEventListener("input", () => changed(note));
  note?.addEventListener("submit", (event) => event.preventDefault());
  const search = part.querySelector("form.term-search");
  search?.addEventListener("input", () => {
    clearTimeout(search.timer);
    search.timer = setTimeout(look, LOOK_MS, search);
  });
  search?.addEventListener("submit", (event) => {
    event.preventDefault();
    look(search);
  });
  if (search) look(search);
}

async function show() {
  const wanted = place.dataset.src ?? document.querySelector("[data-workplace]")?.dataset.workplace ?? shown;
  const unkept = place.querySelector("[data-unkept]");
  if (wanted !== shown && !unkept) {
    try {
      const answer = await fetch(wanted);
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...page.body.children);
        shown = wanted;
        begin(place);
      }
    } catch {
      // The next round tries again.
    }
  }
  setTimeout(show, NEW_CALL_MS);
}

addEventListener("pagehide", () => {
  const form = place.querySelector("[data-unkept]");
  if (form) keep(form);
});
if (place) show();
