"""`beffroi migrate`: bring the tables up to date as their owner, grant the application its rights, publish everything.

Publishing belongs to it: pages of the version before look wrong beside the scripts and styles of this one."""

from __future__ import annotations

import argparse

from django.core.management import call_command

from beffroi.ops import django, grants, publish


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options."""
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Migrate, grant, let nothing stale leave a restored database, publish."""
    django.setup_as_owner()
    migrate()
    unsent(options)
    return publish.run(options)


unsent = django.later("restored:run")


def migrate() -> None:
    """Every table, then the rights."""
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    grants.give("owner")
