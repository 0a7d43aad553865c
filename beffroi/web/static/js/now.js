// The page of what is happening now: tells what is over, and looks again so that it never shows yesterday.

import { openable } from "./map.js";
import { setClock, watch } from "./expiry.js";

const LOOK_MS = 30_000;

function over(item) {
  item.classList.remove("solid");
  item.classList.add("ended");
  item.dataset.sev = "unknown";
  item.querySelector(".sign use").setAttribute("href", "#s-unknown");
  item.querySelector("[data-over]").hidden = false;
}

// Takes the new page's main part in place of the old one, unless the reader is in the middle of something (focus or a moving map).
async function look() {
  if (document.hidden) return;
  let text;
  try {
    const answer = await fetch(location.pathname, { cache: "no-cache" });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return; // offline: "Checked" keeps the time of the last answer
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const ids = (page) => [...page.querySelectorAll(".calls h2 a")].map((link) => link.getAttribute("href")).join(" ");
  const main = document.querySelector("main");
  if (ids(fresh) === ids(document)) {
    const times = fresh.querySelectorAll("time[data-checked]");
    document.querySelectorAll("time[data-checked]").forEach((time, index) => time.replaceWith(times[index]));
  } else if (!main.contains(document.activeElement) && !main.querySelector(".map.live")) {
    main.replaceWith(fresh.querySelector("main"));
    openable();
    watchAll();
  } else {
    location.reload();
  }
}

function watchAll() {
  watch(document.querySelectorAll(".call[data-expires]"), over);
}

openable();
await setClock();
watchAll();
setInterval(look, LOOK_MS);
document.addEventListener("visibilitychange", look);
