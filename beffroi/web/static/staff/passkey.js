// Passkeys: a form with data-passkey says whether one is made or asked for, its JSON says for whom. A browser that cannot
// leaves the button hidden, and a code works as ever.
const can = typeof PublicKeyCredential === "function" && typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";

async function credential(form) {
  const { publicKey } = JSON.parse(form.querySelector('script[type="application/json"]').textContent);
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}

async function use(form) {
  const fault = form.querySelector("[data-fault]");
  fault.hidden = true;
  if (!form.reportValidity()) return;
  try {
    form.elements.credential.value = JSON.stringify((await credential(form)).toJSON());
    form.requestSubmit();
  } catch (err) {
    console.warn("no passkey", err);
    fault.hidden = false;
  }
}

export function ready(root) {
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    if (!can) continue;
    form.hidden = false;
    for (const part of form.querySelectorAll("[data-can]")) part.hidden = false;
    form.querySelector("button[type=button]").addEventListener("click", () => use(form));
  }
}

ready(document);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
