"""`beffroi keys`: make the city's keys, and say whether all are there (docs/keys.md). Needs no database."""

from __future__ import annotations

import argparse
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from beffroi import city
from beffroi.errors import BeffroiError
from beffroi.lib import clock, keys
from beffroi.ops import django


def arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands init and check."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("init", help="make the keys that are not there yet; none is ever overwritten").set_defaults(
        run=init
    )
    verbs.add_parser("check", help="0 when all are there, whole, and readable by nobody else").set_defaults(run=check)


def init(options: argparse.Namespace) -> int:
    """Make what is missing."""
    django.choose_city()
    made = keys.create_missing(keys.folder(), common_name=city.current().slug, now=clock.now())
    say(f"{keys.folder()}: {', '.join(made) if made else 'nothing was missing'}")
    return check(options)


def check(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Read them all."""
    django.choose_city()
    try:
        ring = keys.Keyring.load(keys.folder())
    except BeffroiError as err:
        say(f"{keys.folder()}: {err.code} {' '.join(str(fact) for fact in err.facts.values())}")
        return 1
    certificate = ring.certificate
    say(f"{keys.folder()}: all keys are there. Addresses are opened by {len(ring.address)} of them.")
    say(f"Certificate for receivers: until {certificate.not_valid_after_utc:%Y-%m-%d}, SHA-256 {mark(certificate)}")
    return 0


def mark(certificate: x509.Certificate) -> str:
    """The fingerprint, by which people compare certificates."""
    return certificate.fingerprint(hashes.SHA256()).hex(":")


def say(line: str) -> None:
    """One line."""
    sys.stdout.write(line + "\n")
