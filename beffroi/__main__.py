"""The command line: `beffroi COMMAND ...`. Each command is one file in ops/, loaded only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from beffroi.errors import BeffroiError

COMMANDS = {
    "demo": "serve the demo city on this machine",
    "web": "serve pages and take requests",
    "worker": "send, keep the clock and poll the feeds",
    "sinks": "take and show what the demo sends",
    "language": "compile the translations, or say what is not translated",
    "people": "open and close staff accounts and programs' keys",
    "log": "show the append-only log, and check that it is whole",
    "keys": "make and check the city's keys",
    "migrate": "bring the tables up to date and publish everything again",
    "publish": "make all pages and feeds again",
    "cap": "check and import CAP messages",
    "library": "check the texts of the message library",
    "zones": "build, add and list the zones that feeds name and the places that residents pick",
    "bench": "measure what the documentation claims",
    "prove": "run the full sizes and write docs/proofs/*.json",
    "doctor": "say what is present and what is missing",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 the answer is no, 2 the command was not understood."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="beffroi", description="The tower from which a city warns, calls, hears and answers."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = next((word for word in words if not word.startswith("-")), "")
    try:
        for name, purpose in COMMANDS.items():
            command = commands.add_parser(name, help=purpose, description=purpose)
            if name == asked:
                importlib.import_module(f"beffroi.ops.{name}").arguments(command)
        options = parser.parse_args(words)
        return int(options.run(options))
    except BeffroiError as err:
        facts = ", ".join(f"{name}={value}" for name, value in err.facts.items())
        sys.stderr.write(f"beffroi: {err.code}{': ' if facts else ''}{facts}\n")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
