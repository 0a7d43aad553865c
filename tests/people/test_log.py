"""The log is written to and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from beffroi.people import actions as people
from beffroi.people import log
from beffroi.people.models import Entry, Key


def test_a_line(bruno: Any) -> None:
    entry = log.write(bruno, "call.draft", "call:x", severity="Severe", digest=None)
    found = Entry.objects.get(pk=entry.pk)
    assert (found.person, found.action, found.about) == (bruno, "call.draft", "call:x")
    assert found.facts == {"severity": "Severe", "digest": None}
    assert found.at is not None


def test_a_program_acts_in_its_own_name(committed: None) -> None:
    people.add_key("partner", ["call.draft"])
    entry = log.write(Key.objects.get(), "call.draft", "call:x", severity="Severe")
    assert (entry.person, entry.facts) == (None, {"program": "partner", "severity": "Severe"})


def test_a_line_is_of_the_transaction_that_it_tells_of(bruno: Any) -> None:
    before = Entry.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        log.write(bruno, "call.draft", "call:x")
        raise ZeroDivisionError
    assert Entry.objects.count() == before


CHANGES = ["UPDATE people_entry SET action = 'other'", "DELETE FROM people_entry", "TRUNCATE people_entry"]
LIFTING = "ALTER TABLE people_entry DISABLE TRIGGER USER"  # who owns the tables can: the application does not


@pytest.mark.parametrize(
    ("alias", "statement"),
    [("default", LIFTING), *((alias, statement) for alias in ("default", "owner") for statement in CHANGES)],
)
def test_no_line_is_changed_or_removed(bruno: Any, alias: str, statement: str) -> None:
    log.write_as_owner("person.end", "person:1")
    lines = list(Entry.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.values()) == lines
