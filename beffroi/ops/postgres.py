"""The embedded PostgreSQL: what the demo and the tests stand on where no DATABASE_URL names the city's own server."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

from beffroi import env
from beffroi.errors import Unavailable
from beffroi.ops import binaries

OWNER, APP, DATABASE, SUPERUSER = "beffroi_owner", "beffroi_app", "beffroi", "postgres"
PORT = 5432  # names the socket file; nothing listens on TCP
SOCKET_BYTES = 100  # the kernel takes 108 on Linux, 104 on macOS, its end mark included
PATIENCE_S = 300  # recovery after a crash may replay much; whoever waits longer should look at the log
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "log",  # starts, stops and crashes; never the text of a statement, it may hold personal data
}
NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large")


class DatabaseFailed(Unavailable):
    """The embedded PostgreSQL could not be made, started or stopped; `reason` is its own word for it."""

    code = "database-failed"


class DiskFull(Unavailable):
    """There is no room left where the embedded PostgreSQL keeps its data."""

    code = "disk-full"


class OtherVersion(Unavailable):
    """The data were written by another major version of PostgreSQL: dump them with that one, restore them with this."""

    code = "database-other-version"


class StateUnusable(Unavailable):
    """The folder for the machine's state cannot be made, written or entered."""

    code = "state-unusable"


@dataclass(frozen=True)
class Server:
    """How to reach a database: as the owner of the tables (migrations, tests) and as the application (owns nothing)."""

    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)


def state(purpose: str) -> Path:
    """Where this checkout keeps what it must remember: one folder for each purpose (`demo`, `tests`)."""
    checkout = hashlib.sha256(bytes(Path(__file__).resolve().parents[2])).hexdigest()[:10]
    home = env.path("XDG_DATA_HOME", Path.home() / ".local" / "share") / "beffroi"
    return env.path("BEFFROI_STATE", (binaries.ROOT_HOME if binaries.is_root() else home) / checkout) / purpose


def database(purpose: str) -> Server:
    """The city's own server where DATABASE_URL is set (DATABASE_OWNER_URL may be absent: ""), else the embedded one."""
    url = env.text("DATABASE_URL")
    if url:
        return Server(owner_url=env.text("DATABASE_OWNER_URL"), app_url=url)
    return ensure(state(purpose))


def ensure(folder: Path) -> Server:
    """Make the server of `folder` if it is not there, start it if it is not running, and keep it for this process.

    It runs as long as a process that called this lives; the last one to end stops it. After a `kill -9` it stays and
    the next caller takes it over. Safe to call from several processes at once and again and again.
    Raises StateUnusable, DiskFull, OtherVersion, DatabaseFailed.
    """
    try:
        binaries.prepare()
        _prepare(folder)
        with _locked(folder / "lock"):
            _hold(folder)
            if not _is_up(folder):
                _start(folder)
        passwords = json.loads((folder / "passwords.json").read_text(encoding="utf-8"))
    except OSError as err:
        raise _trouble(folder, str(err), StateUnusable) from err
    where = f"/{DATABASE}?host={quote(str(_socket_folder(folder)), safe='')}&port={PORT}"
    owner_url, app_url = (f"postgresql://{role}:{passwords[role]}@{where}" for role in (OWNER, APP))
    return Server(owner_url=owner_url, app_url=app_url)


def leave(folder: Path) -> None:
    """End this process's use of the server; stop it if nobody else uses it. Happens by itself when the process ends."""
    lease = _leases.pop(folder, None)
    if lease is None or not folder.exists():
        return
    with lease, _locked(folder / "lock"):
        if _take(lease, fcntl.LOCK_EX | fcntl.LOCK_NB):
            _stop(folder)


def stop(folder: Path) -> None:
    """Stop the server of `folder` now, whoever uses it; nothing to do where none runs."""
    if (folder / "lock").exists():
        with _locked(folder / "lock"):
            _stop(folder)


def remove(folder: Path) -> None:
    """Stop the server of `folder` and erase the folder with all its data."""
    stop(folder)
    if folder in _leases:
        _leases.pop(folder).close()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(_socket_folder(folder), ignore_errors=True)


def _trouble(folder: Path, reason: str, kind: type[Unavailable] = DatabaseFailed) -> Unavailable:
    if any(words in reason for words in NO_ROOM):
        return DiskFull(folder=folder, reason=reason)
    return kind(folder=folder, reason=reason)


# -- who uses it ------------------------------------------------------------------------------------------------------

_leases: dict[Path, IO[str]] = {}


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Nobody else makes, starts or stops the server meanwhile; the kernel drops the lock of a process that dies."""
    with _open(file) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open(file: Path) -> IO[str]:
    file.touch(mode=0o600)  # nobody else may take the lock and never give it back
    return file.open("a", encoding="utf-8")


def _take(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how)
    except BlockingIOError:
        return False
    return True


def _hold(folder: Path) -> None:
    if folder in _leases:
        return
    lease = _open(folder / "users")
    fcntl.flock(lease, fcntl.LOCK_SH)
    _leases[folder] = lease
    atexit.register(_leave_at_end, folder, os.getpid())


def _leave_at_end(folder: Path, process: int) -> None:
    if os.getpid() == process:  # not in a fork of it
        leave(folder)


# -- folders ----------------------------------------------------------------------------------------------------------


def _prepare(folder: Path) -> None:
    """As root the folders may be entered by PostgreSQL's own account; else they are for this person only."""
    mode = 0o755 if binaries.is_root() else 0o700
    for part in [*reversed(folder.parents), folder]:
        if not part.exists():
            part.mkdir(exist_ok=True)
            part.chmod(mode)
    shut = [part for part in [folder, *folder.parents] if not part.stat().st_mode & 0o001]
    if binaries.is_root() and shut:
        raise StateUnusable(folder=folder, reason=f"{shut[-1]} is closed to the account {binaries.ACCOUNT}")
    binaries.own(_socket_folder(folder))


