"""The room as Django sees it."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The call on its way: shards, fan-out, receipts, notes to one person."""

    name = "beffroi.delivery"
