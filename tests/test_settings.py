"""Settings as a process reads them: safe without any, and each from the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from beffroi import settings
from beffroi.lib import clock, keys

ROOT = Path(__file__).parents[1]
OURS = ("BEFFROI_", "DATABASE_")


def read(names: str, **environment: str) -> Any:
    """Some settings in a process that has only these of our variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    script = (
        f"import json; from beffroi import settings as s; print(json.dumps([getattr(s, n) for n in {names.split()}]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**clean, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


def test_without_anything_it_is_closed(tmp_path: Path) -> None:
    names = "DEBUG DEMO ALLOWED_HOSTS OPEN_HOSTS USE_X_FORWARDED_HOST SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SECURE"
    nothing = read(names, BEFFROI_KEYS=str(tmp_path / "none"))
    assert nothing == [False, False, ["localhost"], [], False, True, False]


def test_behind_https_cookies_are_for_https_only(tmp_path: Path) -> None:
    given = {"BEFFROI_URL": "https://alert.example/", "BEFFROI_KEYS": str(tmp_path / "none")}
    assert read("BASE_URL SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE", **given) == ["https://alert.example", True, True]


def test_the_secret_is_the_key_files_and_random_without_them(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first, second = (read("SECRET_KEY", BEFFROI_KEYS=str(folder))[0] for _ in range(2))
    assert first != second
    assert len(first) == 64
    keys.create_missing(folder, common_name="town", now=clock.now())
    third, fourth = (read("SECRET_KEY", BEFFROI_KEYS=str(folder))[0] for _ in range(2))
    assert third == fourth
    assert third not in (first, second)


@pytest.mark.parametrize(
    ("url", "host", "port", "name", "user"),
    [
        ("", "", "", "", ""),
        ("postgresql://app:p%40ss@db.example:5433/beffroi", "db.example", "5433", "beffroi", "app"),
        ("postgresql://app@/beffroi?host=/run/postgresql", "/run/postgresql", "", "beffroi", "app"),
        ("host=db.example dbname=beffroi user=app", "db.example", "", "beffroi", "app"),
    ],
)
def test_database_urls(url: str, host: str, port: str, name: str, user: str) -> None:
    found = settings.database(url)
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == (host, port, name, user)
    assert found["PASSWORD"] == ("p@ss" if "p%40ss" in url else "")


def test_the_static_address_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("1")
    one = settings.digest(tmp_path)
    assert settings.digest(tmp_path) == one
    (tmp_path / "js" / "a.js").write_text("2")
    two = settings.digest(tmp_path)
    (tmp_path / "js" / "a.js").rename(tmp_path / "js" / "b.js")
    three = settings.digest(tmp_path)
    assert len({one, two, three}) == 3
    assert f"/static/{settings.digest(settings.STATIC_TREE)}/" == settings.STATIC_URL


@pytest.mark.parametrize("given", [
    {"BEFFROI_OIDC_URL": "http://login.town.example", "BEFFROI_OIDC_CLIENT": "x", "BEFFROI_OIDC_SECRET": "y"},
    {"BEFFROI_OIDC_URL": "https://login.town.example", "BEFFROI_OIDC_CLIENT": "x"},
    {"BEFFROI_OIDC_URL": "https://login.town.example", "BEFFROI_OIDC_SECRET": "y"},
])  # fmt: skip
def test_half_a_directory_stops_the_start(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        read("OIDC_URL", BEFFROI_KEYS=str(tmp_path / "none"), **given)
    assert "BadSetting" in caught.value.stderr


def test_a_directory_with_its_secret_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the directory\n", encoding="utf-8")
    given = {
        "BEFFROI_OIDC_URL": "https://login.town.example/", "BEFFROI_OIDC_CLIENT": "beffroi",
        "BEFFROI_OIDC_SECRET_FILE": str(tmp_path / "secret"), "BEFFROI_KEYS": str(tmp_path / "none"),
    }  # fmt: skip
    assert read("OIDC_URL OIDC_SECRET OIDC_SECOND_FACTOR", **given) == [
        "https://login.town.example/", "of the directory", [],
    ]  # fmt: skip
