"""Which city, folder and database a command takes: what the operator says, else the demo of the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from beffroi.ops import django, postgres

ROOT = Path(__file__).parents[2]
CHOSEN = ("BEFFROI_CITY", "BEFFROI_HOME", "BEFFROI_KEYS", "BEFFROI_STATE", "DATABASE_URL", "DATABASE_OWNER_URL")


@pytest.fixture
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*CHOSEN, "DJANGO_SETTINGS_MODULE"):
        monkeypatch.setenv(name, "")  # so that what is chosen is taken back afterwards
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("nothing_said")
def test_a_checkout_serves_a_demo_city() -> None:
    name = django.choose_city()
    assert Path(os.environ["BEFFROI_CITY"]).is_file()
    assert Path(os.environ["BEFFROI_CITY"]).parent.parent == ROOT / "demo"
    assert name == Path(os.environ["BEFFROI_CITY"]).parent.name
    assert django.home() == postgres.state(name)
    assert Path(os.environ["BEFFROI_KEYS"]) == django.home() / "keys"


@pytest.mark.usefixtures("nothing_said")
def test_what_the_operator_says_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = {
        "BEFFROI_CITY": str(ROOT / "demo" / "amiens" / "city.toml"),
        "BEFFROI_HOME": str(tmp_path),
        "BEFFROI_KEYS": str(tmp_path / "elsewhere"),
        "DATABASE_URL": "postgresql://app@db.example/city",
        "DATABASE_OWNER_URL": "postgresql://owner@db.example/city",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    django.choose()
    assert {name: os.environ[name] for name in said} == said
    assert django.city_file().parent.name == "amiens"


@pytest.mark.usefixtures("nothing_said")
def test_with_a_database_url_no_server_is_started_and_no_owner_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example/city")
    django.choose()
    assert conninfo_to_dict(os.environ["DATABASE_URL"])["host"] == "db.example"
    assert os.environ.get("DATABASE_OWNER_URL", "") == ""


def test_a_command_for_the_owner_says_that_it_is_missing(machine: None, settings: object) -> None:
    from django.conf import settings as found

    name = found.DATABASES["owner"]["NAME"]
    found.DATABASES["owner"]["NAME"] = ""
    try:
        with pytest.raises(django.OwnerMissing) as missing:
            django.setup_as_owner()
    finally:
        found.DATABASES["owner"]["NAME"] = name
    assert missing.value.code == "database-owner-missing"
