// Counts on the page: how long since, how long until, and the city's clock. Without it the server's figures stand.
const two = (n) => String(n).padStart(2, "0");
const span = (s) => `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;

function tick() {
  const now = Date.now();
  for (const el of document.querySelectorAll("[data-since]")) {
    el.textContent = span(Math.max(0, Math.floor((now - Date.parse(el.dataset.since)) / 1000)));
  }
  for (const el of document.querySelectorAll("[data-until]")) {
    el.textContent = span(Math.max(0, Math.floor((Date.parse(el.dataset.until) - now) / 1000)));
  }
  for (const el of document.querySelectorAll("[data-clock]")) {
    const time = new Date(now).toLocaleTimeString("en-GB", { timeZone: el.dataset.clock });
    el.firstElementChild.textContent = time;
  }
}

tick();
setInterval(tick, 1000);
document.querySelector("[data-first]")?.focus();
