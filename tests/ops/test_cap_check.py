"""`beffroi cap check`: its answers in words and in JSON, and what it ends with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from beffroi.__main__ import main
from beffroi.errors import BadInput
from beffroi.ops.cap_check import read
from tests.standards import samples
from tests.standards.cap import corpus
from tests.standards.cap.corpus import BASE, changed, derived

KEYS = [
    "file", "verdict", "deliverable", "stage", "identifier", "sender", "sent", "status", "msgType", "scope", "infos",
    "languages", "polygons", "circles", "geocodes", "findings",
]  # fmt: skip


def answers(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["cap", "check", "--json", *words])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def put(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def test_one_object_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, "a.xml", derived("ok_full_fr_nl_en.xml"))
    code, (answer,) = answers(capsys, path)
    findings = answer.pop("findings")
    assert list(answer) == KEYS[:-1]
    assert (code, answer) == (0, {
        "file": path, "verdict": "accept", "deliverable": True, "stage": None, "identifier": "BXL-2026-0001",
        "sender": "alerte@brucity.example.be", "sent": "2026-03-02T10:05:00+01:00", "status": "Actual",
        "msgType": "Alert", "scope": "Public", "infos": 3, "languages": ["fr-BE", "nl-BE", "en-GB"], "polygons": 3,
        "circles": 0, "geocodes": 0,
    })  # fmt: skip
    assert findings[0] == {
        "code": "recommended-missing", "severity": "note", "xpath": "/cap:alert/cap:info[1]", "line": 2,
        "message": "Recommended and missing: contact.",
    }  # fmt: skip


def test_what_could_not_be_read_is_null(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (answer,) = answers(capsys, put(tmp_path, "a.xml", derived("bad_truncated.xml")))
    assert (code, answer["verdict"], answer["stage"]) == (1, "reject", "xml")
    assert [answer[key] for key in KEYS[4:-1]] == [None] * 11
    assert answer["findings"][0]["code"] == "xml-broken"
    _, (answer,) = answers(capsys, "--profile", "tolerant", put(tmp_path, "b.xml", corpus.without("sent", "sender")))
    assert (answer["sent"], answer["sender"], answer["infos"]) == (None, None, 1)


def test_a_profile_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, "a.xml", derived("bad_order.xml"))
    assert [a["verdict"] for a in answers(capsys, path)[1]] == ["reject"]
    code, (answer,) = answers(capsys, "--profile", "tolerant", path)
    assert (code, answer["verdict"], answer["identifier"]) == (0, "warn", "BXL-2026-0001")


def test_a_container_gives_one_answer_for_each_alert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alert = BASE[BASE.index("<alert") :]
    path = put(
        tmp_path,
        "feed.atom",
        f"<feed><entry>{alert}</entry><entry>{alert.replace('A-1', 'A 1')}</entry></feed>".encode(),
    )
    code, found = answers(capsys, path)
    assert [(a["file"], a["verdict"]) for a in found] == [(f"{path}#1", "accept"), (f"{path}#2", "reject")]
    assert code == 1


def test_a_container_without_alerts_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, "feed.atom", b"<feed/>")
    assert main(["cap", "check", "--json", path]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"{path}: no alert in it\n")


def test_folders_are_walked_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b.xml", "a.cap", "deep/er/c.ATOM", "d.rss", "notes.txt", "picture.png"):
        put(tmp_path / "in", name, changed())
    named = put(tmp_path, "named.txt", changed())
    code, found = answers(capsys, str(tmp_path / "in"), named)
    assert [str(Path(a["file"]).relative_to(tmp_path)) for a in found] == [
        "in/a.cap", "in/b.xml", "in/d.rss", "in/deep/er/c.ATOM", "named.txt",
    ]  # fmt: skip
    assert code == 0


def test_a_path_is_shown_as_it_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "in/a.xml", changed())
    monkeypatch.chdir(tmp_path)
    _, found = answers(capsys, "./in/a.xml", "./in/", "in/../in", "in")
    assert [answer["file"] for answer in found] == ["./in/a.xml", "./in/a.xml", "in/../in/a.xml", "in/a.xml"]


@pytest.mark.parametrize("name", ["missing.xml", "empty-folder"])
def test_a_path_without_messages_is_an_error_before_anything_is_said(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty-folder").mkdir()
    good = put(tmp_path, "good.xml", changed())
    assert main(["cap", "check", good, str(tmp_path / name)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"beffroi: not-found: path={tmp_path / name}")


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "gone.xml")
    with pytest.raises(BadInput) as caught:
        read(path)
    assert caught.value.facts == {"path": path, "reason": "No such file or directory"}


@pytest.mark.parametrize("words", [[], ["--profile", "loose", "x"], ["--jsonl", "x"]])
def test_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["cap", "check", *words])
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_words_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = put(tmp_path, "good.xml", changed()), put(tmp_path, "bad.xml", derived("sem_polygon_open.xml"))
    assert main(["cap", "check", good, bad]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{good}: accept, may reach the public Actual Alert Public A-1",
        f"{bad}: reject, not for the public Actual Alert Public BXL-2026-0001",
        "  error polygon-open: line 2 /cap:alert/cap:info[1]/cap:area[1]/cap:polygon[1]"
        " The first and the last pair differ; the polygon is read as closed.",
        "  note recommended-missing: line 2 /cap:alert/cap:info[1] Recommended and missing: contact.",
    ]


def test_a_message_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, "a.xml", changed(("A-1", "A\u009b31m\u202eX")))
    main(["cap", "check", path])
    assert "A\ufffd31m\ufffdX" in capsys.readouterr().out
    assert main(["cap", "check", "--json", path]) == 0
    assert capsys.readouterr().out.isascii()


def test_names_of_files_may_be_anything(tmp_path: Path) -> None:
    strange = tmp_path / "a\udcff\nb.xml"
    strange.write_bytes(changed())
    for words in ([], ["--json"]):
        told = subprocess.run(
            [sys.executable, "-m", "beffroi", "cap", "check", *words, str(tmp_path)], capture_output=True, check=True
        )
        assert len(told.stdout.splitlines()) == 1


def test_the_scorer_agrees_on_every_row() -> None:
    """The issue's own tool, run as it says."""
    folder, scorer = samples.shared("data/cap"), samples.shared("tools/score_cap.py")
    paths = [str(folder / name) for name in ("derived", "messages", "feeds")]
    told = subprocess.run(
        [sys.executable, "-m", "beffroi", "cap", "check", "--json", "--profile", "strict", *paths],
        capture_output=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    score = subprocess.run(
        [sys.executable, str(scorer), str(folder / "EXPECTED.tsv")], input=told.stdout, capture_output=True, check=False
    )
    assert score.returncode == 0, score.stdout
    assert score.stdout.endswith(b" passed, 0 failed\n")
