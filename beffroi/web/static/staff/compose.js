// Makes the composer quicker: find a place by typing, count people while writing, draw on a map. The form works without it.
const form = document.getElementById("composer");

for (const hint of document.querySelectorAll("[data-count]")) {
  const field = document.getElementById(hint.id.slice(0, -2));
  const words = hint.textContent;
  const count = () => { hint.textContent = `${field.value.length} / ${hint.dataset.count}. ${words}`; };
  field.addEventListener("input", count);
  count();
}

// A list with a field to search in, in place of the plain multiple choice that it fills.
for (const select of document.querySelectorAll("select[data-places]")) {
  const find = Object.assign(document.createElement("input"), { type: "search", placeholder: select.dataset.find, autocomplete: "off" });
  find.setAttribute("aria-label", select.dataset.find);
  const chosen = Object.assign(document.createElement("div"), { className: "row" });
  const list = Object.assign(document.createElement("div"), { className: "found", hidden: true });
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const options = [...select.options].map((option) => ({ option, plain: plain(option.text) }));

  const changed = () => {
    chosen.replaceChildren(...options.filter(({ option }) => option.selected).map(({ option }) => {
      const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: option.text });
      const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      remove.setAttribute("aria-label", `${select.dataset.remove} ${option.text}`);
      remove.addEventListener("click", () => { option.selected = false; draw(); changed(); });
      chip.append(" ", remove);
      return chip;
    }));
    form.dispatchEvent(new Event("area"));
  };
  const draw = () => {
    const wanted = plain(find.value.trim());
    const rows = wanted ? options.filter((each) => each.plain.includes(wanted)).slice(0, 60) : [];
    list.hidden = rows.length === 0;
    list.replaceChildren(...rows.map(({ option }) => {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: option.selected });
      box.addEventListener("change", () => { option.selected = box.checked; changed(); });
      label.append(box, option.text);
      return label;
    }));
  };
  find.addEventListener("input", draw);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter in the search must not send the call
    const first = options.find((each) => each.plain.includes(plain(find.value.trim())));
    if (first && find.value.trim()) { first.option.selected = true; find.value = ""; draw(); changed(); }
  });
  select.before(find, list, chosen);
  find.id = select.id;
  select.removeAttribute("id");
  select.hidden = true;
  document.getElementById("places-h").hidden = true;
  changed();
}

// How many people: asked again a moment after the area, the severity or the mode has changed.
const count = document.getElementById("count");
const buttons = document.querySelectorAll("[data-count-button]");
let timer = 0;
let asked = 0;

async function ask() {
  const own = ++asked;
  const body = new FormData(form);
  const answer = await fetch(form.dataset.estimate, { method: "POST", body, headers: { Accept: "text/html" } });
  if (answer.status === 401) document.dispatchEvent(new Event("desk-locked"));
  if (own === asked && answer.ok) count.innerHTML = await answer.text();
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => ask().catch((err) => console.warn("could not count", err)), 400);
}

if (count) {
  for (const button of buttons) button.addEventListener("click", (event) => { event.preventDefault(); soon(); });
  form.addEventListener("area", soon);
  form.addEventListener("change", (event) => {
    if (["severity", "status", "zones", "polygons", "circles"].includes(event.target.name)) soon();
  });
}

// An exercise looks like another world from the moment it is chosen.
form.addEventListener("change", (event) => {
  if (event.target.name !== "status") return;
  const isExercise = event.target.value === "Exercise";
  if (isExercise) document.body.dataset.mode = "exercise";
  else delete document.body.dataset.mode;
  document.querySelector(".drill").hidden = !isExercise;
  const mode = document.querySelector(".mode");
  mode.textContent = isExercise ? mode.dataset.exercise : mode.dataset.live;
  for (const card of form.querySelectorAll(".choice[data-live]")) card.dataset.sev = isExercise ? "drill" : card.dataset.live;
});

const place = document.querySelector("[data-draw]");
if (place) {
  const details = place.closest("details");
  const open = async () => {
    if (!details.open || place.childElementCount) return;
    const { draw } = await import("./draw.js");
    await draw(place, form, soon);
  };
  details.addEventListener("toggle", open);
  open();
}
