"""What is printed for an account; the rest of the command is tried in test_people.py."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from beffroi.ops import accounts
from beffroi.people.models import Person


def test_the_link_is_at_the_address_of_the_pages(settings: LazySettings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.BASE_URL = "https://alert.town.example"
    accounts.show(Person(name="Ada", role="approver", body="mayor", email="ada@town.example"), "t-o_ken")
    assert capsys.readouterr().out == (
        "Ada, approver for mayor: ada@town.example\n"
        "Works once, within 24 hours: https://alert.town.example/desk/enrol/t-o_ken/\n"
    )
