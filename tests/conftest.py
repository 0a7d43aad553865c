"""The cast and the ground of all tests: an embedded PostgreSQL, the application's own role, an invented town.

Ada lives here, Bruno is the duty officer, Chiara approves for the mayor, Paul for the prefect, Olga oversees, Adam
administers.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

DATA = Path(__file__).parent / "data"
SHARED = Path(os.environ.get("BEFFROI_SHARED", Path(__file__).parents[1] / "../shared"))
HOME = Path(tempfile.mkdtemp(prefix="beffroi-tests-"))

os.environ["BEFFROI_CITY"] = str(DATA / "town" / "city.toml")
os.environ["BEFFROI_HOME"] = str(HOME)
os.environ["BEFFROI_KEYS"] = str(HOME / "keys")
os.environ["BEFFROI_MAIL_FROM"] = "alerte@town.example"
os.environ["BEFFROI_DEMO"] = "1"

SEALED_TABLES = ("people_entry", "calls_call", "calls_edition")
"""Tables whose triggers refuse to be emptied, whoever asks: only here, between tests, the owner lifts them."""


def pytest_configure() -> None:
    """What translators changed since the last run counts."""
    from beffroi.ops import language

    language.compile_all()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real CAP messages, schemas and zones that stand beside the project, where they do."""
    if not SHARED.is_dir():
        pytest.skip(f"real data are not here: {SHARED} (set BEFFROI_SHARED)")
    return SHARED


@pytest.fixture(scope="session")
def owner_url() -> Iterator[str]:
    """A database of this run alone, made by the owner and dropped afterwards."""
    from beffroi.ops import postgres

    server = postgres.database("tests")
    name = f"tests_{os.getpid()}"
    with psycopg.connect(server.owner_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield make_conninfo(server.owner_url, dbname=name)
    with psycopg.connect(server.owner_url, autocommit=True) as admin:  # anew: tests may restart the server
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_setup(owner_url: str, django_db_blocker: Any) -> Iterator[None]:
    """Tables made by the owner; everything else runs as the application, with its few rights."""
    from django import conf
    from django.db import connections

    from beffroi import city
    from beffroi.delivery import shelves
    from beffroi.lib import keys
    from beffroi.ops import migrate, postgres

    keys.create_missing(HOME / "keys", common_name="town", now=datetime.now(UTC))
    conf.settings.PASSWORD_HASHERS = ["tests.quick_hash.QuickScrypt"]  # hashing would be most of the run
    app_url = postgres.database("tests").app_url
    name = conninfo_to_dict(owner_url)["dbname"]
    for alias, url in (("owner", owner_url), ("default", make_conninfo(app_url, dbname=name))):
        parts = conninfo_to_dict(url)
        connections[alias].settings_dict.update(
            NAME=parts["dbname"],
            USER=parts.get("user", ""),
            PASSWORD=parts.get("password", ""),
            HOST=parts.get("host", ""),
        )
    assert city.current().slug == "town"
    shelves.load()
    with django_db_blocker.unblock():
        migrate.migrate()
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database, with real commits; emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        empty()


def empty() -> None:
    """Empty every table as the owner."""
    from django.apps import apps
    from django.db import connections

    tables = [
        m._meta.db_table for m in apps.get_models() if m._meta.managed and m._meta.db_table != "django_content_type"
    ]
    tables += ["procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers"]
    with connections["owner"].cursor() as cursor:
        for table in SEALED_TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(sorted(set(tables)))} RESTART IDENTITY CASCADE")
        for table in SEALED_TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def hire(name: str, role: str, body: str = "") -> Any:
    """An account with a password and a second factor."""
    from beffroi.people import actions
    from beffroi.people.models import Person

    person = Person(email=f"{name}@town.example", name=name, role=role, body=body)
    actions.add_person(person, password=f"{name} waits", totp_secret="JBSWY3DPEHPK3PXP")
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def bruno(committed: None) -> Any:
    """The duty officer."""
    return hire("bruno", "officer")


@pytest.fixture
def chiara(committed: None) -> Any:
    """Approves for the mayor."""
    return hire("chiara", "approver", "mayor")


@pytest.fixture
def paul(committed: None) -> Any:
    """Approves for the prefect."""
    return hire("paul", "approver", "prefect")


@pytest.fixture
def olga(committed: None) -> Any:
    """Oversees."""
    return hire("olga", "overseer")


@pytest.fixture
def adam(committed: None) -> Any:
    """Administers, and may not approve."""
    return hire("adam", "administrator")


@pytest.fixture
def town(committed: None) -> None:
    """The four quarters of the town, as places that residents can pick."""
    from beffroi.places import actions, geojson

    found = geojson.read((DATA / "town" / "quarters.geojson").read_bytes())
    actions.add_zones(found, type="QUARTER", version="1", is_place=True)


@pytest.fixture(scope="session")
def running_post_office() -> Iterator[Any]:
    """One mail server for the whole run."""
    from tests.post_office import PostOffice

    office = PostOffice()
    yield office
    office.close()


@pytest.fixture
def post_office(running_post_office: Any, settings: Any) -> Any:
    """The mail server that we send to, with nothing kept and no orders."""
    running_post_office.forget()
    settings.SMTP_URL, settings.MAIL_FROM = running_post_office.url, "alerte@town.example"
    return running_post_office


@pytest.fixture(scope="session")
def running_push_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One push origin for the whole run."""
    from tests.push_sink import PushSink

    sink = PushSink(tmp_path_factory.mktemp("sink"))
    yield sink
    sink.close()


@pytest.fixture
def push_sink(running_push_sink: Any, settings: Any) -> Any:
    """A push origin that does what it is told, and that we may reach."""
    from beffroi.channels import webpush
    from beffroi.lib.fuse import Fuses

    running_push_sink.forget()
    webpush.CHANNEL.fuses = Fuses()  # what one test made fail must not rest in the next
    settings.PUSH_HOSTS, settings.OPEN_HOSTS = ("localhost",), (running_push_sink.host,)
    settings.CA_FILE, settings.MAIL_FROM = str(running_push_sink.ca_file), "alerte@town.example"
    return running_push_sink


@pytest.fixture(scope="session")
def running_push_vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One strict push service for the whole run."""
    from tests.browser.push_service import PushService

    service = PushService(tmp_path_factory.mktemp("vendor"))
    yield service
    service.close()


@pytest.fixture
def push_vendor(running_push_vendor: Any, settings: Any) -> Any:
    """A push service that takes only what the strictest vendor takes, and that we may reach."""
    running_push_vendor.forget()
    settings.PUSH_HOSTS, settings.OPEN_HOSTS = ("localhost",), (running_push_vendor.host,)
    settings.CA_FILE, settings.MAIL_FROM = str(running_push_vendor.ca_file), "alerte@town.example"
    return running_push_vendor
