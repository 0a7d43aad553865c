"""What a city's site is dressed in: its colours, its manifest, the page of error codes. Only when everything is
published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from django.templatetags.static import static
from django.utils import translation

from beffroi import city
from beffroi.calls.models import Call
from beffroi.delivery.shelves import Sheet
from beffroi.web.problems import told
from beffroi.web.publishers.pages import page
from beffroi.web.words import WORDS, Words


class Site:
    """Everything that depends on city.toml alone."""

    def sheets(self, call: Call | None) -> Iterator[Sheet]:
        """Everything, or nothing: a call changes none of it."""
        if call is not None:
            return
        yield theme()
        yield manifest()
        for language in city.current().languages:
            with translation.override(language):
                yield errors(language)


def theme() -> Sheet:
    """The five things that a city may set (static/css/tokens.css): three of them come from city.toml."""
    own = city.current().theme
    rules = f":root {{ --city-hue: {own.hue}; --city-tint: {own.tint:g}; --city-radius: {own.radius}px; }}\n"
    return Sheet("/theme.css", "text/css; charset=utf-8", rules.encode())


def manifest() -> Sheet:
    """So that the site can be put on a phone's first screen."""
    town = city.current()
    first = town.languages[0]
    with translation.override(first):
        name = translation.gettext("Alerts")
    body = {
        "name": f"{town.name[first]}: {name}", "short_name": name, "lang": first, "start_url": "/", "scope": "/",
        "display": "standalone", "background_color": "#f6f8f9", "theme_color": "#14252f",
        "icons": [
            {"src": static("icons/app.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"},
            {"src": static("icons/app-192.png"), "sizes": "192x192", "type": "image/png"},
        ],
    }  # fmt: skip
    return Sheet("/manifest.webmanifest", "application/manifest+json", json.dumps(body, ensure_ascii=False).encode())


def errors(language: str) -> Sheet:
    """Every error code with its words: where the `type` of a JSON problem leads."""
    listed = [(code, Words(*(told(text, {}) for text in words))) for code, words in sorted(WORDS.items())]
    return page("public/errors.html", "errors/", language, {"errors": listed})


PUBLISHER: Final = Site()
