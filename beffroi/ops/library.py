"""`beffroi library check`: every rule of the message library, in every language (docs/message-library.md)."""

from __future__ import annotations

import argparse
from pathlib import Path

from beffroi.library.check import check
from beffroi.library.read import HAZARDS, LOCALE, LibraryBad, read


def arguments(parser: argparse.ArgumentParser) -> None:
    """`check`."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verb = verbs.add_parser("check", help="print each rule that a text breaks; 1 if there is any")
    verb.add_argument("--hazards", type=folder, default=HAZARDS, metavar="FOLDER", help="what all languages share")
    verb.add_argument("--locale", type=folder, default=LOCALE, metavar="FOLDER", help="the folders of the languages")
    verb.set_defaults(run=_check)


def folder(text: str) -> Path:
    """A folder that is there: an empty one would pass every rule."""
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return Path(text)


def _check(options: argparse.Namespace) -> int:
    try:
        library = read(options.hazards, options.locale)
    except LibraryBad as err:
        print(": ".join(str(fact) for fact in err.facts.values() if fact))
        print("0 passed, 1 failed")
        return 1
    results = list(check(library))
    failed = [result for result in results if result.fault]
    for result in failed:
        print(f"{result.where}: {result.rule}: {result.fault}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0
