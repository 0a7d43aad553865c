// Asks for the moving part of the desk every five seconds. A row never moves under the pointer or the focus:
// then what is new waits behind a button. Silence of the server is said, not hidden.
const now = document.getElementById("now");
const news = document.getElementById("news");
const stale = document.getElementById("stale");
const EVERY_MS = 5000;
const STALE_MS = 30000;
let answered = Date.now();
let waiting = null;
let shown = now.innerHTML;

const isBusy = () => now.matches(":hover") || now.contains(document.activeElement) || now.querySelector("details[data-keep][open]");

// Times of looking differ in every answer; only what else differs is news.
const gist = (html) => html.replace(/\d\d:\d\d(:\d\d)?/g, "").replace(/(value|datetime|data-\w+)="[^"]*"/g, "").replace(/csrfmiddlewaretoken[^>]*/g, "");

function show(html) {
  now.innerHTML = html;
  shown = html;
  waiting = null;
  news.hidden = true;
}

async function look() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(now.dataset.from, { headers: { Accept: "text/html" }, redirect: "error" });
    if (answer.status === 401) document.dispatchEvent(new Event("desk-locked"));
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    answered = Date.now();
    if (!isBusy()) show(html);
    else if (gist(html) !== gist(shown)) {
      waiting = html;
      news.hidden = false;
    }
  } catch (err) {
    console.warn("the desk could not be read again", err);
  }
  stale.hidden = Date.now() - answered < STALE_MS;
}

news.addEventListener("click", () => waiting && show(waiting));
setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
