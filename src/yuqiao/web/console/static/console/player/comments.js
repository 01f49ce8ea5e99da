// Comments beside the player: written at the moment that is heard, shown as flags on the time axis and as a list.

import { duration } from "../clock.js";

/**
 * Ties the comments of the page to a player. `ask()` says where it stands: {at, passage} in seconds. Returns
 * {place(length), begin()}: put the flags on an axis of so many seconds, begin a comment here.
 */
export function comments(ask) {
  const form = document.getElementById("comment");
  const flags = document.getElementById("flags");
  const problem = document.getElementById("comment-problem");
  const moment = document.getElementById("comment-at");
  let length = 0;

  const list = () => document.getElementById("comments");

  function place(seconds) {
    length = seconds;
    flags.replaceChildren();
    for (const one of list().querySelectorAll(":scope > [data-at]")) {
      const flag = document.createElement("button");
      flag.className = "flag";
      flag.type = "button";
      flag.dataset.second = one.dataset.at;
      flag.dataset.kind = one.dataset.kind;
      flag.toggleAttribute("data-settled", one.hasAttribute("data-settled"));
      flag.style.left = `${Math.min(100, (Number(one.dataset.at) / length) * 100)}%`;
      flag.title = one.querySelector(".comment-text").textContent;
      flag.setAttribute("aria-label", `${one.querySelector(".jump").textContent} ${one.querySelector(".kind").textContent}`);
      flags.append(flag);
    }
  }

  /** The moment is that at which she begins to write, or the chosen passage when she stands in it. */
  function take() {
    if (form.elements.at.value !== "") return;
    const { at, passage } = ask();
    const whole = passage && passage.from <= at && at <= passage.until;
    form.elements.at.value = Math.round((whole ? passage.from : at) * 1000);
    form.elements.until.value = whole ? Math.round(passage.until * 1000) : "";
    moment.textContent = [form.elements.at.value, form.elements.until.value].filter(Boolean).map(Number).map(duration).join(" – ");
  }

  function leave() {
    if (form.elements.text.value.trim() !== "") return;
    form.elements.at.value = form.elements.until.value = moment.textContent = "";
  }

  async function send(event) {
    event.preventDefault();
    const body = new FormData(event.target, event.submitter);
    body.append("part", "1");
    try {
      const answer = await fetch(event.target.action, { method: "POST", body });
      const said = await answer.text();
      problem.hidden = answer.ok;
      if (!answer.ok) {
        problem.textContent = answer.status === 400 ? said : problem.dataset.failed;
        return;
      }
      list().replaceWith(document.createRange().createContextualFragment(said));
      if (event.target === form) {
        form.elements.text.value = "";
        leave();
      }
      if (length) place(length);
    } catch {
      problem.textContent = problem.dataset.failed;
      problem.hidden = false;
    }
  }

  form?.elements.text.addEventListener("focus", take);
  form?.elements.text.addEventListener("blur", leave);
  document.addEventListener("submit", (event) => {
    if (event.target === form || list().contains(event.target)) send(event);
  });
  return { place, begin: () => form?.elements.text.focus() };
}
