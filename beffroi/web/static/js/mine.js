// The private link's page: other places are worked out on this device, as on the subscribe page.

import { Picker } from "./picker.js";
import { words } from "./site.js";

const MOST_CELLS = 2000;
const say = words();
const form = document.getElementById("change");
document.getElementById("other-places").hidden = false;
const picker = new Picker(document.getElementById("picker"), say, () => {
  document.getElementById("cells").value = picker.cells().join(" ");
});

form.addEventListener("submit", (event) => {
  const error = document.getElementById("change-error");
  const isTooMany = picker.cells().length > MOST_CELLS;
  error.hidden = !isTooMany;
  error.textContent = isTooMany ? say.too_many : "";
  if (isTooMany) event.preventDefault();
});
form.dataset.ready = "true";
