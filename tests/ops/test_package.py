"""Packaging: the wheel alone, without checkout and tools of development, is the product."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.tower import free_port
from tests.conftest import DATA
from tests.ops.letterbox import wait_until

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "beffroi"
NOT_DELIVERED = {"__pycache__"}


def uv() -> str:
    """The program that made this environment (scripts/setup has a private one where the machine has none)."""
    found = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".tools" / "bin"))
    assert found, "uv is missing: run scripts/setup"
    return found


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command that must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by way of the source package, as `uv build` and others who package it do."""
    folder = tmp_path_factory.mktemp("dist")
    run(uv(), "build", "--out-dir", folder, cwd=ROOT)
    (found,) = folder.glob("*.whl")
    return found


@dataclass(frozen=True)
class Installed:
    """A machine of a city: an empty folder, and an environment that has the wheel and what it depends on."""

    bin: Path
    folder: Path

    def say(self, *words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        """What a command of the installed program says."""
        command = [self.bin / "beffroi", *words]
        env = self.env(**env)
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def env(self, **changes: str) -> dict[str, str]:
        """The tests' settings, and nothing by which Python would find the checkout."""
        return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | changes


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """From uv's cache, which has everything since the checkout was set up."""
    folder = tmp_path_factory.mktemp("city")
    run(uv(), "venv", "--python", sys.executable, folder / "venv", cwd=folder)
    run(uv(), "pip", "install", "--python", folder / "venv" / "bin" / "python", wheel, cwd=folder)
    return Installed(folder / "venv" / "bin", folder)


def delivered() -> Iterator[str]:
    """Every file of the house."""
    for path in sorted(HOUSE.rglob("*")):
        if path.is_file() and not NOT_DELIVERED & set(path.parts):
            yield path.relative_to(ROOT).as_posix()


def test_it_carries_the_whole_house_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == set(delivered())
    needed = ("locale/fr/LC_MESSAGES/django.mo", "web/static/vendor/manifest.json", "standards/cap/schema/cap-1.2.xsd")
    assert {f"beffroi/{name}" for name in needed} <= inside, "run scripts/setup"


def test_it_depends_on_what_the_house_imports_and_on_no_tool(installed: Installed) -> None:
    listed = run(uv(), "pip", "list", "--python", installed.bin / "python", cwd=installed.folder).stdout
    names = {line.split()[0] for line in listed.splitlines()[2:]}
    assert {"django", "uvicorn", "lxml"} <= names
    assert not names & {"babel", "pytest", "mypy", "ruff", "hypothesis", "playwright", "whitenoise"}


def test_the_command_line(installed: Installed) -> None:
    assert "check and import CAP messages" in installed.say("--help").stdout
    found = installed.say("cap", "check", DATA / "cap" / "derived" / "ok_full_fr_nl_en.xml")
    assert (found.returncode, found.stderr) == (0, "")
    assert "ok_full_fr_nl_en.xml" in found.stdout


@pytest.mark.parametrize("words", [["language", "check"], ["language", "--help"]])
def test_a_command_for_development_says_so(installed: Installed, words: list[str]) -> None:
    found = installed.say(*words)
    assert found.returncode == 2
    assert found.stderr == "beffroi: tool-missing: package=babel, reason=translators work in a checkout\n"


@pytest.mark.usefixtures("machine", "town")
def test_it_is_healthy_and_serves(installed: Installed) -> None:
    found = installed.say("doctor")
    assert (found.returncode, "MISSING" in found.stdout) == (0, False), found.stdout
    port = free_port()
    command: list[str | Path] = [installed.bin / "beffroi", "web", "--port", str(port)]
    process = subprocess.Popen(command, cwd=installed.folder, env=installed.env())
    try:
        wait_until(lambda: process.poll() is not None or status(f"http://localhost:{port}/healthz"))
        assert status(f"http://localhost:{port}/healthz") == 503, "nothing is published yet"
        assert installed.say("publish").stdout.endswith(" pages and feeds are published\n")
        wait_until(lambda: status(f"http://localhost:{port}/healthz") == 200)
        assert status(f"http://localhost:{port}/en/") == 200
        assert status(f"http://localhost:{port}/desk/login/") == 200
        assert status(f"http://localhost:{port}/static/any/css/base.css") == 200
    finally:
        process.terminate()
    assert process.wait(20) in (0, -signal.SIGTERM)


def status(url: str) -> int:
    """Of an answer; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as err:
        return err.code
    except OSError:
        return 0
