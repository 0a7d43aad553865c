"""The whole demo as a newcomer starts it: pages, sinks, the exercise that plays itself, and one key that stops it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from beffroi.ops import demo_cast, postgres
from tests.browser.tower import free_port
from tests.ops.letterbox import wait_until

ROOT = Path(__file__).parents[2]
OURS = ("BEFFROI_", "DATABASE_")
PLAYED = re.compile(
    r"Exercise played: ([\d,]+) of ([\d,]+) messages accepted, .* its end was told to ([\d,]+)\. Figures: (\S+)"
)


@dataclass
class Demo:
    """A demo that runs, and what it said so far."""

    port: int
    environment: dict[str, str]
    lines: list[str] = field(default_factory=list)

    def read(self, path: str, port: int | None = None) -> str:
        with urllib.request.urlopen(f"http://localhost:{port or self.port}{path}", timeout=10) as answer:
            return bytes(answer.read()).decode()

    def said(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return next((found for line in list(self.lines) if (found := pattern.search(line))), None)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "beffroi", *words]
        return subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)


@contextlib.contextmanager
def started(state: Path) -> Iterator[Demo]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    city = str(ROOT / "demo" / "amiens" / "city.toml")
    demo = Demo(free_port(), {**clean, "BEFFROI_STATE": str(state), "BEFFROI_CITY": city})
    process = subprocess.Popen(
        [sys.executable, "-m", "beffroi", "demo", "--port", str(demo.port)],
        env=demo.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    listening = threading.Thread(target=demo.lines.extend, args=[process.stdout], daemon=True)
    listening.start()
    try:
        wait_until(lambda: demo.said(PLAYED) or process.poll() is not None, longest_s=180)
        yield demo
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(30)
        listening.join(10)
        process.stdout.close()
    assert status == 0, "".join(demo.lines)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    state = postgres.state(f"demo-{secrets.token_hex(4)}")
    state.mkdir(mode=0o755, parents=True)
    with started(state) as demo:
        yield demo
    for folder in [state / "amiens", state]:
        postgres.remove(folder)
    with pytest.raises(OSError, match="refused"):
        demo.read("/")


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_exercise_reaches_everyone_and_is_ended(demo: Demo) -> None:
    played = demo.said(PLAYED)
    assert played, "".join(demo.lines)
    accepted, owed, told = (number(text) for text in played.groups()[:3])
    assert accepted == owed == told == 20_000
    page = demo.read(played[4].removeprefix(f"http://localhost:{demo.port}"))
    assert "20,000" in page


def test_what_was_sent_can_be_looked_at(demo: Demo) -> None:
    page = demo.read("/", port=demo.port + 1)
    pushes = re.search(r"<h2>(\d+) pushes</h2>", page)
    assert pushes
    assert int(pushes[1]) >= 2 * 19_000
    assert "cannot be read" not in page


def test_it_says_where_to_look_and_how_to_log_in(demo: Demo) -> None:
    said = "".join(demo.lines)
    for actor in demo_cast.cast():
        assert actor.role in said
    assert f"http://localhost:{demo.port}/desk/" in said
    assert demo_cast.PASSWORD in said
    code = demo.command("demo", "code", "bruno")
    assert re.fullmatch(r"\d{6}\n", code.stdout)
    assert demo.command("demo", "code", "mallory").returncode == 2


def test_the_exercise_is_played_once(demo: Demo) -> None:
    again = demo.command("demo", "play", "--once")
    assert (again.returncode, again.stdout) == (0, "")


def test_a_second_demo_beside_it_says_what_is_wrong(demo: Demo) -> None:
    """The ports are taken: it ends with words, and the first goes on."""
    second = demo.command("demo", "--port", str(demo.port))
    assert second.returncode == 1
    assert "address already in use" in second.stdout.lower() + second.stderr.lower()
    assert json.loads(demo.read("/healthz"))["database"]
