"""The command `beffroi keys`: it makes what is missing, overwrites nothing, and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from beffroi.__main__ import main
from beffroi.lib import keys

Told = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEFFROI_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_keys_are_made_once(folder: Path, capsys: Told) -> None:
    assert main(["keys", "check"]) == 1
    assert "key-missing" in capsys.readouterr().out
    assert main(["keys", "init"]) == 0
    assert "signing, " in capsys.readouterr().out
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert main(["keys", "init"]) == 0
    assert "nothing was missing" in capsys.readouterr().out
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert main(["keys", "check"]) == 0
    told = capsys.readouterr().out
    assert "SHA-256" in told
    assert not any(line.strip() in told for file in folder.glob("*.key") for line in file.read_text().splitlines())


def test_what_is_wrong_is_named(folder: Path, capsys: Told) -> None:
    main(["keys", "init"])
    (folder / keys.FILES["hash"]).chmod(0o644)
    capsys.readouterr()
    assert main(["keys", "check"]) == 1
    assert "key-exposed hash" in capsys.readouterr().out
