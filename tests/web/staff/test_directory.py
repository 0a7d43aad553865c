"""The city's directory says who somebody is; what they may do, and whether there is such an account, is ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from beffroi.calls.models import Call
from beffroi.people.models import Person
from beffroi.web import door
from tests import make
from tests.lib.test_oidc import OTHER, walk
from tests.oidc_provider import CLIENT, SECRET, Provider
from tests.web.conftest import Enter, code
from tests.web.test_door import grow_old


@pytest.fixture(scope="module")
def standing() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(standing: Provider, committed: None, settings: LazySettings) -> Provider:
    """The directory of the town, in which Chiara has an account."""
    standing.forget()
    standing.claims = {"email": "Chiara@town.example", "email_verified": True}
    settings.OIDC_URL, settings.OIDC_CLIENT, settings.OIDC_SECRET = standing.issuer, CLIENT, SECRET
    settings.OIDC_SECOND_FACTOR = []
    cache.clear()
    return standing


def go(client: Client, path: str = "/desk/directory/") -> Any:
    """From our page to the directory and back; our answer to who comes back."""
    begun: Any = client.get(path)
    assert begun.status_code == 302, begun.content.decode()
    back = walk(begun.url)
    assert back.startswith("http://localhost:8000/desk/directory/back/?")
    return client.get(back.removeprefix("http://localhost:8000"))


def test_off_by_default(committed: None, chiara: Person) -> None:
    client = Client()
    assert b"/desk/directory/" not in client.get("/desk/login/").content
    for path in ("/desk/directory/", "/desk/directory/back/?code=x&state=y"):
        assert client.get(path).status_code == 404


def test_the_directory_says_who_and_our_second_factor_is_asked(provider: Provider, chiara: Person, town: None) -> None:
    client = Client()
    assert b"/desk/directory/?next=/desk/log/" in client.get("/desk/login/?next=/desk/log/").content
    answer = go(client)
    assert answer.url == "/desk/code/"
    assert client.get("/desk/").status_code == 302  # half a log-in opens nothing
    assert client.post("/desk/code/", {"code": code()}).url == "/desk/"  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    ("claims", "word"),
    [({"amr": ["pwd", "mfa"]}, "mfa"), ({"acr": "https://refeds.org/profile/mfa"}, "https://refeds.org/profile/mfa")],
)
def test_its_own_second_factor_counts_where_the_city_says_so(
    provider: Provider, chiara: Person, town: None, settings: LazySettings, claims: dict[str, Any], word: str
) -> None:
    provider.claims |= claims
    assert go(Client()).url == "/desk/code/"  # nobody said so
    settings.OIDC_SECOND_FACTOR = ["other"]
    assert go(Client()).url == "/desk/code/"
    settings.OIDC_SECOND_FACTOR = ["other", word]
    client = Client()
    assert go(client, "/desk/directory/?next=/desk/?now").url == "/desk/?now"
    assert client.get("/desk/").status_code == 200
    settings.OIDC_SECOND_FACTOR = []
    assert client.get("/desk/").status_code == 403  # what no longer counts opens nothing any more


@pytest.mark.parametrize("amr", ["mfa", ["pwd"], None, [], {"mfa": True}, ["MFA"], [["mfa"], {}]])
def test_what_is_no_word_for_a_second_factor(
    provider: Provider, chiara: Person, settings: LazySettings, amr: Any
) -> None:
    settings.OIDC_SECOND_FACTOR = ["mfa"]
    provider.claims |= {"amr": amr}
    assert go(Client()).url == "/desk/code/"


@pytest.mark.parametrize(("claims", "why"), [
    ({"email_verified": False}, "email"), ({"email_verified": "true"}, "email"), ({"email_verified": None}, "email"),
    ({"email": None}, "email"), ({"email": ["chiara@town.example"]}, "email"),
    ({"email": "dora@town.example"}, "account"),
    ({"email": "chiara@town.example.evil"}, "account"),
])  # fmt: skip
def test_who_is_nobody_here(provider: Provider, chiara: Person, claims: dict[str, Any], why: str) -> None:
    provider.claims |= claims
    client = Client()
    answer = go(client)
    assert answer.status_code == 403
    assert b"directory-refused" in answer.content and why.encode() in answer.content
    assert Person.objects.count() == 1
    assert client.get("/desk/code/").status_code == 302


def test_roles_never_come_from_the_directory(
    provider: Provider, bruno: Person, town: None, settings: LazySettings
) -> None:
    settings.OIDC_SECOND_FACTOR = ["mfa"]
    provider.claims = {
        "email": bruno.email, "email_verified": True, "amr": ["mfa"], "role": "approver", "roles": ["approver"],
        "groups": ["approver"], "body": "mayor", "is_staff": True,
    }  # fmt: skip
    client = Client()
    assert go(client).url == "/desk/"
    bruno.refresh_from_db()
    assert (bruno.role, bruno.body) == ("officer", "")
    assert client.get("/desk/log/").status_code == 403


def test_a_closed_account_stays_closed(provider: Provider, chiara: Person, settings: LazySettings) -> None:
    settings.OIDC_SECOND_FACTOR = ["mfa"]
    provider.claims |= {"amr": ["mfa"]}
    Person.objects.using("owner").update(is_active=False)
    client = Client()
    assert go(client).url == "/desk/inactive/"
    assert client.get("/desk/").status_code == 302


def test_an_account_without_our_second_factor_opens_nothing(provider: Provider, chiara: Person) -> None:
    Authenticator.objects.using("owner").all().delete()
    client = Client()
    go(client)
    assert client.get("/desk/").status_code == 403


@pytest.mark.parametrize("lie", ["forged", "expired", "audience", "nonce", "none"])
def test_a_token_that_does_not_hold(provider: Provider, chiara: Person, lie: str) -> None:
    begun: Any = (client := Client()).get("/desk/directory/")
    back = walk(begun.url)
    nonce = provider.asked["nonce"]
    tokens: dict[str, str] = {
        "forged": provider.signed(nonce, key=OTHER), "expired": provider.signed(nonce, exp=int(time.time()) - 120),
        "audience": provider.signed(nonce, aud="other"), "nonce": provider.signed("of another log-in"),
        "none": "nothing",
    }  # fmt: skip
    provider.token = tokens[lie]
    answer = client.get(back.removeprefix("http://localhost:8000"))
    assert answer.status_code == 403
    assert b"directory-token-refused" in answer.content
    assert client.get("/desk/code/").status_code == 302


def test_who_comes_back_is_who_went(provider: Provider, chiara: Person) -> None:
    """A link that carries another's log-in (or one used already) opens nothing."""
    begun: Any = (client := Client()).get("/desk/directory/")
    path = walk(begun.url).removeprefix("http://localhost:8000")
    assert Client().get(path).status_code == 403
    assert client.get(path.replace("state=", "state=x")).status_code == 403
    assert client.get(path).status_code == 403  # one try
    begun = client.get("/desk/directory/")
    path = walk(begun.url).removeprefix("http://localhost:8000")
    assert client.get(path).url == "/desk/code/"  # type: ignore[attr-defined]
    assert client.get(path).status_code == 403
    begun = client.get("/desk/directory/")
    assert client.get(f"/desk/directory/back/?error=access_denied&state={provider.asked['state']}").status_code == 403


