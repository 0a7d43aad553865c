// A page that nobody has rendered anew must say itself when its time is over. The clock that counts is the server's:
// a wrong clock in the reader's device is corrected by the Date header of the page's own answer.

let skewMs = 0;

export function now() {
  return Date.now() + skewMs;
}

// Measure the difference of the clocks by a request that is cheap and always fresh enough (within a few seconds).
export async function setClock() {
  try {
    const before = Date.now();
    const answer = await fetch("/healthz", { method: "HEAD", cache: "no-store" });
    const date = Date.parse(answer.headers.get("date") ?? "");
    if (!Number.isNaN(date)) {
      const middle = (before + Date.now()) / 2;
      skewMs = Math.abs(date + 500 - middle) > 5000 ? date + 500 - middle : 0;
    }
  } catch {
    skewMs = 0; // offline: the device's own clock is the best there is
  }
}

// Calls `tell(element)` once for each element with data-expires whose time is over, now or when it comes.
export function watch(elements, tell) {
  const waiting = new Set(elements);
  const look = () => {
    for (const element of waiting) {
      if (now() >= Date.parse(element.dataset.expires)) {
        waiting.delete(element);
        tell(element);
      }
    }
    if (waiting.size === 0) clearInterval(timer);
  };
  const timer = setInterval(look, 1000);
  look();
}
