"""The room as Django sees it."""

from django.apps import AppConfig


class CrisisConfig(AppConfig):
    """Incoming warnings: feeds, chains of messages and the drafts they become."""

    name = "beffroi.crisis"
