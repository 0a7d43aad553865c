"""The embedded PostgreSQL: made, shared, crashed, left behind, refused. Real servers throughout."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from beffroi.errors import BeffroiError
from beffroi.ops import binaries, postgres

USER = """
import sys; from pathlib import Path; from beffroi.ops import postgres
server = postgres.ensure(Path(sys.argv[1])); print(server.app_url, flush=True); sys.stdin.read()
"""


def another_process(folder: Path) -> subprocess.Popen[str]:
    """A process that asks for the server, says its URL, and lives until its input ends."""
    words = [sys.executable, "-c", USER, str(folder)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def is_running(folder: Path) -> bool:
    return (folder / "data" / "postmaster.pid").exists()


def ask(url: str, query: str) -> tuple[object, ...]:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_application_owns_nothing_and_the_owner_may_make_databases(folder: Path) -> None:
    server = postgres.ensure(folder)
    roles = "SELECT current_user::text, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert ask(server.app_url, roles) == ("beffroi_app", False, False, False)
    assert ask(server.owner_url, roles) == ("beffroi_owner", False, True, False)
    made = "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate FROM pg_database"
    assert ask(server.app_url, f"{made} WHERE datname = 'beffroi'") == ("beffroi_owner", "UTF8", "C")
    with psycopg.connect(server.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("CREATE DATABASE test_beffroi")


def test_it_is_18_durable_and_deaf_to_the_network(standing: Path) -> None:
    server = postgres.ensure(standing)
    assert ask(server.app_url, "SELECT current_setting('server_version_num')::int / 10000") == (binaries.MAJOR,)
    assert ask(server.app_url, "SELECT current_setting('fsync'), current_setting('listen_addresses')") == ("on", "")


def test_nobody_comes_in_without_the_password(standing: Path) -> None:
    server = postgres.ensure(standing)
    password = json.loads((standing / "passwords.json").read_text())["beffroi_app"]
    for wrong in ("", ":guess"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.app_url.replace(f":{password}", wrong))
    assert mode(standing / "passwords.json") == 0o600
    assert mode(standing / "data") == mode(standing / "socket") == 0o700
    assert (standing / "data").stat().st_uid != 0
    assert password not in repr(server)


def test_what_people_wrote_never_reaches_the_log(standing: Path) -> None:
    server = postgres.ensure(standing)
    with psycopg.connect(server.app_url) as connection, pytest.raises(psycopg.errors.InvalidTextRepresentation):
        connection.execute("SELECT 'ada@example.org'::int")
    log = (standing / "data" / "server.log").read_text()
    assert "ready to accept connections" in log
    assert "ada@example.org" not in log


def test_many_may_ask_at_once(folder: Path) -> None:
    crowd = [another_process(folder) for _ in range(4)]
    urls = {url_of(process) for process in crowd}
    assert len(urls) == 1
    assert ask(urls.pop(), "SELECT 1") == (1,)
    for process in crowd:
        process.communicate()
    assert [process.returncode for process in crowd] == [0] * 4
    assert not is_running(folder)


def test_the_last_to_leave_stops_it(folder: Path) -> None:
    postgres.ensure(folder)
    other = another_process(folder)
    url = url_of(other)
    postgres.leave(folder)
    assert ask(url, "SELECT 1") == (1,)
    other.communicate()
    assert not is_running(folder)
    postgres.leave(folder)  # again: nothing to do


def test_a_killed_user_leaves_it_to_the_next(folder: Path) -> None:
    killed = another_process(folder)
    url_of(killed)
    before = postmaster(folder)
    killed.kill()
    killed.communicate()
    postgres.ensure(folder)
    assert postmaster(folder) == before
    postgres.leave(folder)
    assert not is_running(folder)


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    server = postgres.ensure(folder)
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS figure")
        os.kill(postmaster(folder), signal.SIGKILL)
        assert postgres.ensure(folder) == server
    assert ask(server.owner_url, "SELECT figure FROM kept") == (7,)


def test_a_server_without_its_socket_is_replaced(folder: Path) -> None:
    server = postgres.ensure(folder)
    before = postmaster(folder)
    (folder / "socket" / ".s.PGSQL.5432").unlink()
    postgres.ensure(folder)
    assert postmaster(folder) != before
    assert ask(server.app_url, "SELECT 1") == (1,)


def test_a_number_that_another_process_has_now_does_not_keep_it_down(folder: Path) -> None:
    server = postgres.ensure(folder)
    file = folder / "data" / "postmaster.pid"
    remains = file.read_text().split("\n", 1)[1]
    postgres.stop(folder)
    account = binaries.ACCOUNT if binaries.is_root() else None
    stranger = subprocess.Popen(["sleep", "60"], user=account, cwd="/")
    file.write_text(f"{stranger.pid}\n{remains}")
    binaries.give(file)
    postgres.ensure(folder)
    assert ask(server.app_url, "SELECT 1") == (1,)
    assert stranger.poll() is None, "it is none of our business"
    stranger.kill()
    stranger.wait()


def test_a_torn_number_does_not_keep_it_down(folder: Path) -> None:
    server = postgres.ensure(folder)
    file = folder / "data" / "postmaster.pid"
    for torn in ("", "12", "not a number\n"):
        postgres.stop(folder)
        file.write_text(torn)
        binaries.give(file)
        postgres.ensure(folder)
        assert ask(server.app_url, "SELECT 1") == (1,)


def test_half_a_cluster_is_never_taken_for_one(folder: Path) -> None:
    killed = another_process(folder)
    while not list(folder.glob("new-*")):
        assert killed.poll() is None
    killed.kill()
    killed.communicate()
    assert not (folder / "data").exists()
    assert ask(postgres.ensure(folder).app_url, "SELECT 1") == (1,)


def test_data_of_another_version_are_left_alone(folder: Path) -> None:
    postgres.ensure(folder)
    postgres.stop(folder)
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(postgres.OtherVersion) as caught:
        postgres.ensure(folder)
    assert caught.value.facts == {"folder": folder / "data", "found": "16", "wanted": 18}
    assert (folder / "data" / "base").exists()


def test_a_full_disk_is_said_and_leaves_nothing_half_done(folder: Path) -> None:
    """The limit on the size of a file stands in for the end of the disk: the same calls fail in the same places."""
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    words = [sys.executable, "-c", f"{limited}\n{USER}", str(folder)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("beffroi.ops.postgres.DiskFull: ('disk-full', {'folder': ")
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "passwords.json", "socket", "users"]
    assert ask(postgres.ensure(folder).app_url, "SELECT 1") == (1,)


def test_a_folder_that_cannot_be_made_is_said() -> None:
    with pytest.raises(postgres.StateUnusable) as caught:
        postgres.ensure(Path("/proc/beffroi/demo"))
    assert caught.value.facts["folder"] == Path("/proc/beffroi/demo")


def test_a_folder_that_the_account_cannot_enter_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    if binaries.is_root():
        with pytest.raises(postgres.StateUnusable, match="is closed to the account beffroi-db"):
            postgres.ensure(tmp_path / "demo")
    else:
        assert ask(postgres.ensure(tmp_path / "demo").app_url, "SELECT 1") == (1,)
        postgres.remove(tmp_path / "demo")


@pytest.mark.parametrize("name", ["x" * 100, "a folder, with signs"])
def test_a_path_that_no_socket_takes_is_fine(folder: Path, name: str) -> None:
    odd = folder / name
    server = postgres.ensure(odd)
    assert str(odd) not in unquote(server.app_url)
    assert ask(server.app_url, "SELECT 1") == (1,)
    postgres.remove(odd)
    assert not odd.exists()


def test_the_citys_own_server_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://beffroi_app@db/beffroi")
    assert postgres.database("demo") == postgres.Server(owner_url="", app_url="postgresql://beffroi_app@db/beffroi")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://beffroi_owner@db/beffroi")
    assert postgres.database("demo").owner_url == "postgresql://beffroi_owner@db/beffroi"


def test_each_purpose_has_its_folder_and_the_operator_may_move_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert postgres.state("demo") != postgres.state("tests")
    monkeypatch.setenv("BEFFROI_STATE", str(tmp_path))
    assert postgres.state("demo") == tmp_path / "demo"


def test_stopping_what_was_never_there_is_no_error(folder: Path) -> None:
    postgres.stop(folder)
    postgres.remove(folder)
    assert not folder.exists()


def test_every_refusal_is_one_of_our_errors() -> None:
    for kind in (postgres.DatabaseFailed, postgres.DiskFull, postgres.OtherVersion, postgres.StateUnusable):
        assert issubclass(kind, BeffroiError)
        assert kind.status == 503
