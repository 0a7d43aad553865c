"""The database's own guard: every way to get a call live without two people, tried as the application and with its
rights."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from beffroi.calls import actions as calls
from beffroi.calls.models import Call
from beffroi.calls.state import STEPS, State
from beffroi.delivery import actions as delivery
from beffroi.errors import Conflict, NotAllowed
from beffroi.lib import clock
from tests import make


def sql(statement: str, *values: Any) -> None:
    """What somebody who holds the application's password could type."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


LIVE = """UPDATE calls_call SET state = 'live', authority = 'two_people', approver_id = %s, identifier = public_id,
          sent = now(), signed = 'x', issued_at = now() WHERE id = %s"""


def refused(why: str, statement: str, *values: Any) -> None:
    with pytest.raises(DatabaseError, match=why):
        sql(statement, *values)


def test_the_same_person_cannot_be_both(town: None, chiara: Any) -> None:
    call = make.pending(chiara)
    with pytest.raises(NotAllowed):
        delivery.approve(chiara, call.public_id, seen=bytes(call.digest or b""))
    refused("call-approver|call_two_people", LIVE, chiara.pk, call.pk)


def test_nobody_cannot_approve(town: None, bruno: Any) -> None:
    call = make.pending(bruno)
    refused("call-approver", LIVE, None, call.pk)


@pytest.mark.parametrize("role", ["officer", "overseer", "administrator"])
def test_only_an_approver_approves(town: None, bruno: Any, role: str, request: pytest.FixtureRequest) -> None:
    from tests.conftest import hire

    other = hire("other", role)
    call = make.pending(bruno)
    with pytest.raises(NotAllowed):
        delivery.approve(other, call.public_id, seen=bytes(call.digest or b""))
    refused("call-approver", LIVE, other.pk, call.pk)


def test_a_closed_account_approves_nothing(town: None, bruno: Any, chiara: Any) -> None:
    call = make.pending(bruno)
    type(chiara).objects.using("owner").filter(pk=chiara.pk).update(is_active=False)
    refused("call-approver", LIVE, chiara.pk, call.pk)


def test_the_application_cannot_mint_an_approver(town: None, bruno: Any) -> None:
    refused("permission denied", "UPDATE people_person SET role = 'approver' WHERE id = %s", bruno.pk)
    columns = "email, name, role, body, language, is_active, is_demo, password"
    values = "'x', 'x', 'approver', '', 'en', true, false, ''"
    refused("permission denied", f"INSERT INTO people_person ({columns}) VALUES ({values})")
    refused(
        "permission denied",
        "INSERT INTO mfa_authenticator (user_id, type, data) VALUES (%s, 'totp', '{}')",
        bruno.pk,
    )


FROZEN = {
    "texts": "'{}'", "area": "'{}'", "ranges": "''", "severity": "'Minor'", "status": "'Exercise'", "expires": "now()",
    "hazard": "'x'", "author_id": "NULL", "digest": "''", "phase": "'x'", "body": "'x'",
}  # fmt: skip


@pytest.mark.parametrize("column", FROZEN)
def test_nothing_changes_after_submission(town: None, bruno: Any, column: str) -> None:
    call = make.pending(bruno)
    refused("call-frozen|call-author", f"UPDATE calls_call SET {column} = {FROZEN[column]} WHERE id = %s", call.pk)


@pytest.mark.parametrize("column", [*FROZEN, "signed", "identifier", "sent", "issued_at", "approver_id", "authority"])
def test_nothing_changes_after_issue(town: None, bruno: Any, chiara: Any, column: str) -> None:
    call = make.live(bruno, chiara)
    refused(
        "call-frozen|call-author|call_",
        f"UPDATE calls_call SET {column} = {FROZEN.get(column, 'NULL')} WHERE id = %s",
        call.pk,
    )


@pytest.mark.parametrize("statement", [
    "UPDATE calls_edition SET content = 'other' WHERE call_id = %s",
    "DELETE FROM calls_edition WHERE call_id = %s",
    "INSERT INTO calls_edition (call_id, channel, language, content) VALUES (%s, 'webpush', 'xx', 'other')",
])  # fmt: skip
def test_editions_stay_as_they_were_frozen(town: None, bruno: Any, statement: str) -> None:
    call = make.pending(bruno)
    refused("edition-frozen|permission denied", statement, call.pk)


def test_an_edit_after_composing_makes_the_editor_the_author(town: None, bruno: Any, chiara: Any) -> None:
    call = calls.draft(bruno, make.content())
    calls.edit(chiara, call.public_id, make.content(texts=make.texts("Autre titre")))
    call = delivery.submit(bruno, call.public_id)
    assert call.author == chiara
    with pytest.raises(NotAllowed):
        delivery.approve(chiara, call.public_id, seen=bytes(call.digest or b""))


def test_what_was_seen_is_what_is_approved(town: None, bruno: Any, chiara: Any) -> None:
    call = make.pending(bruno)
    seen = bytes(call.digest or b"")
    calls.reopen(bruno, call.public_id)
    calls.edit(bruno, call.public_id, make.content(texts=make.texts("Autre titre")))
    delivery.submit(bruno, call.public_id)
    with pytest.raises(calls.CallChanged):
        delivery.approve(chiara, call.public_id, seen=seen)


