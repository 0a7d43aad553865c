// An alert's own page: says when its time is over, looks for newer news, shares, opens the map.

import { openable } from "./map.js";
import { setClock, watch } from "./expiry.js";

const LOOK_MS = 30_000;
const head = document.getElementById("alert");

function over() {
  if (head.dataset.standing !== "live") return;
  head.dataset.standing = "expired";
  head.classList.remove("solid");
  head.dataset.sev = "unknown";
  document.getElementById("over").hidden = false;
}

// The page is published anew when anything changes: another ETag means other news.
let known = null;
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-cache" });
    const tag = answer.headers.get("etag");
    if (known !== null && answer.ok && tag && tag !== known) location.reload();
    known ??= tag;
  } catch {
    // Offline: what is on the screen is the newest there is, and its own end is still watched.
  }
}

const share = document.getElementById("share");
if (navigator.share && share) {
  share.hidden = false;
  share.addEventListener("click", async () => {
    try {
      await navigator.share({ title: document.title, url: location.href });
    } catch (error) {
      if (error.name !== "AbortError") throw error; // closing the sheet is no error
    }
  });
}

openable();
await setClock(); // last: what can be pressed works before the network answers
watch([head], over);
look();
setInterval(look, LOOK_MS);
document.addEventListener("visibilitychange", look);
