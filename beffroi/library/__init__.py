"""The message library: ready texts by hazard, phase, audience and language, and the readers that judge a text."""

from beffroi.library.drafts import Draft, Finding, draft
from beffroi.library.model import GENERAL, Library
from beffroi.library.read import load
from beffroi.library.slots import Slots
from beffroi.library.texts import Texts

__all__ = ["GENERAL", "Draft", "Finding", "Library", "Slots", "Texts", "draft", "load"]
