"""What the doctor says, of this machine as it is and of one that lacks something."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from beffroi.__main__ import main
from beffroi.lib import keys
from beffroi.ops import doctor, postgres
from beffroi.ops.doctor import Finding


def test_the_command_prints_a_line_for_each_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", [doctor.python, doctor.state])
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", "python"], ["ok", "state"]]


def test_one_thing_missing_is_enough_for_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CHECKS", [doctor.python, lambda: iter([Finding("bell", "no rope", is_ok=False)])])
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.splitlines()[1].split() == ["MISSING", "bell", "no", "rope"]


def test_a_good_database_is_found_and_its_version_said(standing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = postgres.ensure(standing)
    monkeypatch.setenv("DATABASE_URL", server.app_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", server.owner_url)
    findings = list(doctor.database())
    assert [(f.name, f.is_ok) for f in findings] == [("database", True), ("database owner", True)]
    assert findings[0].seen.startswith("PostgreSQL 18.")


def test_an_application_that_owns_tables_is_a_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = postgres.ensure(folder)
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE ledger (id int)")
    monkeypatch.setenv("DATABASE_URL", server.owner_url)
    (finding,) = doctor.database()
    assert (finding.is_ok, "owns tables" in finding.seen) == (False, True)


def test_a_superuser_is_a_fault(standing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = postgres.ensure(standing)
    passwords = json.loads((standing / "passwords.json").read_text())
    url = server.app_url.replace(f"beffroi_app:{passwords['beffroi_app']}", f"postgres:{passwords['postgres']}")
    monkeypatch.setenv("DATABASE_URL", url)
    (finding,) = doctor.database()
    assert (finding.is_ok, "superuser" in finding.seen) == (False, True)


def test_a_database_that_does_not_answer_is_a_fault_and_its_password_is_not_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://beffroi_app:hidden@/beffroi?host=/nowhere")
    (finding,) = doctor.database()
    assert (finding.is_ok, "hidden" in finding.seen) == (False, False)


def test_the_embedded_database_is_asked_where_no_other_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("BEFFROI_STATE", str(folder))
    monkeypatch.setenv("BEFFROI_CITY", "/cities/town/city.toml")
    assert [(f.name, f.is_ok) for f in doctor.database()] == [("database", True), ("database owner", True)]
    assert postgres.state("town").parent == folder
    postgres.remove(folder / "town")


def test_a_state_folder_that_cannot_be_made_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFFROI_STATE", "/dev/null/state")
    (finding,) = doctor.state()
    assert (finding.is_ok, finding.seen) == (False, "/dev/null/state: cannot write in /dev/null")
    monkeypatch.setenv("DATABASE_URL", "postgresql:///beffroi")
    assert list(doctor.state()) == []


def test_the_files_from_npm_are_there_and_as_copied() -> None:
    findings = list(doctor.pages())
    assert {f.seen.split()[0] for f in findings if f.is_ok} == {"h3-js", "htmx.org", "maplibre-gl"}, "run scripts/setup"


def test_a_changed_or_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "VENDOR", tmp_path)
    assert [f.is_ok for f in doctor.pages()] == [False]
    (tmp_path / "bell").mkdir()
    (tmp_path / "bell" / "ring.js").write_text("ding", encoding="utf-8")
    about = {"bell": {"version": "1.0", "files": {"ring.js": "0" * 64, "gone.js": "0" * 64}}}
    (tmp_path / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    assert list(doctor.pages()) == [
        Finding("pages", "bell 1.0 (ring.js is not as copied) (gone.js is not as copied)", is_ok=False)
    ]


def test_a_tool_that_the_tests_need_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "test-packages"
    packages.write_text("# a comment\n\ncoreutils ls\nbell-tower ring-the-bell\n", encoding="utf-8")
    monkeypatch.setattr(doctor, "TEST_PACKAGES", packages)
    here, missing = doctor.tools()
    assert here.is_ok
    assert missing == Finding("test tools", "ring-the-bell: apt-get install bell-tower (as root)", is_ok=False)


def test_outside_a_checkout_nobody_asks_for_test_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "TEST_PACKAGES", tmp_path / "none")
    assert list(doctor.tools()) == []


def test_the_city_and_what_is_wrong_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Path(__file__).parents[1] / "data" / "town" / "city.toml"
    monkeypatch.setenv("BEFFROI_CITY", str(town))
    assert list(doctor.city()) == [Finding("city", f"town, {town}")]
    monkeypatch.setenv("BEFFROI_CITY", str(tmp_path / "city.toml"))
    (finding,) = doctor.city()
    assert (finding.is_ok, "city-bad" in finding.seen) == (False, True)


def test_the_keys_and_which_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFFROI_KEYS", str(tmp_path / "keys"))
    (finding,) = doctor.keys()
    assert (finding.is_ok, "key-missing" in finding.seen) == (False, True)
    keys.create_missing(tmp_path / "keys", common_name="town", now=datetime.now(UTC))
    assert list(doctor.keys()) == [Finding("keys", str(tmp_path / "keys"))]
    (tmp_path / "keys" / "hash.key").chmod(0o644)
    (finding,) = doctor.keys()
    assert (finding.is_ok, "key-exposed" in finding.seen) == (False, True)
