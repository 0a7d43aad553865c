"""`beffroi bench` as it is typed."""

from __future__ import annotations

import pytest

from beffroi.__main__ import main


def test_a_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["bench", "--help"])
    assert stopped.value.code == 0
    assert "cap" in capsys.readouterr().out
