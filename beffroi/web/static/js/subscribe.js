// The subscribe page: checks, asks the browser, sends cells and addresses, shows the private link.

import { Picker } from "./picker.js";
import * as push from "./push.js";
import { fill, words } from "./site.js";
import { put } from "./store.js";

const MOST_CELLS = 2000;
const say = words();
const form = document.getElementById("subscribe");
const byId = (id) => document.getElementById(id);
const picker = new Picker(byId("picker"), say, summary);
const pushBox = byId("push");
const mailBox = byId("mail");

function summary({ chosen }) {
  const line = byId("sum-places");
  line.hidden = false;
  const names = [...chosen.values()].map((place) => place.name);
  const count = Object.assign(document.createElement("strong"), {
    textContent: names.length === 0 ? say.no_places : names.length === 1 ? names[0] : fill(say.summary_places, { n: names.length }),
  });
  const list = Object.assign(document.createElement("span"), { className: "soft", textContent: names.length > 1 ? names.join(", ") : "" });
  line.replaceChildren(count, document.createElement("br"), list);
}

function ways() {
  if (pushBox) {
    byId("push-choice").hidden = false;
    pushBox.checked = push.isPossible();
    pushBox.disabled = !push.isPossible();
    if (!push.isPossible()) byId("push-choice").querySelector(".hint").textContent = say.unsupported;
  }
  if (mailBox) {
    byId("mail-choice").hidden = !pushBox;
    mailBox.checked = !pushBox || !push.isPossible();
    const fold = () => { byId("email-field").hidden = !mailBox.checked; };
    mailBox.addEventListener("change", fold);
    fold();
  }
}

// Each fault as [id of the field, sentence].
function faults() {
  const found = [];
  if (picker.chosen.size === 0) found.push(["add", say.needs_place]);
  if (picker.cells().length > MOST_CELLS) found.push(["add", say.too_many]);
  if (!pushBox?.checked && !mailBox?.checked) found.push([pushBox ? "push" : "mail", say.needs_channel]);
  if (mailBox?.checked && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(byId("email").value.trim())) found.push(["email", say.needs_email]);
  return found;
}

function show(found) {
  const isMail = found.some(([id]) => id === "email");
  byId("email")?.toggleAttribute("aria-invalid", isMail);
  if (isMail) byId("email").setAttribute("aria-invalid", "true");
  if (byId("email-error")) byId("email-error").hidden = !isMail;
  byId("errors").hidden = found.length === 0;
  byId("errors-list").replaceChildren(...found.map(([id, text]) => {
    const line = document.createElement("li");
    const link = id ? Object.assign(document.createElement("a"), { href: `#${id}` }) : document.createElement("span");
    link.textContent = text;
    line.append(link);
    return line;
  }));
  if (found.length) byId("errors").focus();
}

async function send() {
  const channels = [];
  let subscription;
  if (pushBox?.checked) {
    subscription = await push.subscribe(form.dataset.pushKey);
    channels.push({ channel: "webpush", subscription });
  }
  if (mailBox?.checked) channels.push({ channel: "email", email: byId("email").value.trim() });
  const wish = {
    channels,
    cells: picker.cells(),
    language: byId("lang").value,
    floor: Number(new FormData(form).get("floor")),
    exercise: byId("exercise").checked,
  };
  const answer = await fetch("/api/subscriptions", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wish),
  });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.code), { told });
  if (subscription) await put({ link: new URL(told.link).pathname.split("/")[3], endpoint: subscription.endpoint });
  finish(told, Boolean(subscription));
}

function finish(told, isPush) {
  document.querySelector("main > .split").hidden = true;
  byId("done").hidden = false;
  byId("done-push").hidden = !isPush;
  byId("done-mail").hidden = told.confirm.length === 0;
  if (!isPush) byId("done-title").textContent = byId("done-title").dataset.almost;
  const link = byId("link");
  link.href = link.textContent = told.link;
  const copy = byId("copy");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(told.link);
    byId("copied").textContent = say.copied;
  });
  byId("done-title").focus();
  window.scrollTo(0, 0);
}

function reason(error) {
  if (error instanceof push.Refused) return ["push", say.denied];
  if (error.told) return [error.told.code === "email-bad" ? "email" : "", error.told.detail ?? say.failed];
  if (error instanceof TypeError) return ["", say.offline];
  if (error instanceof DOMException) return ["push", say.push_failed];
  return ["", say.failed];
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = faults();
  show(found);
  if (found.length) return;
  const button = byId("start");
  button.disabled = true;
  try {
    await send();
  } catch (error) {
    show([reason(error)]);
  } finally {
    button.disabled = false;
  }
});

ways();
form.dataset.ready = "true";
