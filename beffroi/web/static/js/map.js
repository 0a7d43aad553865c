// Maps that move, loaded only when somebody asks: MapLibre with our own shapes, no tiles, no other server.

const COLOURS = ["--map-land", "--map-line", "--ink", "--accent"];

function loadStyle(href) {
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((done, failed) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: failed });
    document.head.append(link);
  });
}

// Any CSS colour of the tokens as red, green, blue: MapLibre does not read oklch() or light-dark().
function colour(name, element = document.body) {
  const probe = document.createElement("i");
  probe.className = "hide";
  probe.style.color = `var(${name})`;
  element.append(probe);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgb(${red} ${green} ${blue})`.replaceAll(" ", ",");
}

// The colour of a severity, taken where the page says it: on an element with data-sev.
function severity(sev) {
  const element = document.createElement("i");
  element.dataset.sev = sev;
  document.body.append(element);
  const found = colour("--sev-edge", element);
  element.remove();
  return found;
}

// `words` are the data attributes of the element that the page has for the map: label, zoomIn, zoomOut.
export async function make(container, { maplibre, style, bounds, centre, zoom, words }) {
  const [library] = await Promise.all([import(maplibre), loadStyle(style)]);
  const places = await (await fetch("/places.geojson")).json();
  const [land, line] = COLOURS.map((name) => colour(name));
  const map = new library.Map({
    container,
    style: {
      version: 8,
      sources: { places: { type: "geojson", data: places } },
      layers: [
        { id: "land", type: "fill", source: "places", paint: { "fill-color": land } },
        { id: "border", type: "line", source: "places", paint: { "line-color": line, "line-width": 1 } },
      ],
    },
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 30, maxZoom: 13 } } : { center: centre, zoom }),
    attributionControl: false,
    locale: { "Map.Title": words.label },
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 16,
  });
  map.touchZoomRotate.disableRotation();
  tools(map, container, words);
  await new Promise((done) => map.once("load", done));
  names(map, library, container);
  return { map, library };
}

// Our own two buttons: MapLibre's are pictures in data: addresses, which our pages do not load.
function tools(map, container, words) {
  const box = document.createElement("div");
  box.className = "map-tools";
  for (const [sign, name, act] of [["+", words.zoomIn, () => map.zoomIn()], ["−", words.zoomOut, () => map.zoomOut()]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: sign });
    button.setAttribute("aria-label", name);
    button.addEventListener("click", act);
    box.append(button);
  }
  container.append(box);
}

// Names of places as elements (glyphs for MapLibre's own labels would be one more thing to load), as many as fit.
async function names(map, library, container) {
  const { places } = await (await fetch("/places.json")).json();
  const language = document.documentElement.lang;
  let shown = [];
  const draw = () => {
    shown.forEach((marker) => marker.remove());
    shown = [];
    const taken = [];
    const view = map.getBounds();
    const size = (place) => (place.bbox[2] - place.bbox[0]) * (place.bbox[3] - place.bbox[1]);
    const inside = places.filter((place) => view.contains([place.lon, place.lat])).sort((a, b) => size(b) - size(a));
    for (const place of inside) {
      const { x, y } = map.project([place.lon, place.lat]);
      if (taken.some(([left, top]) => Math.abs(left - x) < 90 && Math.abs(top - y) < 22)) continue;
      taken.push([x, y]);
      const element = Object.assign(document.createElement("span"), { className: "map-name" });
      element.textContent = place.names[language] ?? place.name;
      shown.push(new library.Marker({ element }).setLngLat([place.lon, place.lat]).addTo(map));
      if (shown.length === 40) break;
    }
  };
  map.on("moveend", draw);
  draw();
  container.dataset.ready = "true";
}

function bounds(collection) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (value) => {
    if (typeof value[0] === "number") {
      box[0] = Math.min(box[0], value[0]);
      box[1] = Math.min(box[1], value[1]);
      box[2] = Math.max(box[2], value[0]);
      box[3] = Math.max(box[3], value[1]);
    } else {
      value.forEach(walk);
    }
  };
  collection.features.forEach((feature) => walk(feature.geometry.coordinates));
  return Number.isFinite(box[0]) ? [[box[0], box[1]], [box[2], box[3]]] : undefined;
}

export function draw(map, id, collection) {
  map.addSource(id, { type: "geojson", data: collection });
  const sevs = [...new Set(collection.features.map((feature) => feature.properties.sev))];
  const match = ["match", ["get", "sev"], ...sevs.flatMap((sev) => [sev, severity(sev)]), severity("unknown")];
  const paint = sevs.length ? match : severity("unknown");
  map.addLayer({ id: `${id}-fill`, type: "fill", source: id, paint: { "fill-color": paint, "fill-opacity": 0.25 } });
  map.addLayer({ id: `${id}-line`, type: "line", source: id, paint: { "line-color": paint, "line-width": 3 } });
}

async function open(box) {
  const shapes = await (await fetch(box.dataset.shapes)).json();
  const container = document.createElement("div");
  container.className = "map live";
  box.after(container);
  const style = box.dataset.style;
  const { map } = await make(container, {
    maplibre: style.replace("maplibre-gl.css", "maplibre-gl.mjs"), style, bounds: bounds(shapes), centre: [0, 0], zoom: 1,
    words: box.dataset,
  });
  draw(map, "areas", shapes);
  box.hidden = true;
}

// Offers the moving map where the page has a picture of one. Where WebGL is missing the picture simply stays.
export function openable() {
  const box = document.querySelector("[data-map]");
  const button = document.querySelector("[data-map-open]");
  if (!box || !button || !window.WebGL2RenderingContext) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    await open(box);
    button.hidden = true;
  });
}
