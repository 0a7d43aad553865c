// What this device remembers: its private link and endpoint, so that the service worker can renew the subscription.
// The link opens nothing but this subscription, and whoever holds the device gets its alerts anyway.

const NAME = "beffroi";

function open() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("seen"); // tag -> {number, rank}; the service worker writes it
      request.result.createObjectStore("own"); // "subscription" -> {link, endpoint}
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

export async function put(value) {
  const database = await open();
  await new Promise((done, failed) => {
    const work = database.transaction("own", "readwrite");
    work.objectStore("own").put(value, "subscription");
    work.oncomplete = done;
    work.onerror = () => failed(work.error);
  });
  database.close();
}

export async function forget() {
  const database = await open();
  await new Promise((done, failed) => {
    const work = database.transaction("own", "readwrite");
    work.objectStore("own").clear();
    work.oncomplete = done;
    work.onerror = () => failed(work.error);
  });
  database.close();
}
