"""The command line: what it lists exists, and each answer has its exit status."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from beffroi import __main__ as command_line
from beffroi.errors import NotFound

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", command_line.COMMANDS)
def test_each_command_is_there(name: str) -> None:
    parser = argparse.ArgumentParser()
    importlib.import_module(f"beffroi.ops.{name}").arguments(parser)
    assert parser.format_help()


def test_help_lists_every_command() -> None:
    told = subprocess.run([sys.executable, "-m", "beffroi", "--help"], capture_output=True, text=True, check=True)
    for name, purpose in command_line.COMMANDS.items():
        assert name in told.stdout
        assert purpose.split()[0] in told.stdout


def test_help_loads_no_command() -> None:
    script = (
        "import sys; from beffroi.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n"
        "    print(sorted(name for name in sys.modules if name.startswith('beffroi.ops')), 'django' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.splitlines()[-1] == "[] False"


@pytest.mark.parametrize("words", [[], ["no-such-command"], ["cap", "no-such-verb"]])
def test_what_is_not_understood(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(words)
    assert left.value.code == 2
    assert "usage: beffroi" in capsys.readouterr().err


def ends_with(monkeypatch: pytest.MonkeyPatch, end: BaseException | int) -> int:
    """The exit status when a command ends so."""

    def run(options: argparse.Namespace) -> int:
        if isinstance(end, BaseException):
            raise end
        return end

    module = importlib.import_module("beffroi.ops.doctor")
    monkeypatch.setattr(module, "arguments", lambda parser: parser.set_defaults(run=run))
    return command_line.main(["doctor"])


def test_an_error_of_ours_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(monkeypatch, NotFound(path="a.xml", line=3)) == 2
    assert capsys.readouterr().err == "beffroi: not-found: path=a.xml, line=3\n"


def test_statuses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends_with(monkeypatch, 0) == 0
    assert ends_with(monkeypatch, 1) == 1
    assert ends_with(monkeypatch, KeyboardInterrupt()) == 130
    with pytest.raises(ValueError, match="a fault of ours shows its trace"):
        ends_with(monkeypatch, ValueError("a fault of ours shows its trace"))
