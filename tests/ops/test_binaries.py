"""PostgreSQL's programs run as an account that is not root, from a place that it can read."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from beffroi.ops import binaries


@pytest.fixture(autouse=True)
def prepared() -> None:
    binaries.prepare()


def test_the_programs_are_of_the_version_we_say() -> None:
    said = binaries.run("postgres", "--version")
    assert (said.returncode, said.stdout.split()[2].split(".")[0]) == (0, str(binaries.MAJOR))


def test_every_program_finds_its_libraries() -> None:
    for tool in ("initdb", "pg_ctl", "pg_isready", "pg_dump", "pg_restore", "psql"):
        said = binaries.run(tool, "--version")
        assert (said.returncode, said.stdout.split()[0]) == (0, tool)


def test_a_failure_is_told_with_its_words() -> None:
    said = binaries.run("initdb", "--no-such-option")
    assert said.returncode == 1
    assert "unrecognized option" in said.stdout


def test_the_programs_never_run_as_root() -> None:
    server = binaries.run("postgres", "--single", "-D", "/nowhere", words="")
    assert '"root" execution of the PostgreSQL server is not permitted' not in server.stdout
    if binaries.is_root():
        account = pwd.getpwnam(binaries.ACCOUNT)
        assert account.pw_uid != 0
        assert account.pw_shell == "/bin/false"


def test_a_folder_of_its_own_is_closed_to_all_others(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    binaries.own(folder)
    binaries.own(folder)  # again: nothing to do
    seen = folder.stat()
    wanted = pwd.getpwnam(binaries.ACCOUNT).pw_uid if binaries.is_root() else os.geteuid()
    assert (seen.st_uid, seen.st_mode & 0o777) == (wanted, 0o700)


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "own").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        binaries.own(tmp_path / "own")


def test_preparing_again_changes_nothing() -> None:
    before = binaries.ROOT_HOME.stat() if binaries.is_root() else None
    binaries.prepare()
    assert (binaries.ROOT_HOME.stat() if binaries.is_root() else None) == before
