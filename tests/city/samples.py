"""A small city that is right; tests break one thing in it at a time."""

from __future__ import annotations

from pathlib import Path

from beffroi.city import City, load

TOML = """
slug = "belltown"
country = "BE"
timezone = "Europe/Brussels"
languages = ["nl", "fr"]
name = { nl = "Klokstad", fr = "Clocheville" }

[border]
zones = "NIS"

[map]
centre = [50.8, 4.3]

[cap]
sender = "alerts@belltown.example"
sender_name = { nl = "Stad Klokstad", fr = "Ville de Clocheville" }
contact = "112"
web = "https://belltown.example/"

[[phase]]
code = "normal"
name = { nl = "Normaal", fr = "Normal" }
level = 0

[[phase]]
code = "provincial"
name = { nl = "Provinciaal", fr = "Provincial" }
level = 2

[[body]]
code = "mayor"
name = { nl = "Burgemeester", fr = "Bourgmestre" }

[[body]]
code = "governor"
name = { nl = "Gouverneur", fr = "Gouverneur" }

[[competence]]
kind = "alert"
hazards = ["*"]
severities = ["*"]
phases = ["provincial"]
body = "governor"

[[competence]]
kind = "alert"
hazards = ["flood"]
severities = ["Severe", "Extreme"]
phases = ["normal"]
body = "mayor"

[[hazard]]
code = "flood"
event = { nl = "Overstroming", fr = "Inondation" }
category = ["Met"]
incoming = ["awareness_type=12", "Phenomenon Code=PR"]

[[hazard]]
code = "heat"
event = { nl = "Hitte", fr = "Chaleur" }
category = ["Met", "Health"]
incoming = ["awareness_type=5"]
"""


def city(folder: Path, *, without: str = "", instead: str = "", more: str = "") -> City:
    """The city of TOML, with one text replaced by another and more at its end, read from a file in `folder`."""
    assert without in TOML
    path = folder / "city.toml"
    path.write_text((TOML.replace(without, instead, 1) if without else TOML) + more, encoding="utf-8")
    return load(path)
