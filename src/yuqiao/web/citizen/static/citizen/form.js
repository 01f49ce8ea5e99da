/* Begins to reckon as soon as the page is open, so that most people wait for nothing when they send the form. */

import { prove } from "./prove.js";

const form = document.querySelector("form[data-task]");
const working = form.querySelector("[data-when=working]");
const proof = prove(form.dataset.task, form.dataset.solver);
let ready = false;

proof.then((answer) => {
  form.elements.proof.value = answer;
  ready = true;
});

form.addEventListener("submit", async (event) => {
  if (ready) return;
  event.preventDefault();
  working.hidden = false;
  await proof;
  form.requestSubmit();
});
