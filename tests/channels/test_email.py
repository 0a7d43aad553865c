"""E-mail: what stands in a mail, and what becomes of it at a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from beffroi.channels import email
from beffroi.channels.email import CHANNEL
from beffroi.delivery import leaving, shelves
from beffroi.delivery.channel import Message, Receipt, Result, Target
from beffroi.lib import clock
from tests.channels.samples import envelope, message
from tests.post_office import DROP, HANG, PostOffice

HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
    "MIME-Version", "Content-Type",
}  # fmt: skip
HOSTILE = "\r\nBcc: spy@town.example\r\n\r\n<img src=x onerror=alert(1)> & \u202eevil\u2028\x00"


@pytest.fixture
def sender(django_db_setup: None, post_office: PostOffice) -> Iterator[email.Sender]:
    found = CHANNEL.open(shelves.machine())
    yield found
    found.close()


def target(row_id: int) -> Target:
    return Target(row_id, {"email": f"resident{row_id}@residents.example"}, f"http://localhost:8000/leave/t{row_id}/")


def send(sender: email.Sender, *ids: int, said: Message | None = None, **changes: Any) -> list[Receipt]:
    wanted = [target(row_id) for row_id in ids]
    return list(sender.send(CHANNEL.render(said or message()), envelope(**changes), wanted))


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_mail_says_what_to_do_first_and_who_says_so(sender: email.Sender, post_office: PostOffice) -> None:
    assert send(sender, 1) == [Receipt(1, Result.ACCEPTED)]
    [mail] = post_office.mails
    assert mail.recipient == "resident1@residents.example"
    assert mail.message["From"] == "Ville <alerte@town.example>"
    assert mail.message["To"] == mail.recipient
    assert mail.message["Subject"] == "Montez à l'étage"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    wanted = [
        "Montez à l'étage",
        "Laissez la voiture.",
        "Nord-Ouest",
        "La rivière monte.",
        "Ville",
        "/fr/alert/b4xq7mhk2t/",
    ]
    for text in (mail.text("plain"), mail.text("html").replace("&#x27;", "'")):
        places = [text.index(words) for words in wanted]
        assert places == sorted(places)
    assert ("html", {"lang": "fr"}) in Tags(mail.text("html")).found


def test_the_same_message_to_the_same_person_has_the_same_id(sender: email.Sender, post_office: PostOffice) -> None:
    send(sender, 1, 2)
    with clock.at(clock.now() + timedelta(minutes=5)):
        send(sender, 1)
    send(sender, 1, number=3)
    first, other, again, update = [mail.message["Message-ID"] for mail in post_office.mails]
    assert first == again
    assert len({first, other, update}) == 3
    assert first.startswith("<b4xq7mhk2t.2.")
    assert first.endswith("@town.example>")


def test_nobody_else_is_in_a_mail(sender: email.Sender, post_office: PostOffice) -> None:
    send(sender, 1, 2, 3)
    assert len(post_office.mails) == 3
    for number, mail in enumerate(post_office.mails, start=1):
        others = {1, 2, 3} - {number}
        assert mail.raw.count(b"resident%d@" % number) == 1
        assert not any(b"resident%d@" % other in mail.raw or b"/leave/t%d/" % other in mail.raw for other in others)
        assert b".invalid" not in mail.raw
        assert mail.message["Date"].datetime.year > 2000


def test_one_click_ends_the_subscription(sender: email.Sender, post_office: PostOffice) -> None:
    leave = leaving.url("http://localhost:8000", 77)
    list(sender.send(CHANNEL.render(message()), envelope(), [replace(target(77), leave_url=leave)]))
    [mail] = post_office.mails
    assert mail.message["List-Unsubscribe"] == f"<{leave}>"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert leave in mail.text("plain")
    assert ("a", {"href": leave}) in Tags(mail.text("html")).found
    assert leaving.subscription(leave.split("/")[-2], clock.now()) == 77


def test_a_note_has_nothing_to_leave(sender: email.Sender, post_office: PostOffice) -> None:
    list(sender.send(CHANNEL.render(message(is_note=True, where="")), envelope(is_note=True), [target(1)]))
    [mail] = post_office.mails
    assert "List-Unsubscribe" not in mail.message
    assert b"leave" not in mail.raw


@pytest.mark.parametrize("field", ["headline", "instruction", "description", "where", "source"])
def test_no_text_becomes_a_header_or_a_tag(sender: email.Sender, post_office: PostOffice, field: str) -> None:
    send(sender, 1, said=message(**{field: f"Avant{HOSTILE}après"}))
    [mail] = post_office.mails
    assert set(mail.message.keys()) == HEADERS
    assert "après" in mail.text("plain") + str(mail.message["From"])
    tags = Tags(mail.text("html")).found
    assert {tag for tag, _attrs in tags} <= {"html", "meta", "title", "body", "div", "h1", "p", "a", "br"}
    assert [attrs["href"] for tag, attrs in tags if tag == "a"] == [
        "http://localhost:8000/fr/alert/b4xq7mhk2t/", "http://localhost:8000/leave/t1/",
    ]  # fmt: skip
    assert not any(name.startswith("on") for _tag, attrs in tags for name in attrs)


@pytest.mark.parametrize("letter", ["x", "'", "&", "é", "🌊", "x ", "اء "])
def test_no_line_is_too_long_for_a_mail_server(sender: email.Sender, post_office: PostOffice, letter: str) -> None:
    long = letter * 3000
    said = message(
        headline=long[:300], instruction=long, description=f"{long}\n{long}", where=long[:300], source=long[:99]
    )
    assert send(sender, 1, said=said) == [Receipt(1, Result.ACCEPTED)]
    [mail] = post_office.mails
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")
    assert mail.text("plain").replace("\n", "").count(letter.strip()) > 9000


def test_lines_of_the_text_stay_lines_in_html_and_no_others_come(sender: email.Sender, post_office: PostOffice) -> None:
    send(sender, 1, said=message(instruction="Un\nDeux\n" + "trois " * 100))
    html = post_office.mails[0].text("html")
    assert html.count("<br>") == 2


@pytest.mark.parametrize(("answer", "result"), [
    ("550 no such user", Result.GONE), ("550 5.1.1 no such user", Result.GONE), ("551 5.1.6 moved", Result.GONE),
    ("550 5.7.1 your address is on a list", Result.REFUSED), ("552 5.2.2 mailbox full", Result.REFUSED),
    ("452 4.2.2 mailbox full", Result.LATER), ("421 too busy", Result.LATER), (DROP, Result.LATER),
])  # fmt: skip
def test_what_is_said_of_a_recipient(
    sender: email.Sender, post_office: PostOffice, answer: str, result: Result
) -> None:
    post_office.refuse("resident1@residents.example", answer)
    assert [receipt.result for receipt in send(sender, 1, 2)] == [result, Result.ACCEPTED]


@pytest.mark.parametrize(("answer", "result"), [
    ("554 no", Result.REFUSED), ("550 5.1.1 not now", Result.REFUSED), ("451 try again", Result.LATER),
    ("421 closing", Result.LATER), (DROP, Result.LATER),
])  # fmt: skip
def test_what_is_said_of_a_mail(sender: email.Sender, post_office: PostOffice, answer: str, result: Result) -> None:
    post_office.say("DATA", answer)
    assert [receipt.result for receipt in send(sender, 1, 2)] == [result, Result.ACCEPTED]


def test_a_mail_that_may_have_been_taken_is_sent_again_under_the_same_id(
    sender: email.Sender, post_office: PostOffice
) -> None:
    post_office.say("DATA", DROP)  # RFC 1047: taken, but the answer never came
    assert [receipt.result for receipt in [*send(sender, 1), *send(sender, 1)]] == [Result.LATER, Result.ACCEPTED]
    assert len(post_office.mails) == 2
    assert len({mail.message["Message-ID"] for mail in post_office.mails}) == 1


@pytest.mark.parametrize("answer", [DROP, "421 idle for too long"])
def test_a_kept_connection_that_the_server_closed_costs_nobody_a_mail(
    sender: email.Sender, post_office: PostOffice, answer: str
) -> None:
    for _mail in range(3):
        post_office.say("MAIL", "250 OK", answer)
    assert [receipt.result for receipt in send(sender, 1, 2, 3)] == [Result.ACCEPTED] * 3
    assert post_office.connections == 3


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_is_silent_is_waited_for_once(
    sender: email.Sender, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(email, "TIMEOUT_S", 0.3)
    post_office.say(command, HANG)
    with pytest.raises(email.MailServerDown):
        send(sender, *range(50))
    assert post_office.connections == 1
    assert send(sender, 1) == [Receipt(1, Result.ACCEPTED)]


def test_a_server_that_is_slow_at_every_step_has_the_time_of_one(
    sender: email.Sender, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "TIMEOUT_S", 0.6)
    post_office.pause_s = 0.25  # each of MAIL, RCPT and DATA would be in time
    with pytest.raises(email.MailServerDown):
        send(sender, 1)
    post_office.pause_s = 0
    assert send(sender, 1) == [Receipt(1, Result.ACCEPTED)]


@pytest.mark.parametrize("answer", ["421 too many", "452 4.3.1 no room", "550 5.7.1 we do not know you"])
def test_a_server_that_takes_nothing_from_us_is_down(
    sender: email.Sender, post_office: PostOffice, answer: str
) -> None:
    assert send(sender, 1) == [Receipt(1, Result.ACCEPTED)]
    post_office.say("MAIL", answer, answer)
    with pytest.raises(email.MailServerDown):
        send(sender, *range(50))
    assert len(post_office.mails) == 1


def test_a_server_that_knows_only_seven_bits_is_not_asked_for_eight(django_db_setup: None) -> None:
    office = PostOffice(is_8bit=False)
    sender = CHANNEL.open(replace(shelves.machine(), smtp_url=office.url, mail_from="alerte@town.example"))
    assert send(sender, 1) == [Receipt(1, Result.ACCEPTED)]
    sender.close()
    office.close()


def test_a_domain_is_kept_in_ascii(django_db_setup: None) -> None:
    stored = CHANNEL.address({"email": " Ada@ÉTÉ.example "}, shelves.machine())
    assert stored == {"email": "Ada@xn--t-9fab.example"}
    assert CHANNEL.same(stored) == CHANNEL.same({"email": "ADA@xn--t-9fab.example"})


@pytest.mark.parametrize("headline", [
    "Cette alerte est terminée et n'a pas été renouvelée : Inondation, Nord-Ouest",
    "Plain and short", "فيضان في الحي الشمالي، اصعدوا إلى الطابق الأعلى الآن من فضلكم ولا تستعملوا السيارة",
])  # fmt: skip
def test_a_long_subject_with_accents_arrives_as_it_was_written(
    sender: email.Sender, post_office: PostOffice, headline: str
) -> None:
    source = "Emergències de la Comunitat (demostració de l'alerta)"
    send(sender, 1, said=message(headline=headline, source=source))
    [mail] = post_office.mails
    assert mail.message["Subject"] == headline
    shown = mail.message["From"].addresses[0].display_name  # Python's reader puts a second blank where a name is folded
    assert " ".join(shown.split()) == source
