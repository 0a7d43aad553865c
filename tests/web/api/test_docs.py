"""Every example of docs/api.md, as a reader would type it, against a live web: it answers what the page says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from beffroi.delivery import publish
from beffroi.delivery.webhooks import actions as webhooks
from beffroi.lib import clock
from beffroi.people import access
from tests import make
from tests.delivery.webhooks.receiver import Receiver
from tests.web.api.live import Live
from tests.web.api.partner import Partner

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
EXAMPLE = re.compile(r"^```sh\n(.*?)^```\n(?:\n```json (\d+)\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A command, and the status and answer that the page promises."""

    command: str
    status: str
    answer: str


EXAMPLES = [Example(*found) for found in EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))]


class Reader:
    """Types the examples in their order; the variables are as the page says."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.headers = folder / "headers"
        self.variables = variables
        self.status = ""

    def type(self, command: str) -> str:
        """What a command prints."""
        with_headers = f'curl() {{ command curl -sS -D "{self.headers}" "$@"; }}\n{command}'
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", with_headers], env={**os.environ, **self.variables}, check=False,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        head = self.headers.read_text(encoding="latin-1")
        self.status = head.split()[1]
        if tag := re.search(r"^etag: (.*?)\r?$", head, re.MULTILINE | re.IGNORECASE):
            self.variables["ETAG"] = tag[1]
        if done.stdout and (found := json.loads(done.stdout)) and isinstance(found, dict) and "id" in found:
            self.variables["ID"] = found["id"]
        return done.stdout


def differs(told: Any, real: Any, where: str = "") -> list[str]:
    """Where the real answer is not as the page has it: a key that is missing, or another kind of value."""
    if isinstance(told, dict):
        if not isinstance(real, dict):
            return [where]
        return [fault for key, value in told.items() for fault in differs(value, real.get(key, ...), f"{where}.{key}")]
    if isinstance(told, list) and isinstance(real, list) and len(told) == len(real):
        return [fault for one, other in zip(told, real, strict=True) for fault in differs(one, other, f"{where}[]")]
    if isinstance(told, str) and isinstance(real, str):
        made_up = "…" in told or re.fullmatch(r"[a-z]+\d{4}", told)
        return [] if made_up or told == real else [f"{where}: {told} {real}"]
    return [] if told == real else [f"{where}: {told} {real}"]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    found = Receiver()
    settings.OPEN_HOSTS = (found.host,)
    yield found
    found.close()


@pytest.fixture
def reader(town: None, bruno: Any, receiver: Receiver, tmp_path: Path) -> Iterator[Reader]:
    publish.everything()
    live = Live(tmp_path, BEFFROI_OPEN_HOSTS=receiver.host)
    yield Reader(
        tmp_path, BEFFROI=live.url, KEY=Partner("civil-protection").token, RECEIVER=receiver.url, ID="", ETAG=""
    )
    live.close()


def test_every_example_answers_what_the_page_says(reader: Reader, receiver: Receiver, bruno: Any, chiara: Any) -> None:
    assert len(EXAMPLES) >= 12
    [source] = PYTHON.findall(PAGE.read_text(encoding="utf-8"))
    verifier: dict[str, Any] = {}
    exec(source, verifier)
    for command, status, answer in EXAMPLES:
        printed = reader.type(command)
        assert reader.status == (status or "204"), f"{command}\n{printed}"
        if answer:
            assert differs(json.loads(answer), json.loads(printed)) == [], f"{command}\n{printed}"
        if "$RECEIVER" in command:
            secret = json.loads(printed)["secret"]
    make.live(bruno, chiara)
    assert receiver.bodies == [], "the last example has ended the webhook"
    assert "$ID" in EXAMPLES[-1].command
    told = Partner("other").ask("POST", "/webhooks", {"url": receiver.url})
    make.live(bruno, chiara)
    webhooks.send_due(clock.now())
    [(headers, body)] = receiver.bodies
    assert verifier["verify"](told["secret"], headers, body)
    assert not verifier["verify"](secret, headers, body)
    assert not verifier["verify"](told["secret"], headers, body + b" ")


def test_the_table_names_every_action_of_programs() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(access.FOR_PROGRAMS)


def test_a_difference_is_seen() -> None:
    assert differs({"a": {"b": 1}, "c": "x", "d": [1]}, {"a": {}, "c": "y", "d": [2]}) != []
    assert len(differs({"a": {"b": 1}, "c": "x"}, {"a": {}, "c": "y"})) == 2
    assert differs({"id": "bcdfgh2345", "url": "https://…"}, {"id": "zzzz", "url": "y", "more": 1}) == []
