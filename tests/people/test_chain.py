"""The chain shows what was done to the log behind its back, even by the database's superuser."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from beffroi.people import chain, log
from beffroi.people.models import Entry


@contextmanager
def lifted(*statements: str) -> Iterator[None]:
    """As whoever owns the tables, with the triggers off."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE people_entry DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        yield
        cursor.execute("ALTER TABLE people_entry ENABLE TRIGGER USER")


def tell(count: int, person: Any = None) -> None:
    for number in range(count):
        log.write(person, "call.edit", f"call:n{number}", why="à l'étage", list=[1, 2.5, None, {"b": 1, "aa": True}])


def verdict(**kept: bytes) -> tuple[str, int]:
    found = chain.check(chain.stored(), kept={int(name[1:]): value for name, value in kept.items()})
    return found.fault, found.bad


def test_lines_of_both_roles_make_one_chain(bruno: Any) -> None:
    tell(3, bruno)
    log.write_as_owner("person.end", "person:1")
    found = chain.check(chain.stored(), kept={})
    assert (found.fault, found.number) == ("", 5)
    last = chain.head()
    assert last is not None
    assert (last.number, bytes(last.hash or b""), last.action) == (5, found.head, "person.end")


def test_the_hash_is_what_the_page_says(bruno: Any) -> None:
    """docs/log.md in a few lines, without our own code."""
    entry = Entry.objects.get()
    facts = '{"body": "", "role": "officer"}'
    fields = [
        "1",
        str(entry.pk),
        entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "",
        "person.add",
        f"person:{bruno.pk}",
        facts,
    ]
    whole = hashlib.sha256(b"".join(hashlib.sha256(field.encode()).digest() for field in fields)).digest()
    assert bytes(entry.hash or b"") == whole


def test_an_empty_log_is_whole(committed: None) -> None:
    assert verdict() == ("", 0)
    assert chain.head() is None


@pytest.mark.parametrize(("statement", "expected"), [
    ("UPDATE people_entry SET facts = '{}' WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET at = at - interval '1 us' WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET person_id = NULL WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET action = 'call.issue' WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET id = 99 WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET action = about, about = action WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET hash = sha256('x') WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET hash = NULL WHERE number = 3", ("changed", 3)),
    ("UPDATE people_entry SET number = NULL, hash = NULL WHERE number = 3", ("missing", 3)),
    ("DELETE FROM people_entry WHERE number = 3", ("missing", 3)),
    ("DELETE FROM people_entry WHERE number = 1", ("missing", 1)),
    ("DELETE FROM people_entry WHERE number = 3; UPDATE people_entry SET number = number - 1 WHERE number > 3",
     ("changed", 3)),
    ("UPDATE people_entry SET number = -number WHERE number IN (3, 4);"
     "UPDATE people_entry SET number = 7 + number WHERE number < 0", ("changed", 3)),
    ("INSERT INTO people_entry (action, about, facts) VALUES ('call.issue', 'call:x', '{}')", ("unchained", 7)),
    ("INSERT INTO people_entry (action, about, facts, number, hash) VALUES ('x', 'y', '{}', 7, sha256('x'))",
     ("changed", 7)),
])  # fmt: skip
def test_tampering_is_found(bruno: Any, statement: str, expected: tuple[str, int]) -> None:
    tell(5, bruno)
    with lifted(statement):
        assert verdict() == expected


def test_a_cut_or_rewritten_end_shows_only_against_a_head_that_was_kept(bruno: Any) -> None:
    tell(5, bruno)
    kept = bytes(Entry.objects.get(number=5).hash or b"")
    assert verdict(n5=kept) == ("", 0)
    with lifted("DELETE FROM people_entry WHERE number > 4"):
        assert verdict() == ("", 0)  # nobody can see this from the rest
        assert verdict(n5=kept) == ("missing", 5)
    tell(3, bruno)
    assert verdict() == ("", 0)
    assert verdict(n5=kept) == ("rewritten", 5)


def test_nobody_writes_a_line_with_a_place_or_time_of_their_own(bruno: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_entry (action, about, facts, number, hash, at) "
            "VALUES ('x', 'y', '{}', 77, sha256('x'), '2020-01-01Z')"
        )
    assert verdict() == ("", 0)
    assert Entry.objects.get(action="x").number == 2
    assert Entry.objects.get(action="x").at.year > 2020


def test_a_line_gets_its_place_once(bruno: Any) -> None:
    for alias in ("default", "owner"):
        for change in ("number = 9", "hash = sha256('x')", "number = NULL, hash = NULL"):
            with pytest.raises(DatabaseError), transaction.atomic(using=alias), connections[alias].cursor() as cursor:
                cursor.execute(f"UPDATE people_entry SET {change}")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        entry = log.write_as_owner("x", "y")
        with pytest.raises(DatabaseError, match="log-stays"):  # not even together with another word
            cursor.execute("UPDATE people_entry SET number = 2, hash = '', about = 'z' WHERE id = %s", [entry.pk])
        transaction.set_rollback(True, using="owner")


def together(works: list[Callable[[], None]]) -> None:
    """All at once, each with a connection of its own."""
    gate = threading.Barrier(len(works))
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            gate.wait()
            work()
        except BaseException as err:
            failures.append(err)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_lines_written_at_once_make_one_chain(bruno: Any) -> None:
    def work() -> None:
        for number in range(10):
            with transaction.atomic():
                tell(2, bruno)
                if number == 5:
                    transaction.set_rollback(True)

    together([work] * 6)
    found = chain.check(chain.stored(), kept={})
    assert (found.fault, found.number) == ("", 1 + 6 * 9 * 2)


def test_a_transaction_that_goes_on_holds_up_no_other_line(bruno: Any) -> None:
    def work() -> None:
        tell(1)
        connections.close_all()

    with transaction.atomic():
        tell(1, bruno)
        other = threading.Thread(target=work)
        other.start()
        other.join(30)
        assert not other.is_alive()
    assert verdict() == ("", 0)
    assert [entry.number for entry in Entry.objects.order_by("pk")] == [1, 3, 2]
