"""Notes to one person: sent once, most urgent first, and soon forgotten."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection, connections, transaction

from beffroi.delivery import notes
from beffroi.delivery.channel import Message
from beffroi.delivery.models import Note
from beffroi.lib import clock
from tests.delivery.workers import full
from tests.post_office import PostOffice

LINK = "https://town.example/fr/mine/very-secret/"


def leave(name: str = "ada", *, lane: int = 50, hours: float = 1, headline: str = "Votre lien") -> Note:
    message = Message(
        language="fr", headline=headline, instruction="Ouvrez-le.", tag="link", url=LINK, source="Ville", is_note=True,
        expires=(clock.now() + timedelta(hours=hours)).astimezone(ZoneInfo("Europe/Paris")),
    )  # fmt: skip
    return notes.leave("email", {"email": f"{name}@residents.example"}, message, purpose="link", lane=lane)


def state(note: Note) -> tuple[str, int, str]:
    note.refresh_from_db()
    return note.state, note.tries, note.reason


def in_minutes(minutes: float) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def test_a_note_is_sent_once(committed: None, post_office: PostOffice) -> None:
    note = leave()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [notes.WAKE])
        assert cursor.fetchone() == (1,)
    assert notes.send_due(in_minutes(0.1)) == 1
    assert notes.send_due(in_minutes(90)) == 0
    [mail] = post_office.to("ada@residents.example")
    assert LINK in mail.text()
    assert state(note) == ("sent", 1, "")
    assert note.sent_at is not None


def test_two_workers_send_a_note_once(committed: None, post_office: PostOffice) -> None:
    for number in range(10):
        leave(f"resident{number}")

    def work() -> None:
        try:
            notes.send_due(in_minutes(0.1))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(mail.recipient for mail in post_office.mails) == sorted(
        f"resident{n}@residents.example" for n in range(10)
    )


def test_pages_to_staff_leave_before_anything_else(committed: None, post_office: PostOffice) -> None:
    leave("ada")
    leave("bruno", lane=notes.PAGE_LANE)
    notes.send_due(in_minutes(0.1))
    assert [mail.recipient for mail in post_office.mails] == ["bruno@residents.example", "ada@residents.example"]


def test_a_note_that_is_worthless_is_not_sent(committed: None, post_office: PostOffice) -> None:
    note = leave(hours=0.5)
    notes.send_due(in_minutes(31))
    assert state(note) == ("expired", 1, "")
    assert post_office.mails == []


def test_a_note_is_tried_again_with_longer_pauses_until_it_is_worthless(
    committed: None, post_office: PostOffice
) -> None:
    note = leave(hours=3)
    post_office.refuse("ada@residents.example", "451 later")
    now, pauses = in_minutes(0.1), []
    while notes.send_due(now) and state(note)[0] == "waiting":
        pauses.append(note.not_before - now)
        now = note.not_before
    assert state(note)[0] == "expired"
    assert now >= note.expires_at
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(seconds=notes.PAUSE_MOST_S)
    gone = leave("eve")
    post_office.refuse("eve@residents.example", "550 5.1.1 nobody")
    notes.send_due(in_minutes(0.1))
    assert state(gone) == ("failed", 1, "550")


def test_a_full_disk_sends_no_note_again_and_again(committed: None, post_office: PostOffice) -> None:
    note = leave()
    with full("UPDATE", "delivery_note"):
        for _look in range(3):
            with pytest.raises(OperationalError):
                notes.send_due(in_minutes(0.1))
    assert post_office.mails == []
    notes.send_due(in_minutes(0.1))
    assert (state(note)[0], len(post_office.mails)) == ("sent", 1)


def test_a_note_that_cannot_be_opened_or_sent_stops_nobody(committed: None, post_office: PostOffice) -> None:
    broken, strange, good = leave("ada"), leave("bob"), leave("eve")
    Note.objects.filter(pk=broken.pk).update(address=b"\x01" * 60)
    Note.objects.filter(pk=strange.pk).update(channel="pigeon")
    notes.send_due(in_minutes(0.1))
    assert state(broken) == ("waiting", 1, "seal-broken")
    assert state(strange) == ("waiting", 1, "not-on-shelf")
    assert state(good) == ("sent", 1, "")


@pytest.mark.parametrize("days", [-1, 1])
def test_notes_made_before_a_time_are_forgotten(committed: None, days: int) -> None:
    leave()
    assert notes.erase(clock.now() + timedelta(days=days)) == (1 if days > 0 else 0)
    assert Note.objects.count() == (0 if days > 0 else 1)


def test_nothing_in_the_table_tells_who_or_what(committed: None, post_office: PostOffice) -> None:
    leave("ada.lovelace", headline="Lien de Ada")
    post_office.refuse("ada.lovelace@residents.example", "451 4.2.0 <ada.lovelace@residents.example> is busy")
    notes.send_due(in_minutes(0.1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT n::text FROM delivery_note n UNION ALL SELECT j::text FROM procrastinate_jobs j")
        kept = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT address, content FROM delivery_note")
        kept += [bytes(value).decode("latin-1") for row in cursor.fetchall() for value in row]
    secrets = ("lovelace", "residents.example", "very-secret", "Lien", "Ouvrez")
    assert not any(secret in text or secret.encode().hex() in text for text in kept for secret in secrets)


def test_a_note_leaves_with_its_transaction_or_not_at_all(committed: None, post_office: PostOffice) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        leave()
        raise RuntimeError
    assert Note.objects.count() == 0
    assert notes.send_due(in_minutes(1)) == 0
