"""Messages taken in: whatever order, however often, whoever sends; nothing is lost and nothing wrong has an effect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from beffroi.calls.models import Call
from beffroi.crisis import actions, intake
from beffroi.crisis.chain import Standing
from beffroi.crisis.models import Message
from beffroi.lib import clock
from beffroi.people.models import Entry
from beffroi.places import select as places
from beffroi.standards import signature
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.write import write
from tests.crisis.messages import (
    BEGIN,
    REGION,
    SENDER,
    STRANGER,
    STRICT,
    TOLERANT,
    alert,
    at,
    cancel,
    green,
    info,
    take,
    update,
)
from tests.standards.signing import make_identity

A = alert("a")


def drafts() -> list[Call]:
    return list(Call.objects.filter(state="draft").order_by("pk"))


def test_a_warning_becomes_a_draft_and_the_log_says_so(town: None) -> None:
    message = take(A)
    assert (message.standing, message.held, message.verdict) == ("live", "", "accept")
    assert [message.call] == drafts()
    assert message.call is not None
    assert (message.call.author, message.call.warned_at) == (None, message.received_at)
    entry = Entry.objects.get(action="warning.receive")
    assert entry.facts == {"way": "command", "verdict": "accept", "held": ""}


def test_the_same_bytes_again_have_no_effect(town: None) -> None:
    first = take(A)
    entries = Entry.objects.count()
    assert take(A).pk == first.pk
    assert (Message.objects.count(), len(drafts()), Entry.objects.count()) == (1, 1, entries)


def test_the_same_name_with_other_content_is_quarantined(town: None) -> None:
    first = take(A)
    other = take(replace(A, info=(info(headline="Fausse"),)))
    later = take(replace(A, sent=at(5), info=(info(headline="Fausse aussi"),)))
    assert (other.held, other.standing, other.call) == ("identifier-twice", "", None)
    assert later.held == "identifier-twice"
    first.refresh_from_db()
    assert first.standing == "live"
    assert [call.texts["fr"]["headline"] for call in drafts()] == ["Crue de la rivière"]


def test_what_had_no_effect_does_not_take_the_name(town: None) -> None:
    """Otherwise whoever forges a message first could keep the true one out."""
    forged = take(
        replace(A, info=(info(headline="Fausse"),)), intake.Way(name="feed:other", senders=frozenset({"other"}))
    )
    assert forged.held == "sender-not-expected"
    assert take(A).standing == "live"


@pytest.mark.parametrize("raw", [
    b"", b"\0\0\0\0", b"no XML \0 at all", b"<alert", b"<!DOCTYPE html><html></html>",
    write(A).replace(b"<status>Actual</status>", b"<status>Perhaps</status>"),
    write(A).replace(b"Crue", b"Cr\0ue"),
    write(A).replace(b"Crue", b"\xff\xfe"),
    write(A)[:-20],
], ids=["empty", "nuls", "nul-text", "broken", "html", "word", "nul-inside", "not-utf8", "cut"])  # fmt: skip
def test_what_is_rejected_is_kept_byte_for_byte(town: None, raw: bytes) -> None:
    message = take(raw)
    assert (message.held, message.verdict, message.standing) == ("rejected", "reject", "")
    assert bytes(message.raw) == raw
    assert message.findings[0]["severity"] == "error"
    assert not drafts()
    assert take(raw).pk == message.pk


def test_findings_quote_nothing_that_could_do_harm(town: None) -> None:
    raw = write(A).replace(b"<urgency>Immediate", "<urgency>\u202egnihton\u202c".encode())
    message = take(raw, TOLERANT)
    assert message.findings
    assert not any("\u202e" in finding["message"] for finding in message.findings)


def test_a_message_without_identity_is_rejected(town: None) -> None:
    raw = write(A).replace(b"<identifier>a</identifier>", b"<identifier></identifier>")
    assert take(raw, TOLERANT).held == "rejected"


def test_without_expires_the_citys_limit_counts(town: None) -> None:
    message = take(replace(A, info=(info(expires=None),)))
    assert message.expires == A.sent + timedelta(hours=6)  # expires_h of the town's city.toml
    assert message.standing == "live"
    with clock.at(clock.now() + timedelta(hours=10)):
        assert take(alert("later", 1, info=(info(expires=None),))).standing == "expired"


def test_an_alert_that_is_over_when_it_comes_makes_no_draft(town: None) -> None:
    message = take(replace(A, info=(info(expires=at(10)),)))
    assert (message.standing, drafts()) == ("expired", [])


# -- chains -----------------------------------------------------------------------------------------------------------


def test_a_cancel_before_its_alert_waits_and_the_alert_is_born_cancelled(town: None) -> None:
    waits = take(cancel("c", 10, A))
    assert (waits.standing, waits.held) == ("waiting", "")
    assert (take(A).standing, drafts()) == ("cancelled", [])
    waits.refresh_from_db()
    assert waits.standing == "acted"


def test_a_cancel_takes_the_untouched_draft_back(town: None) -> None:
    draft = take(A).call
    assert take(cancel("c", 10, A)).standing == "acted"
    assert draft is not None
    draft.refresh_from_db()
    assert draft.state == "withdrawn"


def test_a_late_message_revives_nothing(town: None) -> None:
    take(A)
    b = update("b", 5, A)
    take(cancel("c", 10, b))  # it waits: nothing says yet that b belongs to a
    assert take(b).standing == "cancelled"
    late = take(update("late", 8, A))
    assert late.standing == "cancelled"
    assert [call.state for call in Call.objects.all()] == ["withdrawn"]


def test_a_late_older_message_changes_nothing(town: None) -> None:
    newer = take(update("b", 5, A, info=(info(headline="Plus récent"),)))
    assert newer.standing == "live"
    assert take(A).standing == "replaced"
    assert [call.texts["fr"]["headline"] for call in drafts()] == ["Plus récent"]


def test_two_events_that_turn_out_to_be_one_have_one_draft(town: None) -> None:
    b = update("b", 5, A)
    take(A)
    newest = take(update("c", 10, b))
    assert len(drafts()) == 2
    assert take(b).standing == "replaced"
    assert drafts() == [newest.call]


ORDERS: list[list[int]] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("ending", ["Update", "Cancel"])
def test_any_order_ends_the_same(town: None, order: list[int], ending: str) -> None:
    b = update("b", 5, A)
    last = update("c", 10, b, info=(info(headline="Fin"),)) if ending == "Update" else cancel("c", 10, b)
    for number in order:
        take([A, b, last][number])
    found = {message.identifier: message.standing for message in Message.objects.all()}
    if ending == "Update":
        assert found == {"a": "replaced", "b": "replaced", "c": "live"}
        assert [call.texts["fr"]["headline"] for call in drafts()] == ["Fin"]
    else:
        assert found == {"a": "cancelled", "b": "cancelled", "c": "acted"}
        assert drafts() == []


def test_a_strangers_cancel_is_held_and_a_listed_authoritys_works(town: None) -> None:
    draft = take(A).call
    strange = take(cancel("c", 10, A, sender=STRANGER))
    assert (strange.standing, strange.held) == ("foreign", "sender-may-not")
    assert drafts() == [draft]
    assert take(cancel("d", 11, A, sender=REGION)).standing == "acted"
    assert drafts() == []


def test_a_stranger_gets_no_hold_of_a_draft_by_the_name_of_its_message(town: None) -> None:
    """Only sender and identifier together name a message."""
    draft = take(A).call
    own = alert("a", sender=STRANGER)
    message = take(update("x", 10, own, sender=STRANGER, info=(info(headline="Tout va bien"),)))
    assert message.standing == "live"
    assert message.call != draft
    assert draft is not None
    draft.refresh_from_db()
    assert draft.texts["fr"]["headline"] == "Crue de la rivière"
    take(cancel("y", 11, own, sender=STRANGER))
    assert drafts() == [draft]


@pytest.mark.parametrize(("status", "scope"), [
    ("Exercise", "Public"), ("System", "Public"), ("Test", "Public"), ("Draft", "Public"), ("Actual", "Private"),
    ("Actual", "Restricted"),
])  # fmt: skip
def test_only_actual_and_public_counts(town: None, status: str, scope: str) -> None:
    draft = take(A).call
    changes: dict[str, Any] = {"status": status, "scope": scope, "note": "Essai"}
    changes |= {"addresses": ("somebody",)} if scope == "Private" else {}
    changes |= {"restriction": "staff"} if scope == "Restricted" else {}
    for message in (alert("x", 1, **changes), update("y", 2, A, **changes), cancel("z", 3, A, **changes)):
        taken = take(message)
        assert (taken.standing, taken.held, taken.call) == ("silent", "", None)
    assert drafts() == [draft]
    assert Message.objects.get(identifier="a").standing == "live"


def test_ack_and_error_change_nothing(town: None) -> None:
    draft = take(A).call
    for msgType in ("Ack", "Error"):
        message = take(alert(msgType, 5, msgType=msgType, refs=(A,), note="Reçu", info=()))
        assert (message.standing, message.held) == ("silent", "")
    assert drafts() == [draft]


def test_green_is_no_warning(town: None) -> None:
    message = take(green(A))
    assert (message.standing, message.held, message.call) == ("live", "", None)


def test_an_update_to_green_takes_the_untouched_draft_back(town: None) -> None:
    take(A)
    assert take(green(update("b", 5, A))).held == ""
    assert drafts() == []
    take(update("c", 10, update("b", 5, A)))
    assert len(drafts()) == 1  # and when it gets worse again, there is a new one


def test_a_long_chain_is_followed_to_its_end(town: None) -> None:
    chain = [A]
    for number in range(1, 60):
        chain.append(update(f"u{number}", 0, chain[-1], sent=BEGIN + timedelta(seconds=number)))
    for message in reversed(chain):
        take(message)
    assert Message.objects.filter(standing="live").count() == 1
    assert Message.objects.get(standing="live").identifier == "u59"
    assert len(drafts()) == 1
    take(cancel("end", 10, chain[30]))
    assert Message.objects.filter(standing="cancelled").count() == 60
    assert drafts() == []


def test_a_circle_of_references_ends(town: None) -> None:
    here, there = update("here", 5, A), update("there", 5, A)
    raw = [write(replace(here, references=(there.key, A.key))), write(replace(there, references=(here.key, A.key)))]
    take(A)
    for one in raw:
        assert take(one, TOLERANT).verdict != "reject"
    assert {m.identifier: m.standing for m in Message.objects.all()} == {
        "a": "replaced", "here": "replaced", "there": "replaced",
    }  # fmt: skip


def test_a_flood_of_references_is_held(town: None) -> None:
    many = tuple(cap.Reference(sender=SENDER, identifier=f"r{n}", sent=BEGIN) for n in range(intake.REFERENCES + 1))
    message = take(replace(update("b", 5, A), references=many))
    assert (message.held, message.standing) == ("references-too-many", "")
    assert take(replace(update("c", 5, A), references=many[:-1])).standing == "live"


# -- signatures -------------------------------------------------------------------------------------------------------

KEY, CERTIFICATE = make_identity("weather", now=BEGIN - timedelta(days=1))
OTHER_KEY, OTHER_CERTIFICATE = make_identity("somebody", now=BEGIN - timedelta(days=1))
PINNED = intake.Way(name="feed:weather", pinned=(CERTIFICATE,))


def signed(message: cap.Alert = A) -> bytes:
    return signature.sign(write(message), key=KEY, certificate=CERTIFICATE)


def test_a_pinned_key_verifies(town: None) -> None:
    message = take(signed(), PINNED)
    assert (message.signature, message.held, message.standing) == ("verified", "", "live")


def test_without_a_pinned_key_a_signature_says_nothing(town: None) -> None:
    message = take(signed())
    assert (message.signature, message.held) == ("unverified", "")


def by_another_key(raw: bytes) -> bytes:
    return signature.sign(write(A), key=OTHER_KEY, certificate=OTHER_CERTIFICATE)


def with_one_word_changed(raw: bytes) -> bytes:
    return raw.replace(b"Montez.", b"Restez.")


def unsigned(raw: bytes) -> bytes:
    return write(A)


def wrapped(raw: bytes) -> bytes:
    """The signed alert put inside one that nobody signed."""
    inner = raw.partition(b"?>")[2].strip()
    return write(replace(A, info=(info(instruction="Restez."),))).replace(b"</alert>", inner + b"</alert>")


def lent(raw: bytes) -> bytes:
    """Another message with the signature of this one."""
    begin, end = raw.index(b"<ds:Signature"), raw.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    return write(replace(A, info=(info(instruction="Restez."),))).replace(b"</alert>", raw[begin:end] + b"</alert>")


def with_a_doctype_in_its_text(raw: bytes) -> bytes:
    return raw.replace(b"Montez.", b"<![CDATA[<!DOCTYPE x>]]>")


FORGERIES = [by_another_key, with_one_word_changed, unsigned, wrapped, lent, with_a_doctype_in_its_text]


@pytest.mark.parametrize("forge", FORGERIES)
@pytest.mark.parametrize("profile", ["strict", "tolerant"])
def test_a_forgery_has_no_effect_and_everyone_sees_it(
    town: None, forge: Callable[[bytes], bytes], profile: Any
) -> None:
    raw = forge(signed())
    message = take(raw, replace(PINNED, profile=profile))
    assert message.held in {"signature", "rejected"}
    assert bytes(message.raw) == raw
    assert drafts() == []
    assert take(signed(), PINNED).standing == "live"


# -- at once ----------------------------------------------------------------------------------------------------------


def at_once(*jobs: Callable[[], object]) -> list[BaseException]:
    """Run the jobs in threads that start together, each on its own connection; what they raised."""
    gate, failed = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], object]) -> None:
        try:
            gate.wait()
            job()
        except BaseException as err:
            failed.append(err)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_the_same_message_at_four_workers_at_once_is_one(town: None) -> None:
    raw = write(A)
    assert at_once(*[lambda: intake.receive(raw, STRICT)] * 4) == []
    assert (Message.objects.count(), len(drafts())) == (1, 1)


def test_an_alert_and_its_cancel_at_once_see_each_other(town: None) -> None:
    for number in range(5):
        one = alert(f"one-{number}")
        raws = [write(one), write(cancel(f"end-{number}", 5, one))]
        assert at_once(*[lambda raw=raw: intake.receive(raw, STRICT) for raw in raws]) == []
    assert {m.standing for m in Message.objects.all()} == {"cancelled", "acted"}
    assert drafts() == []


# -- what is wrong with us --------------------------------------------------------------------------------------------


def test_a_fault_of_ours_loses_no_warning(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(actions, "draft_from", fail)
    message = take(A)
    assert (message.held, message.standing, bytes(message.raw)) == ("internal", Standing.LIVE, write(A))


def test_without_zones_the_border_is_unknown_and_the_message_waits(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_city: object) -> None:
        raise places.BorderUnknown(type="INE")

    monkeypatch.setattr(places, "border", unknown)
    assert take(A).held == "border-unknown"
