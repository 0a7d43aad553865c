"""`beffroi cap` as it is typed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from beffroi.__main__ import main
from tests.standards.cap import corpus


def test_a_verb_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["cap"])
    assert stopped.value.code == 2
    assert "VERB" in capsys.readouterr().err


def test_check_is_one() -> None:
    assert main(["cap", "check", str(corpus.FOLDER / "derived" / "ok_circle.xml")]) == 0


def test_check_starts_without_django_and_without_the_drivers() -> None:
    path = str(corpus.FOLDER / "derived" / "ok_circle.xml")
    script = (
        f"import sys; from beffroi.__main__ import main; done = main(['cap', 'check', {path!r}]);"
        " print(done, sorted({'django', 'psycopg', 'shapely', 'numpy', 'h3', 'pycurl', 'socket'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "0 []"
