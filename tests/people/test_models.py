"""Staff as rows."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from beffroi.people import access
from beffroi.people.models import Person


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
