"""What `beffroi publish` does once Django is ready."""

from __future__ import annotations

import argparse
import sys

from beffroi.delivery import publish, shelves


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Publish everything again; processes that serve have it a moment later."""
    shelves.load()
    sys.stdout.write(f"{publish.everything()} pages and feeds are published\n")
    return 0
