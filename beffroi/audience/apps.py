"""The room as Django sees it."""

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    """Subscriptions, and which of them a call concerns."""

    name = "beffroi.audience"
