"""`beffroi publish`: make all pages and feeds again, after city.toml, zones, languages or Beffroi itself changed."""

from __future__ import annotations

import argparse

from beffroi.ops import django

run = django.later("publishing:run")


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    parser.set_defaults(run=run)
