"""The room as Django sees it."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Places and zones: codes and names to shapes."""

    name = "beffroi.places"
