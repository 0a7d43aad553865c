// When nobody has touched the page for a while it is covered, and the second factor uncovers it: what was typed is still
// there. The server locks by itself (web/doors.py); this hides what an empty chair would show.
import { ready } from "./passkey.js";

const dialog = document.getElementById("lock");
const inside = dialog.querySelector("[data-inside]");
const fallback = dialog.querySelector("[data-fallback]");
const LIMIT_MS = Number(dialog.dataset.idle) * 1000;
const LOOK_MS = 5000;
let touched = Date.now();
let isLocked = false;

function fill(html) {
  const found = new DOMParser().parseFromString(html, "text/html").querySelector("[data-lock]");
  if (!found) {
    location.reload(); // the session is over: the log-in comes next
    return;
  }
  if (found.dataset.lock !== "locked") {
    unlock(); // in another tab
    return;
  }
  inside.replaceChildren(document.adoptNode(found));
  for (const link of inside.querySelectorAll("[data-apart]")) link.target = "_blank"; // what was typed stays here
  ready(inside);
  inside.querySelector("[autofocus]")?.focus();
}

async function ask(url, options) {
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, ...options });
    if (answer.type === "opaqueredirect") unlock();
    else fill(await answer.text());
  } catch (err) {
    console.warn("the lock could not be opened", err);
    fallback.hidden = false;
  }
}

function lock() {
  if (isLocked) return;
  isLocked = true;
  dialog.showModal();
  ask(dialog.dataset.from);
}

function unlock() {
  isLocked = false;
  touched = Date.now();
  inside.replaceChildren();
  fallback.hidden = true;
  dialog.close();
}

for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
  addEventListener(kind, () => { touched = isLocked ? touched : Date.now(); }, { passive: true, capture: true });
}
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)), redirect: "manual" });
});
dialog.addEventListener("close", () => isLocked && dialog.showModal()); // Escape does not unlock
document.addEventListener("desk-locked", lock);
document.addEventListener("visibilitychange", () => isLocked && !document.hidden && ask(dialog.dataset.from));
setInterval(() => Date.now() - touched > LIMIT_MS && lock(), LOOK_MS);
