// The live board: calls come, change and end as the stream tells; dialogs for what a supervisor does from here.

import { paint } from "./clock.js";
import { element, follow } from "./live.js";

const open = document.getElementById("open-calls");
const finished = document.getElementById("finished-calls");
const most = Number(document.getElementById("feed").dataset.finished);
const NEW_MS = 1500; // so long a card stands out that has just come
const fresh = [];

/** Let cards stand out no longer: several at once, for each time costs a painting of the board. */
function settle() {
  while (fresh[0]?.until < performance.now()) fresh.shift().card.classList.remove("new");
}

/** Put a card among the others by its start; `rising`: oldest first. */
function place(list, card, rising) {
  const started = Number(card.dataset.started);
  const later = (other) => (rising ? Number(other.dataset.started) > started : Number(other.dataset.started) < started);
  list.insertBefore(card, [...list.children].find(later) ?? null);
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
    fresh.push({ card, until: performance.now() + NEW_MS });
  }
  if (focused) (card.matches("a") ? card : card.querySelector("a"))?.focus();
  while (finished.children.length > most) finished.lastElementChild.remove();
}

/** Ask about one waiting call; people who hold its language come first. */
function reroute(button) {
  const dialog = document.getElementById("reroute");
  const { call, language, name } = button.dataset;
  const form = dialog.querySelector("form");
  form.action = dialog.dataset.url.replace(/0{8}-0{4}-0{4}-0{4}-0{12}/, call);
  form.elements.language.value = language;
  dialog.querySelector("h2 span").textContent = name;
  for (const option of form.elements.interpreter.options) {
    option.hidden = Boolean(option.value) && !option.dataset.languages.split(" ").includes(language);
  }
  form.elements.interpreter.value = "";
  dialog.showModal();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.matches(".reroute")) reroute(button);
  if (button?.matches("dialog .close")) button.closest("dialog").close();
  if (button?.id === "emergency-open") document.getElementById("emergency-switch").showModal();
});
setInterval(settle, 500);
follow({ call: showCall });
