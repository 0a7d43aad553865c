// A map to draw polygons and circles on. It writes into the text fields and reads from them: they are the truth.
const EARTH_KM = 6371.0088;
const rad = (degrees) => (degrees * Math.PI) / 180;

function distance([lat1, lon1], [lat2, lon2]) {
  const a = Math.sin(rad(lat2 - lat1) / 2) ** 2 + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(rad(lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(a));
}

// The corners of a circle, for showing it: the server draws its own.
function ring([lat, lon, km]) {
  const corners = [];
  for (let i = 0; i <= 64; i += 1) {
    const bearing = (i / 64) * 2 * Math.PI;
    const north = ((km / EARTH_KM) * Math.cos(bearing) * 180) / Math.PI;
    const east = ((km / EARTH_KM) * Math.sin(bearing) * 180) / Math.PI / Math.max(0.01, Math.cos(rad(lat)));
    corners.push([lon + east, lat + north]);
  }
  return corners;
}

const numbers = (line) => line.trim().split(/[\s,]+/).map(Number);
const tidy = (value) => value.toFixed(5).replace(/0+$/, "").replace(/\.$/, "");

// MapLibre reads no oklch and no light-dark(): the browser works the token out, a canvas says it in plain numbers.
function plain(token, node) {
  const probe = document.createElement("span");
  probe.className = token;
  node.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  canvas.fillStyle = value;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
}

export async function draw(place, form, changed) {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("map.css", import.meta.url) });
  document.head.append(style);
  const maplibre = await import(place.dataset.draw);
  const polygons = form.elements.polygons;
  const circles = form.elements.circles;
  place.hidden = false;

  const tools = Object.assign(document.createElement("div"), { className: "row inset" });
  const tool = (text) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn tiny", textContent: text });
    tools.append(button);
    return button;
  };
  const polygon = tool(place.dataset.polygon);
  const circle = tool(place.dataset.circle);
  const undo = tool(place.dataset.undo);
  const done = tool(place.dataset.done);
  const box = Object.assign(document.createElement("div"), { className: "draw" });
  place.append(tools, box);

  const tone = (token) => plain(token, box);
  const [lat, lon] = place.dataset.centre.split(",").map(Number);
  const map = new maplibre.Map({
    container: box, center: [lon, lat], zoom: Number(place.dataset.zoom), attributionControl: false, locale: { "Map.Title": place.dataset.label }, dragRotate: false, maxPitch: 0,
    style: {
      version: 8,
      sources: {
        land: { type: "geojson", data: place.dataset.outlines },
        area: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
      },
      layers: [
        { id: "water", type: "background", paint: { "background-color": tone("t-water") } },
        { id: "land", type: "fill", source: "land", paint: { "fill-color": tone("t-land") } },
        { id: "border", type: "line", source: "land", paint: { "line-color": tone("t-line"), "line-width": 1 } },
        { id: "area", type: "fill", source: "area", filter: ["==", "$type", "Polygon"], paint: { "fill-color": tone("t-ink"), "fill-opacity": 0.2 } },
        { id: "edge", type: "line", source: "area", paint: { "line-color": tone("t-ink"), "line-width": 2.5 } },
        { id: "corner", type: "circle", source: "area", filter: ["==", "$type", "Point"], paint: { "circle-color": tone("t-ink"), "circle-radius": 5 } },
      ],
    },
  });
  map.touchZoomRotate.disableRotation();

  let mode = null;
  let points = [];
  const features = () => {
    const shape = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });
    const found = polygons.value.split(/\n\s*\n/).map((block) => block.split("\n").filter((line) => line.trim()).map(numbers))
      .filter((corners) => corners.length > 2).map((corners) => shape("Polygon", [[...corners, corners[0]].map(([a, b]) => [b, a])]));
    const rings = circles.value.split("\n").filter((line) => line.trim()).map(numbers).filter((c) => c.length === 3).map((c) => shape("Polygon", [ring(c)]));
    const drawn = points.map(([a, b]) => shape("Point", [b, a]));
    if (points.length > 1) drawn.push(shape("LineString", points.map(([a, b]) => [b, a])));
    return { type: "FeatureCollection", features: [...found, ...rings, ...drawn].filter((f) => !JSON.stringify(f).includes("null")) };
  };
  const show = () => {
    map.getSource("area")?.setData(features());
    polygon.setAttribute("aria-pressed", String(mode === "polygon"));
    circle.setAttribute("aria-pressed", String(mode === "circle"));
    undo.disabled = points.length === 0;
    done.disabled = mode !== "polygon" || points.length < 3;
    map.getCanvas().classList.toggle("drawing", mode !== null);
  };
  const append = (field, text, gap) => {
    field.value = field.value.trim() ? `${field.value.trimEnd()}${gap}${text}` : text;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const begin = (wanted) => () => { mode = mode === wanted ? null : wanted; points = []; show(); };
  const finish = () => {
    append(polygons, points.map(([a, b]) => `${tidy(a)}, ${tidy(b)}`).join("\n"), "\n\n");
    mode = null;
    points = [];
    show();
    changed();
  };
  polygon.addEventListener("click", begin("polygon"));
  circle.addEventListener("click", begin("circle"));
  undo.addEventListener("click", () => { points.pop(); show(); });
  done.addEventListener("click", finish);
  map.on("click", (event) => {
    if (!mode) return;
    points.push([event.lngLat.lat, event.lngLat.lng]);
    if (mode === "circle" && points.length === 2) {
      append(circles, `${tidy(points[0][0])}, ${tidy(points[0][1])}, ${tidy(Math.max(0.05, distance(points[0], points[1])))}`, "\n");
      mode = null;
      points = [];
      changed();
    }
    show();
  });
  map.on("load", show);
  for (const field of [polygons, circles]) field.addEventListener("input", show);
  show();
}
