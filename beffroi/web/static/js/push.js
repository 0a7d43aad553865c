// Web push in this browser: may we, and subscribe. The question is asked only when the button is pressed.

export function isPossible() {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

function bytes(base64url) {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export class Refused extends Error {}

// The PushSubscription as JSON. A subscription made with another key of the city is made anew.
export async function subscribe(key) {
  if ((await Notification.requestPermission()) !== "granted") throw new Refused();
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  const before = await pushManager.getSubscription();
  try {
    return (await pushManager.subscribe(options)).toJSON();
  } catch (error) {
    if (!before || error.name !== "InvalidStateError") throw error;
    await before.unsubscribe();
    return (await pushManager.subscribe(options)).toJSON();
  }
}

export async function unsubscribe() {
  if (!isPossible()) return;
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  await subscription?.unsubscribe();
}