def test_it_does_not_send_people_elsewhere(provider: Provider, chiara: Person, settings: LazySettings) -> None:
    settings.OIDC_SECOND_FACTOR = ["mfa"]
    provider.claims |= {"amr": ["mfa"]}
    assert go(Client(), "/desk/directory/?next=https://evil.example/").url == "/desk/"


def test_a_directory_that_is_down_says_so(provider: Provider, chiara: Person, settings: LazySettings) -> None:
    settings.OIDC_URL = "http://localhost:9"
    answer = Client().get("/desk/directory/")
    assert answer.status_code in {502, 503}


def test_an_approval_is_confirmed_at_the_directory(
    provider: Provider, bruno: Person, chiara: Person, town: None, settings: LazySettings
) -> None:
    settings.OIDC_SECOND_FACTOR = ["mfa"]
    Authenticator.objects.using("owner").filter(user=chiara).delete()
    provider.claims |= {"amr": ["mfa"]}
    client = Client()
    assert go(client).url == "/desk/"
    call = make.pending(bruno)
    path = f"/desk/call/{call.public_id}/approve/"
    grow_old(client, door.FRESH_S + 1)
    asked: Any = client.post(path, {"place": call.area["places"][0], "seen": bytes(call.digest or b"").hex()})
    page = client.get(asked.url).content.decode()
    link = page.split('data-apart href="')[1].split('"')[0].replace("&amp;", "&")
    for claims in ({"auth_time": int(time.time()) - 600}, {}, {"auth_time": int(time.time()), "amr": ["pwd"]},
                   {"auth_time": int(time.time()), "email": bruno.email}):  # fmt: skip
        before = dict(provider.claims)
        provider.claims |= claims
        assert go(client, link).status_code == 403
        provider.claims = before
        assert Call.objects.get(pk=call.pk).state == "pending"
    provider.claims |= {"auth_time": int(time.time())}
    assert go(client, link).url == f"/desk/call/{call.public_id}/"
    assert provider.asked["prompt"] == "login"
    assert Call.objects.get(pk=call.pk).state == "live"


def test_another_person_in_the_same_browser(
    provider: Provider, bruno: Person, chiara: Person, town: None, enter: Enter
) -> None:
    client = enter(bruno)
    cache.clear()
    assert go(client).url == "/desk/code/"
    assert client.get("/desk/").status_code == 302  # Bruno is out
    assert all(record["method"] != "mfa" for record in client.session[AUTHENTICATION_METHODS_SESSION_KEY])


def test_nobody_makes_us_knock_at_the_directory_without_end(provider: Provider, chiara: Person) -> None:
    assert [Client().get("/desk/directory/").status_code for _ in range(31)] == [302] * 30 + [429]
