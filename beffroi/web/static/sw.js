// Shows alerts. One notification an event: the tag is the event's, a later message takes the place of the one before.
// Payload: channels/webpush.py. What this worker remembers: js/store.js.

const RANK = { Extreme: 4, Severe: 3, Moderate: 2, Minor: 1, Unknown: 0 };
const KEEP = 200; // events remembered: enough to know a repeat, little enough to be nothing

function open() {
  return new Promise((done, failed) => {
    const request = indexedDB.open("beffroi", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("seen");
      request.result.createObjectStore("own");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function asked(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function seen(tag) {
  const database = await open();
  const found = await asked(database.transaction("seen").objectStore("seen").get(tag));
  database.close();
  return found ?? { number: 0, rank: -1, at: 0 };
}

async function remember(tag, value) {
  const database = await open();
  const store = database.transaction("seen", "readwrite").objectStore("seen");
  await asked(store.put(value, tag));
  const all = await asked(store.getAllKeys());
  if (all.length > KEEP) {
    const ages = await Promise.all(all.map(async (key) => [key, (await asked(store.get(key))).at]));
    ages.sort((a, b) => a[1] - b[1]);
    await Promise.all(ages.slice(0, all.length - KEEP).map(([key]) => asked(store.delete(key))));
  }
  database.close();
}

function read(event) {
  try {
    const content = event.data.json();
    return content.v === 1 && typeof content.tag === "string" && Number.isInteger(content.number) ? content : null;
  } catch {
    return null; // not ours, or from a later version: nothing that could be shown truthfully
  }
}

// Whether the phone should make a sound again: for the first message of an event, when it got worse, and when it is over.
function isLoud(content, before) {
  if (before.number === 0 || content.ending) return true;
  return (RANK[content.severity] ?? 0) > before.rank;
}

// Browsers demand that every push shows something, else they show words of their own or end the subscription. What must
// not be shown any more shows, without a sound, that it is no longer valid, and is gone at once.
async function hush(content) {
  const tag = `over:${content.tag}`;
  await self.registration.showNotification(content.over ?? self.location.host, { lang: content.lang, tag, silent: true });
  for (const shown of await self.registration.getNotifications({ tag })) shown.close();
}

async function show(content) {
  if (Date.now() / 1000 >= content.expires) return hush(content);
  const before = await seen(content.tag);
  if (content.number < before.number) return hush(content); // an older message came late
  const isRepeat = content.number === before.number;
  const isSilent = isRepeat || !isLoud(content, before);
  await self.registration.showNotification(content.title, {
    body: content.body,
    lang: content.lang,
    tag: content.tag,
    renotify: !isSilent,
    silent: isSilent,
    requireInteraction: !content.ending && (RANK[content.severity] ?? 0) >= 3,
    icon: "/static/0/icons/app-192.png",
    badge: "/static/0/icons/badge-96.png",
    timestamp: Date.now(),
    data: { url: content.url, number: content.number },
  });
  if (!isRepeat) {
    await remember(content.tag, { number: content.number, rank: RANK[content.severity] ?? 0, at: Date.now() });
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const content = event.data ? read(event) : null;
  if (content) event.waitUntil(show(content));
});

// Opens the alert: in a tab that shows it already, else in any tab of ours, else in a new one. Only our own pages.
async function visit(address) {
  const url = new URL(address, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const own = tabs.find((tab) => new URL(tab.url).pathname === url.pathname);
  if (own) return own.focus();
  return self.clients.openWindow(url.href);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(visit(event.notification.data?.url ?? "/"));
});

// The browser has made a new endpoint (its keys grow old): tell the city, by the private link that this device keeps.
async function renew(event) {
  const database = await open();
  const own = await asked(database.transaction("own").objectStore("own").get("subscription"));
  if (!own) return database.close();
  const options = event.oldSubscription?.options ?? { userVisibleOnly: true };
  const fresh = event.newSubscription ?? (await self.registration.pushManager.subscribe(options));
  const answer = await fetch("/api/subscriptions/move", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ link: own.link, old: own.endpoint, subscription: fresh.toJSON() }),
  });
  if (answer.ok) {
    const store = database.transaction("own", "readwrite").objectStore("own");
    await asked(store.put({ ...own, endpoint: fresh.endpoint }, "subscription"));
  }
  database.close();
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