def test_a_call_is_not_born_live_nor_removed(town: None, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    refused(
        "call-begins-as-draft",
        """INSERT INTO calls_call (public_id, kind, state, status, "msgType", hazard, category, severity,
        urgency, certainty, "responseType", expires, texts, area, ranges, number, phase, body) SELECT 'zzz', kind,
        'live', status, "msgType",
        hazard, category, severity, urgency, certainty, "responseType", expires, texts, area, ranges, number, '', ''
        FROM calls_call""",
    )
    refused("permission denied", "DELETE FROM calls_call WHERE id = %s", call.pk)
    refused("permission denied|must be owner", "TRUNCATE calls_call CASCADE")
    refused("must be owner", "ALTER TABLE calls_call DISABLE TRIGGER calls_guard")
    refused("permission denied", "SET session_replication_role = replica")


def test_a_pending_call_lapses(town: None, bruno: Any, chiara: Any) -> None:
    with clock.at(clock.now() - timedelta(minutes=31)):
        call = make.pending(bruno)
    refused("call-lapsed", LIVE, chiara.pk, call.pk)
    assert calls.lapse(clock.now()) == 1
    call.refresh_from_db()
    assert call.state == "lapsed"
    with pytest.raises(calls.CallChanged):
        delivery.approve(chiara, call.public_id, seen=bytes(call.digest or b""))


CLOSE = """UPDATE calls_call SET state = 'live', authority = 'closing', identifier = public_id, sent = now(), signed =
'x',
    issued_at = now(), submitted_at = now(), digest = calls_editions_digest(id) WHERE id = %s"""


def test_a_closing_needs_a_live_call_to_close(town: None, bruno: Any) -> None:
    call = calls.draft(bruno, make.content())
    refused("call-closes-nothing|call_closing", CLOSE, call.pk)


def test_the_robot_closes_nothing_before_its_time(town: None, bruno: Any, chiara: Any) -> None:
    prior = make.live(bruno, chiara)
    content = make.content(severity="Unknown", urgency="Past")
    closing = calls.follow(None, prior, content, msgType="Update", ending="expired")
    refused("call-not-expired", CLOSE, closing.pk)


def test_a_closing_reaches_nobody_else(town: None, bruno: Any, chiara: Any) -> None:
    prior = make.live(bruno, chiara)
    wider = make.content(severity="Minor", urgency="Past", zones=[("QUARTER", "nw"), ("QUARTER", "se")])
    closing = calls.follow(bruno, prior, wider, msgType="Cancel", ending="false-alarm")
    refused("call-closing-reaches-others", CLOSE, closing.pk)


def test_an_exercise_never_turns_live(town: None, bruno: Any, chiara: Any) -> None:
    prior = make.live(bruno, chiara, status="Exercise")
    call = calls.follow(bruno, prior, make.content(), msgType="Update")
    sql("UPDATE calls_call SET status = 'Actual' WHERE id = %s", call.pk)  # calls.follow keeps it an exercise
    call = delivery.submit(bruno, call.public_id)
    refused("call-mode", LIVE, chiara.pk, call.pk)


def test_an_update_never_revives_an_ended_call(town: None, bruno: Any, chiara: Any) -> None:
    prior = make.live(bruno, chiara)
    call = calls.follow(bruno, prior, make.content(), msgType="Update")
    call = delivery.submit(bruno, call.public_id)
    sql("UPDATE calls_call SET state = 'ended', ended_at = now() WHERE id = %s", prior.pk)
    refused("call-event-over", LIVE, chiara.pk, call.pk)
    with pytest.raises(Conflict):
        delivery.approve(chiara, call.public_id, seen=bytes(call.digest or b""))


@pytest.mark.parametrize(("was", "then"), list(product(State, State)))
def test_the_database_knows_the_same_steps(db: None, was: State, then: State) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT calls_may_change(%s, %s)", [was, then])
        allowed = cursor.fetchone()[0]
    is_editing = was == then and was in {State.DRAFT, State.LIVE}
    assert (allowed is not None) == (then in STEPS[was] or is_editing)


def test_the_log_stays(bruno: Any) -> None:
    from beffroi.people import log

    entry = log.write(bruno, "test", "test:1")
    refused("permission denied", "UPDATE people_entry SET action = 'other' WHERE id = %s", entry.pk)
    refused("permission denied", "DELETE FROM people_entry WHERE id = %s", entry.pk)
    with pytest.raises(DatabaseError, match="log-stays"):
        type(entry).objects.using("owner").filter(pk=entry.pk).update(action="other")


def test_digest_of_the_database_is_the_digest_of_the_application(town: None, bruno: Any) -> None:
    call = make.pending(bruno)
    with connection.cursor() as cursor:
        cursor.execute("SELECT calls_editions_digest(%s)", [call.pk])
        assert bytes(cursor.fetchone()[0]) == bytes(Call.objects.get(pk=call.pk).digest or b"")
