"""What this room asks for by name, and what channels may know of the machine."""

from __future__ import annotations

from typing import Any

import pytest

from beffroi import city
from beffroi.delivery import shelves
from beffroi.lib import keys
from beffroi.lib.shelf import NotOnShelf


def test_the_channels_of_the_city_are_there_in_its_order(django_db_setup: None) -> None:
    assert [channel.name for channel in shelves.enabled()] == list(city.current().channels)
    with pytest.raises(NotOnShelf):
        shelves.channels.get("pigeon")


def test_loading_twice_changes_nothing(django_db_setup: None) -> None:
    before = shelves.channels.get("email")
    shelves.load()
    assert shelves.channels.get("email") is before
    assert shelves.kinds.names() == ("alert",)


def test_channels_know_of_the_machine_what_its_settings_say(django_db_setup: None, settings: Any) -> None:
    settings.PUSH_HOSTS, settings.OPEN_HOSTS, settings.CA_FILE = (), ("localhost:1",), "/ca.pem"
    settings.SMTP_URL, settings.MAIL_FROM, settings.BASE_URL = "smtp://mail", "a@b.example", "https://town.example"
    found = shelves.machine()
    assert found.push_hosts == city.current().push.hosts
    assert (found.open_hosts, found.ca_file, found.smtp_url) == (("localhost:1",), "/ca.pem", "smtp://mail")
    assert (found.mail_from, found.base_url, found.vapid) == (
        "a@b.example",
        "https://town.example",
        keys.current().vapid,
    )
    settings.PUSH_HOSTS = ("push.example",)
    assert shelves.machine().push_hosts == ("push.example",)
