"""The room as Django sees it."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Staff and the log."""

    name = "beffroi.people"
