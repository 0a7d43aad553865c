"""The command `beffroi log` from its words to its answer."""

from __future__ import annotations

import json
import re

import pytest

from beffroi.__main__ import main
from beffroi.people import log
from beffroi.people.models import Entry
from tests.people.test_chain import lifted

Told = pytest.CaptureFixture[str]


@pytest.fixture
def lines(machine: None) -> None:
    for number in range(3):
        log.write(None, "call.edit", f"call:n{number}", why="à l'étage")


def test_whole(lines: None, capsys: Told) -> None:
    assert main(["log", "verify"]) == 0
    out = capsys.readouterr().out
    head = re.search(r"^head: (3:[0-9a-f]{64})$", out, re.MULTILINE)
    assert out.startswith("whole: 3 lines\n")
    assert head is not None
    log.write(None, "call.edit", "call:n3")
    assert main(["log", "verify", "--kept", head[1], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["is_whole"], told["lines"], told["fault"], told["bad"]) == (True, 4, None, None)
    assert told["head"] == f"4:{bytes(Entry.objects.get(number=4).hash or b'').hex()}"


def test_nothing_written_yet(machine: None, capsys: Told) -> None:
    assert main(["log", "verify"]) == 0
    assert "none yet" in capsys.readouterr().out


def test_broken(lines: None, capsys: Told) -> None:
    with lifted("UPDATE people_entry SET about = 'call:other' WHERE number = 2"):
        assert main(["log", "verify"]) == 1
        assert capsys.readouterr().out.startswith("broken: line 2 is not as it was written (changed); the 1 before")
        assert main(["log", "verify", "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["is_whole"], told["lines"], told["fault"], told["bad"]) == (False, 1, "changed", 2)


@pytest.mark.parametrize("kept", ["", "3", "0:" + "a" * 64, "3:" + "A" * 64, "3:" + "a" * 63, "x:" + "a" * 64])
def test_what_is_no_head(kept: str, capsys: Told) -> None:
    with pytest.raises(SystemExit):
        main(["log", "verify", "--kept", kept])
    assert "64 hexadecimal" in capsys.readouterr().err


def test_show(lines: None, capsys: Told) -> None:
    assert main(["log", "show", "--last", "2"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in shown] == ["2", "3"]
    assert shown[1].endswith(' - call.edit call:n2 {"why": "à l\'étage"}')
    assert main(["log", "show", "--about", "call:n0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
