// From places to H3 cells, on this device: nothing finer than a cell of about 0.1 km2 leaves it.

const RESOLUTION = 9;
const COARSEST = 4;

let library;

export async function load(address) {
  library ??= await import(address);
  return library;
}

// All cells that an outline touches at all (GeoJSON polygon or multipolygon), compacted to the fewest that say the same.
export function ofOutline(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const found = new Set();
  for (const polygon of polygons) {
    const flags = library.POLYGON_TO_CELLS_FLAGS.containmentOverlapping;
    library.polygonToCellsExperimental(polygon, RESOLUTION, flags, true).forEach((cell) => found.add(cell));
  }
  return library.compactCells([...found]).flatMap((cell) =>
    library.getResolution(cell) < COARSEST ? library.cellToChildren(cell, COARSEST) : [cell]);
}

// The cell of a spot and its neighbours.
export function around(lat, lon) {
  return library.gridDisk(library.latLngToCell(lat, lon, RESOLUTION), 1);
}

// Cells as GeoJSON, to show them on a map.
export function shapes(cells) {
  return {
    type: "FeatureCollection",
    features: cells.map((cell) => ({
      type: "Feature",
      properties: { sev: "minor" },
      geometry: { type: "Polygon", coordinates: [library.cellToBoundary(cell, true)] },
    })),
  };
}
