"""`beffroi migrate`: bring the tables up to date as their owner, then grant the application its rights."""

from __future__ import annotations

import argparse

from django.core.management import call_command

from beffroi.ops import django, grants


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Migrate and grant."""
    django.setup_as_owner()
    migrate()
    return 0


def migrate() -> None:
    """Every table, then the rights."""
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    grants.give("owner")
