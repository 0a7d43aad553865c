"""Links in messages: a GET shows a button, only a POST acts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from beffroi.audience.models import Subscription
from beffroi.delivery import leaving
from beffroi.lib import clock, keys, tokens
from beffroi.web.public import intake
from tests import make

pytestmark = pytest.mark.usefixtures("town")


def confirmation(row: Subscription, hours: float = 48) -> str:
    expires = clock.now() + timedelta(hours=hours)
    return f"/en/confirm/{tokens.issue(keys.current().tokens, intake.CONFIRM, str(row.pk), expires_at=expires)}/"


@pytest.fixture
def row(town: None) -> Subscription:
    """An address that was not confirmed yet."""
    found = make.mail_subscription("ada")
    Subscription.objects.update(confirmed_at=None)
    found.refresh_from_db()
    return found


def test_a_scanner_that_follows_the_link_confirms_nothing(row: Subscription) -> None:
    path = confirmation(row)
    page = Client().get(path)
    assert page.status_code == 200
    assert '<form method="post">' in page.content.decode()
    Client().head(path)
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_the_button_confirms_also_without_cookies(row: Subscription) -> None:
    answer = Client(enforce_csrf_checks=True).post(confirmation(row))
    assert answer.status_code == 200
    assert "Confirmed" in answer.content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None


def test_an_old_or_changed_confirmation(row: Subscription) -> None:
    late = Client().get(confirmation(row, hours=-1))
    assert (late.status_code, "token-expired" in late.content.decode()) == (410, True)
    wrong = Client().post(confirmation(row)[:-3] + "xx/")
    assert (wrong.status_code, "token-bad" in wrong.content.decode()) == (400, True)
    leave = leaving.url("", row.pk).removeprefix("/leave/")
    assert Client().post(f"/en/confirm/{leave}").status_code == 400
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_one_post_ends_a_subscription_as_rfc_8058_says() -> None:
    row = make.mail_subscription("ada")
    other = make.mail_subscription("bea")
    path = leaving.url("", row.pk)
    assert Client().get(path).status_code == 200
    assert Subscription.objects.count() == 2
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert list(Subscription.objects.values_list("pk", flat=True)) == [other.pk]
    assert Client().post(path).status_code == 200  # twice is once


def test_a_forged_link_ends_nothing() -> None:
    row = make.mail_subscription("ada")
    good = leaving.url("", row.pk)
    for path in (good[:-3] + "zz/", "/leave/x/", confirmation(row).replace("/en/confirm/", "/leave/")):
        assert Client().post(path).status_code == 400
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize(
    ("after", "target"),
    [
        ("/desk/", "/desk/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_language_is_remembered_and_leads_nowhere_else(after: str, target: str) -> None:
    answer = Client().post("/language/", {"language": "es", "next": after})
    assert answer["Location"] == target
    assert answer.cookies["lang"].value == "es"


def test_only_a_language_of_the_city_is_remembered() -> None:
    assert "lang" not in Client().post("/language/", {"language": "de\r\nSet-Cookie: a=b"}).cookies
    assert Client().get("/language/").status_code == 405
