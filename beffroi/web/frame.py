"""What stands around every page: the city's name, the languages, where in the menu we are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from beffroi import city
from beffroi.web import language as languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The same page in another language."""

    language: str
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Given to every template as `frame`. `here` marks the menu: now, subscribe, past, or nothing."""

    language: str
    city: str
    sender: str
    here: str
    links: list[Link]
    is_rtl: bool


def build(language: str, *, path: str = "", here: str = "") -> Frame:
    """The frame in a language. `path` is the page's address after the language (`past/`); a page without one has no
    twins."""
    town = city.current()
    links = [
        Link(language=other, name=languages.own_name(other), href=f"/{other}/{path}", is_current=other == language)
        for other in town.languages
    ]
    return Frame(
        language=language,
        city=town.name.get(language) or next(iter(town.name.values())),
        sender=town.cap.sender_name.get(language) or next(iter(town.cap.sender_name.values())),
        here=here,
        links=links,
        is_rtl=translation.get_language_bidi(),
    )


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the frame of a page that Django makes at the moment."""
    language = languages.of_request(request)
    own = languages.of_path(request.path, city.current().languages)
    path = request.path.lstrip("/").partition("/")[2] if own else ""
    here = path.partition("/")[0]
    return {
        "has_directory": bool(settings.OIDC_URL),
        "frame": build(language, path=path, here={"subscribe": "subscribe", "mine": "subscribe"}.get(here, "")),
    }
