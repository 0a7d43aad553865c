"""The room as Django sees it."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    """The call, its states, its authority and its frozen editions."""

    name = "beffroi.calls"
