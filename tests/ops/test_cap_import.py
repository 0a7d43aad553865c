"""`beffroi cap import` as it is typed: what becomes of each message, and nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from beffroi.__main__ import main
from beffroi.calls.models import Call
from beffroi.crisis.models import Message
from beffroi.standards.cap.write import write
from tests.crisis.feeds.server import atom, embedded, linked
from tests.crisis.messages import alert, cancel

Told = pytest.CaptureFixture[str]
A = alert("a")

pytestmark = pytest.mark.usefixtures("machine", "town")


def test_a_message_becomes_a_draft_and_its_cancel_takes_it_back(tmp_path: Path, capsys: Told) -> None:
    first, last = tmp_path / "1.xml", tmp_path / "2.xml"
    first.write_bytes(write(A))
    last.write_bytes(write(cancel("c", 10, A)))
    assert main(["cap", "import", str(first)]) == 0
    call = Call.objects.get()
    assert capsys.readouterr().out == f"{first}: accept live a draft {call.public_id}\n"
    assert main(["cap", "import", str(tmp_path)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [f"{first}: accept live a draft {call.public_id}", f"{last}: accept acted c"]
    call.refresh_from_db()
    assert call.state == "withdrawn"
    assert [message.way for message in Message.objects.all()] == ["command", "command"]
    assert bytes(Message.objects.get(identifier="a").raw) == write(A)


def test_a_feed_is_taken_apart(tmp_path: Path, capsys: Told) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(atom(embedded(write(A)), embedded(write(alert("b", 5)))))
    for _ in range(2):
        assert main(["cap", "import", str(file)]) == 0
        told = capsys.readouterr().out.splitlines()
        assert [line.partition(": ")[0] for line in told] == [f"{file}#1", f"{file}#2"]
    assert Message.objects.count() == 2


def test_what_is_held_is_said(tmp_path: Path, capsys: Told) -> None:
    file = tmp_path / "bad \x1b[31m.xml"
    file.write_bytes(b"<!DOCTYPE x><alert/>")
    assert main(["cap", "import", str(file)]) == 1
    told = capsys.readouterr().out
    assert told.endswith(": reject held: rejected\n")
    assert "\x1b" not in told
    assert bytes(Message.objects.get().raw) == b"<!DOCTYPE x><alert/>"


def test_the_profile_counts(tmp_path: Path, capsys: Told) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(write(A).replace(b"-00:00</sent>", b"Z</sent>").replace(b"+00:00</sent>", b"Z</sent>"))
    assert main(["cap", "import", "--profile", "tolerant", str(file)]) == 0
    assert capsys.readouterr().out.startswith(f"{file}: warn live a draft ")


def test_nothing_to_take(tmp_path: Path, capsys: Told) -> None:
    assert main(["cap", "import", str(tmp_path / "no.xml")]) == 2
    assert "not-found" in capsys.readouterr().err
    file = tmp_path / "feed.xml"
    file.write_bytes(atom(linked("https://feeds.example/a.xml")))
    assert main(["cap", "import", str(file)]) == 0
    assert "no alert in it" in capsys.readouterr().err
    assert not Message.objects.exists()
