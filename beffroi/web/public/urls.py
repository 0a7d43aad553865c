"""Routes of residents. Pages that are published (now, past, alerts, feeds) have none: web/front.py serves them."""

from __future__ import annotations

from django.urls import path, register_converter

from beffroi import city
from beffroi.web.public import figures, links, mine, subscribe


class Language:
    """A language of the city; any other is no page."""

    regex = "[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"

    def to_python(self, value: str) -> str:
        """The language, or ValueError, which Django takes for "no such route"."""
        if value not in city.current().languages:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Language, "language")

urlpatterns = [
    path("<language:language>/subscribe/", subscribe.form, name="subscribe"),
    path("<language:language>/mine/<str:token>/", mine.page, name="mine"),
    path("<language:language>/confirm/<str:token>/", links.confirm, name="confirm"),
    path("<language:language>/figures/<str:public_id>/", figures.page, name="figures"),
    path("leave/<str:token>/", links.leave, name="leave"),
    path("language/", links.language, name="language"),
    path("api/subscriptions", subscribe.receive, name="subscriptions"),
    path("api/subscriptions/move", subscribe.move, name="subscriptions-move"),
]
