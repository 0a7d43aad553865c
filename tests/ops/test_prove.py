"""Proofs say when, where and of which commit; a part that fails is no proof."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from beffroi.__main__ import main
from beffroi.ops import prove


def test_a_proof_is_written_with_its_circumstances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "PROOFS", tmp_path / "proofs")
    assert main(["prove", "read-cap"]) == 0
    found = json.loads((tmp_path / "proofs" / "read-cap.json").read_text(encoding="utf-8"))
    assert set(found) == {"name", "date", "machine", "commit", "figures"}
    assert found["figures"]["messages"] > 0 and found["figures"]["per_cpu_s"] > 0


def test_a_command_that_fails_is_no_proof() -> None:
    with pytest.raises(prove.ProofFailed) as failed:
        prove.told("cap", "check", "no-such-file", env=dict(os.environ))
    assert failed.value.facts["status"] == 2


def test_a_process_beside_ends_with_the_proof() -> None:
    with prove.running(["sinks", "--help"], dict(os.environ)):
        pass  # it has ended by itself; ending it again is no error


def test_an_unknown_proof_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as left:
        main(["prove", "everything-at-once"])
    assert left.value.code == 2
