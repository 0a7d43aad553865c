"""`beffroi people`: staff accounts and programs' keys. They are made here and nowhere else: the web may not
(ops/grants.py)."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from beffroi.ops import django


def arguments(parser: argparse.ArgumentParser) -> None:
    """Sub-commands add, renew, invite, list, end and key."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="open an account; prints the link to set it up, once")
    add.add_argument("email", help="the name to log in with")
    add.add_argument("--name", required=True, help="as colleagues and the log know this person")
    add.add_argument("--role", required=True, help="officer, approver, overseer or administrator")
    add.add_argument("--body", default="", help="approvers: the body of city.toml for which they decide")
    add.add_argument("--language", default="", help="of the duty desk; default: the city's first")
    add.set_defaults(run=_later("add"))
    renew = verbs.add_parser("renew", help="for whoever has lost a password or phone: all end at once, a new link")
    renew.add_argument("email")
    renew.set_defaults(run=_later("renew"))
    invite = verbs.add_parser("invite", help="a link for one more passkey or app; what is there stays")
    invite.add_argument("email")
    invite.set_defaults(run=_later("invite"))
    verbs.add_parser("list", help="accounts and keys").set_defaults(run=_later("listing"))
    end = verbs.add_parser("end", help="close an account, at once")
    end.add_argument("email")
    end.set_defaults(run=_later("end"))
    key = verbs.add_parser("key", help="make a key for a program; prints it, once")
    key.add_argument("name", help="of the program, in small letters: weather-service")
    what = key.add_mutually_exclusive_group(required=True)
    what.add_argument("--action", action="append", help="what the key opens, once for each action (docs/api.md)")
    what.add_argument("--end", action="store_true", help="the key opens nothing any more")
    key.add_argument("--days", type=int, default=365, help="how long it is good; default: a year")
    key.set_defaults(run=_later("key"))


def _later(function: str) -> Callable[[argparse.Namespace], int]:
    return django.later(f"accounts:{function}", django.setup_as_owner)
