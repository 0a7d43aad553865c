"""`beffroi bench cap`: that it reads everything and counts what it read."""

from __future__ import annotations

import json

import pytest

from beffroi.__main__ import main
from beffroi.ops import bench_cap
from tests.standards.cap import corpus
from tests.standards.cap.corpus import BASE, changed

FEED = f"<alerts>{BASE[BASE.index('<alert') :]}{BASE[BASE.index('<alert') :]}</alerts>".encode()


def test_whole_rounds_are_counted() -> None:
    figures = bench_cap.measure([changed(), FEED, b"no xml"], 0.01)
    assert figures.messages % 4 == 0
    assert figures.messages > 0
    assert figures.seconds >= 0.01
    assert figures.per_s == pytest.approx(figures.messages / figures.seconds, rel=0.1)


def test_figures_as_json_and_in_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench_cap, "SECONDS", 0.01)
    assert main(["bench", "cap", "--json", str(corpus.FOLDER / "derived")]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["messages", "seconds", "per_s", "per_cpu_s"]
    assert figures["messages"] % 35 == 0
    assert main(["bench", "cap", str(corpus.FOLDER / "derived")]) == 0
    assert "a second of processor time" in capsys.readouterr().out


def test_it_measures_long_enough_to_be_stable() -> None:
    assert bench_cap.SECONDS >= 2
