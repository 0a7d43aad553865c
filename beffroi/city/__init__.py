"""The city as a frozen value, read from city.toml."""

from beffroi.city.competence import competent_body
from beffroi.city.hazards import recognise
from beffroi.city.model import City
from beffroi.city.reader import current, load

__all__ = ["City", "competent_body", "current", "load", "recognise"]
