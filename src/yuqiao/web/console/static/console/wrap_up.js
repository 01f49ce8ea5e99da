// The form after a call by keyboard alone: digits choose in the framed step and go on; what was chosen is saved at once.
// On the interpreter's own page the form of the next call comes by itself when the last one is done.

const BEAT_MS = 5000; // how often typing tells the server that she is still at the form

const visible = (element) => element.offsetParent !== null;
const stepsOf = (form) => [...form.querySelectorAll("[data-step]")];
const optionsOf = (box) => [...box.children].filter((child) => child.matches(".option"));
const radioOf = (option) => option.querySelector(":scope > label input");

function level(step) {
  // The choices that digits mean now: those below the chosen topic as long as it has any, else the step's own.
  const chosen = step.querySelector("input:checked")?.closest(".option");
  const below = chosen?.querySelector(":scope > .below");
  return below && step.classList.contains("deeper") ? optionsOf(below) : optionsOf(step);
}

function frame(form, step) {
  for (const other of stepsOf(form)) other.classList.toggle("now", other === step);
  if (step) step.focus({ preventScroll: true });
  else form.querySelector("textarea").focus();
}

function current(form) {
  return form.querySelector("[data-step].now");
}

function next(form, step) {
  step.classList.remove("deeper");
  const steps = stepsOf(form);
  frame(form, steps[steps.indexOf(step) + 1]);
}

function choose(form, step, option) {
  const radio = radioOf(option);
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  if (option.querySelector(":scope > .below")) step.classList.add("deeper");
  else next(form, step);
}

function key(event) {
  const form = event.currentTarget;
  const writing = event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])");
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && event.target.matches("textarea[name=note]") && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[name=finish]"));
    return;
  }
  const step = current(form);
  if (writing || !step) return;
  if (/^[1-9]$/.test(event.key)) {
    const option = level(step)[Number(event.key) - 1];
    if (option) choose(form, step, option);
  } else if (event.key === "0") {
    next(form, step);
  } else if (event.key === "Backspace") {
    if (step.classList.contains("deeper")) step.classList.remove("deeper");
    else frame(form, stepsOf(form)[Math.max(0, stepsOf(form).indexOf(step) - 1)]);
  } else return;
  event.preventDefault();
}

async function save(form, signal) {
  if (form.dataset.own === "no" || form.dataset.sent) return;
  const status = form.querySelector(".saved");
  const body = new FormData(form);
  for (const name of ["finish", "agrees", "address", "complaint"]) body.delete(name);
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal });
    status.textContent = answer.status === 204 ? form.dataset.saved : form.dataset.unsaved;
  } catch {
    if (signal.aborted) return; // what is sent now holds it all
    status.textContent = form.dataset.unsaved;
  }
}

function wake(form) {
  if (form.dataset.awake) return;
  form.dataset.awake = "yes";
  let saving = Promise.resolve();
  const drafts = new AbortController(); // no draft may come after the form itself
  let last = 0;
  const later = () => { saving = saving.then(() => save(form, drafts.signal)); };
  form.addEventListener("keydown", key);
  form.addEventListener("change", later);
  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea") || Date.now() - last < BEAT_MS) return;
    last = Date.now();
    later();
  });
  form.addEventListener("submit", () => {
    form.dataset.sent = "yes";
    drafts.abort();
  });
  form.addEventListener("focusin", (event) => {
    const step = event.target.closest("[data-step]");
    for (const other of stepsOf(form)) other.classList.toggle("now", other === step);
  });
  const first = stepsOf(form).find((step) => !step.querySelector("input:checked")) ?? stepsOf(form)[0];
  const idle = document.activeElement === document.body || document.activeElement?.closest("#desk-live");
  if (idle && visible(form)) frame(form, first);
}

async function fresh(section) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const incoming = page.getElementById("wrap-up");
  if (!answer.ok || answer.redirected || !incoming) return;
  section.replaceWith(document.adoptNode(incoming));
  watch();
}

function watch() {
  const form = document.querySelector(".wrap-form");
  if (form) wake(form);
}

// From her notes, or from anywhere else, to the first step that waits: F6 goes to the next part of a page anywhere.
addEventListener("keydown", (event) => {
  const form = document.querySelector(".wrap-form");
  if (event.key !== "F6" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !form || !visible(form)) return;
  event.preventDefault();
  frame(form, stepsOf(form).find((step) => !step.querySelector("input:checked")));
});

let asked = "";
function look() {
  // The part of the page that refreshes itself names the call whose wrap-up is open.
  const wanted = document.getElementById("desk-live")?.dataset.wrapUp ?? "";
  const section = document.getElementById("wrap-up");
  const shown = document.querySelector(".wrap-form")?.dataset.call ?? "";
  if (!section || wanted === shown || wanted === asked) return;
  if (shown && section.contains(document.activeElement)) return; // she is still writing
  asked = wanted;
  fresh(section).finally(() => { asked = ""; });
}

watch();
if (document.getElementById("desk-live")) new MutationObserver(look).observe(document.getElementById("main"), { childList: true });
