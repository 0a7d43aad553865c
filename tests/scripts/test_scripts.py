"""The scripts under make: what they name when something is missing, and what the lists they read may hold."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", ["setup", "test-tools"])
def test_a_plain_shell_can_read_it(script: str) -> None:
    file = ROOT / "scripts" / script
    assert subprocess.run(["sh", "-n", file], check=False).returncode == 0
    assert file.stat().st_mode & 0o111


def machine(tmp_path: Path, *commands: str) -> dict[str, str]:
    """The environment of a machine that has these commands and no others."""
    (tmp_path / "bin").mkdir()
    for command in commands:
        (tmp_path / "bin" / command).symlink_to(shutil.which(command) or "/nowhere")
    return {"PATH": str(tmp_path / "bin")}


def run(tmp_path: Path, script: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    (tmp_path / "scripts").mkdir()
    copied = shutil.copy(ROOT / "scripts" / script, tmp_path / "scripts")
    shell = shutil.which("sh") or "/bin/sh"
    return subprocess.run([shell, copied], env=env, capture_output=True, text=True, check=False)


def test_missing_tools_end_it_with_their_names_and_the_command(tmp_path: Path) -> None:
    env = machine(tmp_path, "dirname", "id", "ls")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "test-packages").write_text("# a comment\n\ncoreutils ls\nbell-tower ring\nrope pull\n")
    script = shutil.copy(ROOT / "scripts" / "test-tools", tmp_path / "scripts")
    done = subprocess.run(["/bin/sh", script], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "The tests need: bell-tower rope",
        "Install with (as root): apt-get install bell-tower rope",
    ]


def test_without_python_it_says_which(tmp_path: Path) -> None:
    done = run(tmp_path, "setup", machine(tmp_path, "dirname"))
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11, 3.12, 3.13 or 3.14 is needed.")


def test_the_lock_file_names_digests_and_no_host() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: about for name, about in json.loads(lock)["packages"].items() if name}
    assert all(about["integrity"].startswith("sha512-") for about in packages.values())
    assert not any("resolved" in about for about in packages.values())


def test_make_help_lists_every_verb() -> None:
    verbs = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[1] for line in said.splitlines()] == verbs
    assert all(len(line.split()) > 3 for line in said.splitlines())
