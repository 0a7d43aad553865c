"""Staff as rows."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from beffroi.people import access
from beffroi.people.models import Person
from tests.quick_hash import QuickScrypt


def test_a_person_is_shown_by_name() -> None:
    assert str(Person(name="Ada")) == "Ada"


@pytest.mark.parametrize("role", [*access.ROLES, "emperor", ""])
def test_the_database_knows_the_same_roles(committed: None, role: str) -> None:
    person = Person(email="x@town.example", name="x", role=role, password="!")
    if role in access.ROLES:
        person.save(using="owner")
        assert Person.objects.get().role == role
    else:
        with pytest.raises(IntegrityError, match="person_role"):
            person.save(using="owner")


def test_a_password_opens_and_its_hash_stays_as_it_is(chiara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    before = chiara.password
    monkeypatch.setattr(QuickScrypt, "work_factor", 4)
    assert chiara.check_password("chiara waits")
    assert not chiara.check_password("chiara sleeps")
    assert Person.objects.get().password == before
