"""The room as Django sees it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The doors for people's browsers and programs."""

    name = "beffroi.web"
