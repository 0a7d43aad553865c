"""`beffroi cap import`, once Django is ready: what each message becomes is printed; 1 when one waits for a person."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from beffroi.crisis.intake import Way, receive
from beffroi.crisis.models import Message
from beffroi.ops import cap_check
from beffroi.standards.cap import container, guard

WAY = "command"


def run(options: argparse.Namespace) -> int:
    """Take everything in, in the order given. The same file again changes nothing."""
    way, is_clean = Way(name=WAY, profile=options.profile), True
    for file in list(cap_check.find_files(options.paths)):
        count = 0
        for name, raw in messages(file):
            count += 1
            message = receive(raw, way)
            is_clean = is_clean and message.held == ""
            sys.stdout.write(cap_check.visible(f"{name}: {told(message)}") + "\n")
        if not count:
            sys.stderr.write(f"{file}: no alert in it (links of a feed are not followed here)\n")
    return 0 if is_clean else 1


def messages(file: str) -> Iterator[tuple[str, bytes]]:
    """The message of a file byte for byte, or each of those inside it, as `FILE#1`, `FILE#2` ...; what cannot be read
    is one message that will be rejected and kept."""
    raw = cap_check.read(file)
    try:
        found = container.unpack(raw)
    except guard.Refused:
        yield file, raw
        return
    if found.kind == "message":
        yield file, raw
        return
    for number, alert in enumerate(found.alerts, 1):
        yield f"{file}#{number}", container.to_bytes(alert)


def told(message: Message) -> str:
    """What became of it, in a line."""
    words = [message.verdict, message.standing, message.identifier]
    if message.held:
        words.append(f"held: {message.held}")
    if message.call is not None:
        words.append(f"draft {message.call.public_id}")
    return " ".join(filter(None, words))
