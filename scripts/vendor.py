"""Copies what browsers load from frontend/node_modules into beffroi/web/static/vendor, with licences and digests."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "frontend" / "node_modules"
VENDOR = ROOT / "beffroi" / "web" / "static" / "vendor"
# MapLibre finds its worker beside itself, under its own name: it needs no blob: in the page's policy.
WANTED = {
    "h3-js": ["dist/browser/h3-js.es.js", "LICENSE", "NOTICE"],
    "htmx.org": ["dist/htmx.min.js", "LICENSE"],
    "maplibre-gl": ["dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css", "LICENSE.txt"],
}


def copy(package: str, files: list[str], target: Path) -> dict[str, object]:
    """Copy one package's files, flat, into a folder of its name; returns its entry in the manifest."""
    folder = target / package
    folder.mkdir(parents=True)
    about = json.loads((PACKAGES / package / "package.json").read_text(encoding="utf-8"))
    digests = {}
    for file in files:
        copied = Path(shutil.copyfile(PACKAGES / package / file, folder / Path(file).name))
        digests[copied.name] = hashlib.sha256(copied.read_bytes()).hexdigest()
    return {"version": about["version"], "license": about["license"], "files": digests}


def main() -> None:
    """Make the folder anew beside the old one and swap: a page is never served half of it."""
    aside = VENDOR.with_name("vendor.new")
    shutil.rmtree(aside, ignore_errors=True)
    manifest = {package: copy(package, files, aside) for package, files in WANTED.items()}
    (aside / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    aside.rename(VENDOR)
    listed = ", ".join(f"{name} {about['version']} ({about['license']})" for name, about in manifest.items())
    sys.stdout.write(f"Copied for the pages, licences beside them: {listed}\n")


if __name__ == "__main__":
    main()
