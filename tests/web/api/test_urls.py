"""Routes of programs: each says who may open it."""

from __future__ import annotations

from beffroi.people import access
from beffroi.web.api import urls


def test_the_routes() -> None:
    assert [str(pattern.pattern) for pattern in urls.urlpatterns] == ["cap"]
    assert [pattern.callback.access for pattern in urls.urlpatterns] == [access.PUBLIC]  # type: ignore[attr-defined]
