// Everything was deleted on the server: this device forgets its part, too.

import { unsubscribe } from "./push.js";
import { forget } from "./store.js";

await unsubscribe();
await forget();
document.documentElement.dataset.forgotten = "true";
