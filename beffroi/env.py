"""Typed readers of the environment: the machine is configured here and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

from beffroi.errors import BeffroiError


class BadSetting(BeffroiError):
    """A setting in the environment cannot be read."""

    code = "bad-setting"


def text(name: str, default: str = "") -> str:
    """The setting `name`, or the content of the file named by `name`_FILE (for secrets), or `default`."""
    if name in os.environ:
        return os.environ[name]
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return default
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as err:
        raise BadSetting(name=f"{name}_FILE", value=file) from err


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1, yes, on, true; False for 0, no, off, false; anything else is an error."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in {"1", "yes", "on", "true"}:
        return True
    if value in {"0", "no", "off", "false", ""}:
        return False
    raise BadSetting(name=name, value=value)


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as err:
        raise BadSetting(name=name, value=value) from err


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas or blanks."""
    return text(name, default).replace(",", " ").split()


def path(name: str, default: Path) -> Path:
    """A file or folder, made absolute."""
    value = text(name)
    return (Path(value) if value else default).absolute()
