"""Reads `city.toml` into a frozen City; an unknown key, a wrong type, a broken rule is an error with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from beffroi import env
from beffroi.city.model import City
from beffroi.city.rules import broken
from beffroi.errors import BeffroiError


class CityBad(BeffroiError):
    """`city.toml` cannot be used: `path` says where (lists count from 1), `reason` why."""

    code = "city-bad"


class CityUnknownKey(BeffroiError):
    """`city.toml` has a key that means nothing: a misspelt key would silently leave a default in force."""

    code = "city-unknown-key"


def load(path: Path) -> City:
    """The city described by the file at `path` (docs/city.md); file names in it are relative to its folder.

    Raises CityUnknownKey and CityBad.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise CityBad(path="", reason="unreadable", file=str(path)) from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise CityBad(path="", reason="not-toml", file=str(path), detail=str(err)) from err
    top = _Spot("", path.absolute().parent, ())
    hint = get_type_hints(City, include_extras=True)["languages"]
    languages = _value(hint, raw.get("languages"), top.key("languages"))  # first: they are the keys of every name
    city: City = _table(City, raw, replace(top, languages=languages))
    for where, reason in broken(city):
        raise CityBad(path=where, reason=reason)
    return city


@cache
def current() -> City:
    """The city of this process: BEFFROI_CITY, else `city.toml` in the folder where it was started; read once."""
    return load(env.path("BEFFROI_CITY", Path("city.toml")))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the file the reader is, and what it must know there."""

    path: str
    folder: Path
    languages: tuple[str, ...]

    def key(self, name: str) -> _Spot:
        return replace(self, path=f"{self.path}.{name}" if self.path else name)

    def item(self, number: int) -> _Spot:
        return replace(self, path=f"{self.path}[{number}]")

    def bad(self, reason: str) -> CityBad:
        return CityBad(path=self.path, reason=reason)


def _table(kind: type, raw: object, spot: _Spot) -> Any:
    if not isinstance(raw, dict):
        raise spot.bad("not-a-table")
    hints = get_type_hints(kind, include_extras=True)
    for unknown in raw.keys() - hints.keys():
        raise CityUnknownKey(path=spot.key(unknown).path)
    values = {}
    for each in fields(kind):
        if each.name in raw:
            values[each.name] = _value(hints[each.name], raw[each.name], spot.key(each.name))
        elif each.default is MISSING and each.default_factory is MISSING:
            raise spot.key(each.name).bad("missing")
    return kind(**values)


def _value(kind: Any, raw: object, spot: _Spot) -> Any:
    if get_origin(kind) is Annotated:
        plain, rule = get_args(kind)
        value = _value(plain, raw, spot)
        if not rule.holds(value):
            raise spot.bad(rule.reason)
        return value
    if get_origin(kind) is UnionType:  # `Path | None`: TOML has no null, so only the first can be written
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if is_dataclass(kind) and isinstance(kind, type):
        return _table(kind, raw, spot)
    return _SHAPES.get(get_origin(kind) or kind, _scalar)(kind, raw, spot)


def _scalar(kind: Any, raw: object, spot: _Spot) -> object:
    if kind is float and type(raw) is int:
        return float(raw)
    if type(raw) is not kind:  # not isinstance: `true` is no number
        raise spot.bad(f"not-{_NOUNS[kind]}")
    return raw


def _text(_kind: Any, raw: object, spot: _Spot) -> str:
    if not isinstance(raw, str):
        raise spot.bad("not-a-text")
    if not raw.strip():
        raise spot.bad("empty")
    if not raw.isprintable():  # line breaks and bidi controls would reach mail headers and pages
        raise spot.bad("control-character")
    return raw


def _literal(kind: Any, raw: object, spot: _Spot) -> object:
    if raw not in get_args(kind):
        raise spot.bad("not-one-of-" + "-".join(map(str, get_args(kind))))
    return raw


def _list(kind: Any, raw: object, spot: _Spot) -> tuple[Any, ...]:
    kinds = get_args(kind)
    if not isinstance(raw, list):
        raise spot.bad("missing" if raw is None else "not-a-list")
    if not raw:
        raise spot.bad("empty")
    if kinds[-1] is Ellipsis:
        return tuple(_value(kinds[0], one, spot.item(n)) for n, one in enumerate(raw, 1))
    if len(raw) != len(kinds):
        raise spot.bad(f"not-{len(kinds)}-values")
    return tuple(_value(one, each, spot.item(n)) for n, (one, each) in enumerate(zip(kinds, raw, strict=True), 1))


def _names(_kind: Any, raw: object, spot: _Spot) -> Mapping[str, str]:
    if not isinstance(raw, dict):
        raise spot.bad("not-a-table")
    for unknown in raw.keys() - set(spot.languages):
        raise CityUnknownKey(path=spot.key(unknown).path)
    for language in spot.languages:
        if language not in raw:
            raise spot.key(language).bad("missing")
    return MappingProxyType({language: _text(str, raw[language], spot.key(language)) for language in spot.languages})


def _file(_kind: Any, raw: object, spot: _Spot) -> Path:
    path = spot.folder / _text(str, raw, spot)
    if not path.is_file():
        raise spot.bad("no-such-file")
    return path


_NOUNS = {int: "a-whole-number", float: "a-number", bool: "true-or-false"}
_SHAPES = {str: _text, Path: _file, Literal: _literal, tuple: _list, Mapping: _names}
