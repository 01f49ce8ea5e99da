// Passkeys (WebAuthn level 3, 5.1): asks the browser for one and sends its answer with the form it stands in.
//
// <form data-passkey="get|create" data-options='{"publicKey": …}'> or data-ask="address that gives the options";
// the answer goes into its field "credential". What went wrong is said by the form's hidden [data-trouble].

const speaks = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options).publicKey;
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options.publicKey;
}

async function credentialFor(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey === "get") {
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }
  const alone = form.elements.passwordless.checked;
  options.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    userVerification: alone ? "required" : "preferred",
  };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !speaks && "ask" in form.dataset;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const problem = form.querySelector("[data-trouble]");
    button.disabled = true;
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify((await credentialFor(form)).toJSON());
      form.submit();
    } catch {
      problem.hidden = false;
      button.disabled = false;
    }
  });
}
