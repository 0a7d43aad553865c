"""The reader takes what docs/city.md says, and names the place of everything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from beffroi.city import City, current, load
from beffroi.city.model import Theme
from beffroi.city.reader import CityBad, CityUnknownKey
from tests.city.samples import TOML, city

DOCS = Path(__file__).parents[2] / "docs" / "city.md"
FEED = """
[[feed]]
name = "weather"
url = "https://feeds.example/cap.atom"
hosts = ["feeds.example"]
senders = ["w@weather.example"]
"""


def test_reads_a_whole_city(tmp_path: Path) -> None:
    town = city(tmp_path, more=FEED)
    assert (town.slug, town.languages, town.map.centre, town.map.zoom) == ("belltown", ("nl", "fr"), (50.8, 4.3), 10.0)
    assert town.name == {"nl": "Klokstad", "fr": "Clocheville"}
    assert list(town.name) == ["nl", "fr"]
    assert [row.body for row in town.competence] == ["governor", "mayor"]
    assert town.hazard[1].category == ("Met", "Health")
    assert (town.feed[0].every_s, town.feed[0].profile, town.feed[0].certificate) == (60, "strict", None)
    assert town.theme == Theme(hue=222, tint=1.0, radius=6)
    assert "fcm.googleapis.com" in town.push.hosts


def test_a_file_is_found_beside_the_toml(tmp_path: Path) -> None:
    (tmp_path / "border.geojson").write_text("{}")
    town = city(tmp_path, without='zones = "NIS"', instead='file = "border.geojson"')
    assert town.border.file == tmp_path / "border.geojson"


@pytest.mark.parametrize(
    ("without", "instead", "path"),
    [
        ('slug = "belltown"', 'slug = "belltown"\nslugg = "x"', "slugg"),
        ("[map]", "[map]\nzom = 3", "map.zom"),
        ('code = "governor"', 'code = "governor"\nlevel = 3', "body[2].level"),
        ('fr = "Bourgmestre"', 'fr = "Bourgmestre", de = "x"', "body[1].name.de"),
    ],
)
def test_an_unknown_key_anywhere_is_an_error(tmp_path: Path, without: str, instead: str, path: str) -> None:
    with pytest.raises(CityUnknownKey) as caught:
        city(tmp_path, without=without, instead=instead)
    assert caught.value.facts == {"path": path}
    assert caught.value.code == "city-unknown-key"


@pytest.mark.parametrize(
    ("without", "instead", "path", "reason"),
    [
        ('slug = "belltown"', "", "slug", "missing"),
        ('slug = "belltown"', "slug = 3", "slug", "not-a-text"),
        ('slug = "belltown"', 'slug = "Bell Town"', "slug", "not-a-code"),
        ('country = "BE"', 'country = "Belgium"', "country", "not-a-country"),
        ('languages = ["nl", "fr"]', 'languages = "nl"', "languages", "not-a-list"),
        ('languages = ["nl", "fr"]', "", "languages", "missing"),
        ('languages = ["nl", "fr"]', 'languages = [["nl"]]', "languages[1]", "not-a-text"),
        ('languages = ["nl", "fr"]', "languages = []", "languages", "empty"),
        ('languages = ["nl", "fr"]', 'languages = ["nl", "FR_be"]', "languages[2]", "not-a-language"),
        ('fr = "Clocheville"', 'fr = ""', "name.fr", "empty"),
        (', fr = "Clocheville"', "", "name.fr", "missing"),
        ('name = { nl = "Klokstad", fr = "Clocheville" }', 'name = "Klokstad"', "name", "not-a-table"),
        ("centre = [50.8, 4.3]", "centre = [50.8]", "map.centre", "not-2-values"),
        ("centre = [50.8, 4.3]", 'centre = [50.8, "4.3"]', "map.centre[2]", "not-a-number"),
        ("centre = [50.8, 4.3]", "centre = [50.8, 4.3]\nzoom = 40", "map.zoom", "not-between-1-and-18"),
        ("centre = [50.8, 4.3]", "centre = [50.8, 4.3]\nzoom = true", "map.zoom", "not-a-number"),
        ("level = 2", "level = 2.5", "phase[2].level", "not-a-whole-number"),
        ("level = 2", "level = true", "phase[2].level", "not-a-whole-number"),
        ('zones = "NIS"', 'file = "nowhere.geojson"', "border.file", "no-such-file"),
        ('sender = "alerts@belltown.example"', 'sender = "a, b"', "cap.sender", "not-a-sender"),
        ('web = "https://belltown.example/"', 'web = "http://belltown.example/"', "cap.web", "not-https"),
        ('nl = "Stad Klokstad"', 'nl = "Stad\\r\\nBcc: x"', "cap.sender_name.nl", "control-character"),
        ('nl = "Stad Klokstad"', 'nl = "Stad\\u202eKlokstad"', "cap.sender_name.nl", "control-character"),
        ('"awareness_type=5"', '"awareness_type"', "hazard[2].incoming[1]", "not-name=value"),
        ("[cap]", "[[cap]]", "cap", "not-a-table"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, without: str, instead: str, path: str, reason: str) -> None:
    with pytest.raises(CityBad) as caught:
        city(tmp_path, without=without, instead=instead)
    assert caught.value.facts == {"path": path, "reason": reason}
    assert caught.value.code == "city-bad"


def test_a_word_of_cap_is_kept_verbatim(tmp_path: Path) -> None:
    with pytest.raises(CityBad) as caught:
        city(tmp_path, without='["Severe", "Extreme"]', instead='["severe"]')
    assert caught.value.facts["path"] == "competence[2].severities[1]"
    assert str(caught.value.facts["reason"]).startswith("not-one-of-*-Extreme-Severe")


def test_a_broken_rule_between_keys_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CityBad) as caught:
        city(tmp_path, without='body = "mayor"', instead='body = "sheriff"')
    assert caught.value.facts == {"path": "competence[2].body", "reason": "unknown-sheriff"}


@pytest.mark.parametrize(
    ("raw", "reason"), [(b"slug = ", "not-toml"), (b'slug = "\xff"', "not-toml"), (None, "unreadable")]
)
def test_a_file_that_is_none_is_named(tmp_path: Path, raw: bytes | None, reason: str) -> None:
    path = tmp_path / "city.toml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(CityBad) as caught:
        load(path)
    assert caught.value.facts["reason"] == reason
    assert caught.value.facts["file"] == str(path)


def test_the_city_of_the_process_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "city.toml"
    path.write_text(TOML, encoding="utf-8")
    monkeypatch.setenv("BEFFROI_CITY", str(path))
    current.cache_clear()
    try:
        assert current().slug == "belltown"
        assert current() is current()
    finally:
        current.cache_clear()


def keys(kind: type, before: str = "") -> Iterator[str]:
    """Every key that can be written into the file."""
    hints = get_type_hints(kind, include_extras=True)
    for each in fields(kind):
        inner, many = unwrapped(hints[each.name])
        path = f"{before}{each.name}{'[]' if many and is_dataclass(inner) else ''}"
        if is_dataclass(inner) and isinstance(inner, type):
            yield from keys(inner, f"{path}.")
        else:
            yield path


def unwrapped(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) is Annotated:
        return unwrapped(get_args(hint)[0])
    if get_origin(hint) is tuple and get_args(hint)[-1] is Ellipsis:
        return get_args(hint)[0], True
    return hint, False


def test_the_documentation_has_exactly_the_keys_that_can_be_written() -> None:
    documented = re.findall(r"^\| `([^`]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(documented) > 40
    assert sorted(documented) == sorted(keys(City))
