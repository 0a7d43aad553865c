"""`beffroi web` as a process: it answers, it does without the tools of development, it goes when told or orphaned."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from beffroi.ops import web
from tests.browser.tower import free_port
from tests.ops.letterbox import wait_until

pytestmark = pytest.mark.usefixtures("machine", "town")
DEVELOPMENT = "babel, pytest, hypothesis, playwright, aiohttp, feedparser, mypy"


def answers(port: int) -> bool:
    """Whether something answers there as Beffroi does."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as err:
        return err.headers["Content-Type"] == "application/json" and err.code == 503
    except OSError:
        return False


def test_options() -> None:
    parser = argparse.ArgumentParser()
    web.arguments(parser)
    given = parser.parse_args([])
    assert (given.host, given.port) == ("127.0.0.1", 8000)


def test_it_serves_without_the_tools_of_development_and_ends_when_told(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import sys\n"
        "class Closed:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {DEVELOPMENT.split(', ')!r}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Closed())\n"
        f"from beffroi.__main__ import main; sys.exit(main(['web', '--port', '{port}']))"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        wait_until(lambda: answers(port) or process.poll() is not None)
        assert answers(port)
    finally:
        process.terminate()
    assert process.wait(20) in (0, -signal.SIGTERM)


def test_it_does_not_outlive_its_parent() -> None:
    port = free_port()
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-m', 'beffroi', 'web', '--port', '{port}'])"
    parent = subprocess.Popen([sys.executable, "-c", script], env=dict(os.environ))
    try:
        wait_until(lambda: answers(port))
    finally:
        parent.kill()
        parent.wait()
    wait_until(lambda: not answers(port))