def _socket_folder(folder: Path) -> Path:
    """Inside the state folder, or a short place where that path is too long for a socket or has signs to be quoted."""
    inside = folder / "socket"
    has_plain_name = all(sign.isalnum() or sign in "/._-" for sign in str(inside))
    if has_plain_name and len(bytes(inside / f".s.PGSQL.{PORT}")) <= SOCKET_BYTES:
        return inside
    name = f"socket-{hashlib.sha256(bytes(folder)).hexdigest()[:16]}"
    # Root keeps out of /tmp, where others may write; for a person binaries.own refuses what somebody else put there.
    return binaries.ROOT_HOME / name if binaries.is_root() else Path(f"/tmp/beffroi-{os.geteuid()}-{name}")  # noqa: S108


# -- making, starting, stopping ---------------------------------------------------------------------------------------


def _run(folder: Path, tool: str, *args: str | Path, words: str = "") -> None:
    done = binaries.run(tool, *args, words=words)
    if done.returncode != 0:
        log = folder / "data" / "server.log"
        tail = log.read_text(encoding="utf-8", errors="replace") if tool == "pg_ctl" and log.exists() else ""
        said = [line.strip() for line in (done.stdout + tail).splitlines() if line.strip()]
        grave = [line for line in said if any(word in line for word in ("FATAL", "PANIC", "rror:", *NO_ROOM))]
        raise _trouble(folder, (grave or said or [f"{tool} ended with {done.returncode}"])[-1])


def _is_up(folder: Path) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = binaries.run("pg_isready", "-q", "-h", _socket_folder(folder), "-p", str(PORT)).returncode
        if answer != 1:  # 0 takes connections, 1 is starting or stopping, 2 does not answer
            return answer == 0
        time.sleep(0.1)
    raise DatabaseFailed(folder=folder, reason="it neither starts nor stops")


def _start(folder: Path) -> None:
    data = folder / "data"
    if not data.exists():
        _make(folder)
    version = (data / "PG_VERSION").read_text(encoding="utf-8").strip()
    if version != str(binaries.MAJOR):
        raise OtherVersion(folder=data, found=version, wanted=binaries.MAJOR)
    _clear_remains(folder)
    log = data / "server.log"
    if log.exists():
        log.replace(data / "server.log.1")
    settings = SETTINGS | {"unix_socket_directories": str(_socket_folder(folder))}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    _run(folder, "pg_ctl", "start", "-w", "-t", str(PATIENCE_S), "-D", data, "-l", log, "-o", options)


def _make(folder: Path) -> None:
    """A new cluster with its roles and database, made aside and renamed: it is there whole or not at all."""
    for left_over in folder.glob("new-*"):  # of a process that was killed while it did this
        shutil.rmtree(left_over, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
    try:
        binaries.own(work)
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}
        _write_secret(folder / "passwords.json", json.dumps(passwords))
        _write_secret(work / "password", passwords[SUPERUSER])
        binaries.give(work / "password")
        ways = "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C"
        _run(folder, "initdb", "-D", work / "data", "-U", SUPERUSER, f"--pwfile={work / 'password'}", *ways)
        first = (
            f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords[OWNER]}';\n"
            f"CREATE ROLE {APP} LOGIN PASSWORD '{passwords[APP]}';\n"
            f"GRANT {APP} TO {OWNER};\n"  # so that the owner can end the application's connections: to restore, to drop
            f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n"
        )
        _run(folder, "postgres", "--single", "-c", "exit_on_error=true", "-D", work / "data", "postgres", words=first)
        (work / "data").rename(folder / "data")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_secret(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out)  # as durable as the cluster that it opens


def _clear_remains(folder: Path) -> None:
    """After a crash: end what still holds the data without answering, and drop the lock files that name nobody.

    PostgreSQL believes them where their number belongs to another process by now, or to a dead one that nobody reaped,
    and does not start. Every process of a server has the data folder as its working folder: none there, none alive.
    """
    data, socket_lock = folder / "data", _socket_folder(folder) / f".s.PGSQL.{PORT}.lock"
    if not Path("/proc/self/cwd").exists():
        return
    with contextlib.suppress(OSError, ValueError, IndexError):  # no file, or an empty one: there is nobody to end
        first = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        if first in _holders(data):
            os.kill(first, signal.SIGINT)
    deadline = time.monotonic() + PATIENCE_S
    while alive := _holders(data):
        if time.monotonic() > deadline:
            raise DatabaseFailed(folder=folder, reason=f"processes {alive} hold the data and do not answer")
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)
    socket_lock.unlink(missing_ok=True)


def _holders(data: Path) -> list[int]:
    found, here = [], data.resolve()
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # ended meanwhile, or not ours to see
            if cwd.readlink() == here:
                found.append(int(cwd.parent.name))
    return found


def _stop(folder: Path) -> None:
    if _is_up(folder):
        _run(folder, "pg_ctl", "stop", "-w", "-t", str(PATIENCE_S), "-m", "fast", "-D", folder / "data")
