// Choose places: by name with the keyboard, on a map, or where one is. Gives cells and names.

import * as cells from "./cells.js";
import { make } from "./map.js";
import { fill } from "./site.js";

const MOST = 12;
const NEAR = 12; // zoom from which a tap is a spot

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export class Picker {
  constructor(root, words, changed) {
    this.root = root;
    this.words = words;
    this.changed = changed;
    this.chosen = new Map(); // key -> {name, cells}
    this.places = [...root.querySelectorAll("#place option")].map((option) => ({
      key: option.value, name: option.textContent, plain: plain(option.textContent),
    }));
    this.input = root.querySelector("#add");
    this.list = root.querySelector("#options");
    this.map = null;
    root.querySelector("#plain").hidden = true;
    root.querySelector("#place").disabled = true;
    for (const id of ["search", "ways", "pick-hint"]) root.querySelector(`#${id}`).hidden = false;
    this.listen();
  }

  cells() {
    return [...new Set([...this.chosen.values()].flatMap((place) => place.cells))];
  }

  listen() {
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.add(option.dataset.key);
    });
    this.root.querySelector("#open-map").addEventListener("click", () => this.openMap());
    this.root.querySelector("#here").addEventListener("click", () => this.locate());
  }

  search() {
    const asked = plain(this.input.value.trim());
    const starts = this.places.filter((place) => place.plain.startsWith(asked));
    const holds = this.places.filter((place) => !place.plain.startsWith(asked) && place.plain.includes(asked));
    const found = asked ? [...starts, ...holds].slice(0, MOST) : [];
    this.list.replaceChildren(...found.map((place, index) => {
      const option = Object.assign(document.createElement("li"), { id: `option-${index}`, textContent: place.name });
      option.setAttribute("role", "option");
      option.dataset.key = place.key;
      return option;
    }));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.point(found.length ? 0 : -1);
    if (asked) this.say(found.length ? fill(this.words.found, { n: found.length }) : this.words.none);
  }

  point(index) {
    this.at = index;
    [...this.list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    const option = this.list.children[index];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    const count = this.list.children.length;
    if (event.key === "ArrowDown" && count) this.point((this.at + 1) % count);
    else if (event.key === "ArrowUp" && count) this.point((this.at - 1 + count) % count);
    else if (event.key === "Enter") {
      if (this.list.children[this.at]) this.add(this.list.children[this.at].dataset.key);
    } else if (event.key === "Escape" && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.point(-1);
  }

  async add(key) {
    const place = this.places.find((one) => one.key === key);
    this.input.value = "";
    this.close();
    if (this.chosen.has(key)) return this.say(this.words.already);
    this.say(this.words.adding);
    await cells.load(this.root.dataset.h3);
    const outline = await (await fetch(`/places/${key}.json`)).json();
    this.put(key, place.name, cells.ofOutline(outline.geometry));
  }

  put(key, name, found) {
    this.chosen.set(key, { name, cells: found });
    this.say(fill(this.words.added, { name }));
    this.show();
  }

  show() {
    const lines = [...this.chosen].map(([key, place]) => {
      const line = Object.assign(document.createElement("li"), { className: "row line" });
      line.dataset.key = key;
      const name = Object.assign(document.createElement("strong"), { textContent: place.name });
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "btn bare push" });
      const whom = Object.assign(document.createElement("span"), { className: "hide", textContent: ` ${place.name}` });
      remove.append(this.words.remove, whom);
      remove.addEventListener("click", () => this.remove(key));
      line.append(name, remove);
      return line;
    });
    this.root.querySelector("#chosen").replaceChildren(...lines);
    this.root.querySelector("#chosen-card").hidden = lines.length === 0;
    this.paint();
    this.changed(this);
  }

  remove(key) {
    const { name } = this.chosen.get(key);
    this.chosen.delete(key);
    this.say(fill(this.words.removed, { name }));
    this.show();
    this.input.focus();
  }

  async spot(lat, lon, name) {
    await cells.load(this.root.dataset.h3);
    const found = cells.around(lat, lon);
    const count = [...this.chosen.keys()].filter((key) => key.startsWith("spot")).length;
    this.put(`spot-${found[0]}`, count ? `${name} (${count + 1})` : name, found);
  }

  locate() {
    if (!navigator.geolocation) return this.say(this.words.not_located, true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.spot(coords.latitude, coords.longitude, this.words.here),
      () => this.say(this.words.not_located, true),
      { maximumAge: 60_000, timeout: 20_000 },
    );
  }

  async openMap() {
    const box = this.root.querySelector("#pick-map");
    if (!box.hidden) {
      box.hidden = true;
      return;
    }
    box.hidden = false;
    if (this.map) return;
    const { dataset } = this.root;
    await cells.load(dataset.h3);
    const made = await make(box, {
      maplibre: dataset.maplibre, style: dataset.style, centre: dataset.centre.split(",").map(Number), zoom: Number(dataset.zoom),
      words: box.dataset,
    });
    this.map = made.map;
    this.map.addSource("cells", { type: "geojson", data: cells.shapes([]) });
    this.map.addLayer({ id: "cells", type: "fill", source: "cells", paint: { "fill-color": "#2462ae", "fill-opacity": 0.35 } });
    this.map.on("click", ({ lngLat }) => this.tap(lngLat));
    this.paint();
  }

  // A tap on a map of the whole region cannot mean one spot: it comes nearer first.
  tap({ lat, lng }) {
    if (this.map.getZoom() >= NEAR) return this.spot(lat, lng, this.words.around);
    this.say(this.words.nearer, true);
    this.map.easeTo({ center: [lng, lat], zoom: Math.min(NEAR, this.map.getZoom() + 3) });
  }

  paint() {
    if (this.map) this.map.getSource("cells").setData(cells.shapes(this.cells()));
  }

  say(text, isLoud = false) {
    const line = this.root.querySelector("#picker-says");
    line.textContent = text;
    line.className = isLoud ? "hint" : "hide";
  }
}
