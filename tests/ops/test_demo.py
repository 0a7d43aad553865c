"""The ground of a demo: its settings, its sinks' ports, and commands that find the same."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from beffroi.ops import demo, pushkeys


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("BEFFROI_HOME", str(tmp_path))
    pushkeys.make(demo.sinks())
    return tmp_path


def test_sinks_listen_beside_the_pages(home: Path) -> None:
    assert demo.ports(8000) == (8001, 8025, 8443)


def test_sinks_keep_the_ports_of_the_first_start(home: Path) -> None:
    first = demo.ports(18000)
    assert first == (18001, 18025, 18443)
    assert demo.ports(9000) == first  # the invented subscriptions name the push sink's


def test_the_settings_of_a_demo_name_only_this_machine(home: Path) -> None:
    found = demo.environment(18000)
    assert found["BEFFROI_URL"] == "http://localhost:18000"
    assert found["BEFFROI_OPEN_HOSTS"] == "localhost:18443"
    assert found["BEFFROI_SMTP"] == "smtp://localhost:18025"
    assert found["BEFFROI_MAIL_FROM"].endswith(".example")
    assert Path(found["BEFFROI_CA_FILE"]).exists()


def test_what_the_operator_set_stays(home: Path, monkeypatch: pytest.MonkeyPatch, machine: None) -> None:
    for name in demo.environment(18000):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # taken back afterwards
    monkeypatch.setenv("BEFFROI_URL", "http://localhost:12345")
    monkeypatch.delenv("BEFFROI_SMTP", raising=False)
    demo.lay(18000)
    assert os.environ["BEFFROI_URL"] == "http://localhost:12345"
    assert os.environ["BEFFROI_SMTP"] == "smtp://localhost:18025"


@pytest.mark.parametrize(
    "words", [[], ["code", "bruno"], ["play", "--once", "--json"], ["prepare"], ["home"], ["worker"]]
)
def test_verbs(words: list[str]) -> None:
    parser = argparse.ArgumentParser()
    demo.arguments(parser)
    given = parser.parse_args(words)
    assert callable(given.run)
    assert given.port == demo.PORT
