"""Every page there is: where it is, whose it is, and what is pressed on it first. `test_pages.py` walks the routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.stage import Stage


@dataclass(frozen=True)
class Spot:
    """One page to look at. `path` may make what the page needs; `then` is JavaScript that leads to `wait`."""

    name: str
    route: str
    """The route's name, or `published:` and the address without language and id."""
    path: Callable[[Stage, str], str]
    who: str = ""
    then: str = ""
    wait: str = "main#main"


def send(form: str, values: str = "") -> str:
    """JavaScript that fills a form's fields and sends it past its own script, as a browser without one would."""
    return f"const f = document.querySelector('{form}'); {values} HTMLFormElement.prototype.submit.call(f);"


def alert(name: str) -> Callable[[Stage, str], str]:
    """The public page of a call of the stage."""
    return lambda stage, language: f"/{language}/alert/{stage.calls[name].public_id}/"


def desk(path: str, call: str = "") -> Callable[[Stage, str], str]:
    """A staff page; `{}` in the path is a call of the stage."""
    return lambda stage, _language: "/desk/" + path.format(stage.calls[call].public_id if call else "")


def fixed(path: str) -> Callable[[Stage, str], str]:
    """The same address for everybody; `{}` is the language."""
    return lambda _stage, language: path.format(language)


PICKED = "f.place.disabled = false; f.place.options[0].selected = true;"
LOGIN = "f.login.value = '{0}@town.example'; f.password.value = '{0} waits';"

PUBLIC = [
    Spot("now", "published:", fixed("/{}/")),
    Spot("past", "published:past/", fixed("/{}/past/")),
    Spot("codes", "published:errors/", fixed("/{}/errors/")),
    *[
        Spot(f"alert {name}", "published:alert/", alert(name))
        for name in ("live", "second", "exercise", "replaced", "update", "ended", "closing", "mistake")
    ],
    Spot("alert, moving map", "published:alert/", alert("second"),
         then="document.querySelector('[data-map-open]').click()", wait=".map.live[data-ready]"),
    Spot("figures", "figures", lambda stage, language: f"/{language}/figures/{stage.calls['live'].public_id}/"),
    Spot("figures of an end", "figures", lambda s, language: f"/{language}/figures/{s.calls['closing'].public_id}/"),
    Spot("subscribe", "subscribe", fixed("/{}/subscribe/"), wait="#subscribe[data-ready]"),
    Spot("subscribe, map", "subscribe", fixed("/{}/subscribe/"),
         then="document.querySelector('#open-map').click()", wait="#pick-map[data-ready]"),
    Spot("subscribe with faults", "subscribe", fixed("/{}/subscribe/"),
         then="document.querySelector('#start').click()", wait="#errors:not([hidden])"),
    Spot("subscribe refused", "subscribe", fixed("/{}/subscribe/"),
         then=send("#subscribe", PICKED + "f.email.value = 'nobody';"), wait="#email[aria-invalid]"),
    Spot("subscribed", "subscribe", fixed("/{}/subscribe/"),
         then=send("#subscribe", PICKED + "f.email.value = 'ada@residents.example';"), wait="#copy"),
    Spot("confirm", "confirm", lambda stage, language: stage.confirm(language), wait="#confirm"),
    Spot("confirmed", "confirm", lambda stage, language: stage.confirm(language),
         then=send("main form"), wait="main:not(:has(form))"),
    Spot("mine", "mine", lambda stage, language: stage.mine(language), wait="#change[data-ready]"),
    Spot("mine changed", "mine", lambda stage, language: stage.mine(language), then=send("#change"), wait="#changed"),
    Spot("mine gone", "mine", lambda stage, language: stage.mine(language),
         then=send("#delete"), wait="main:not(:has(form))"),
    Spot("leave", "leave", lambda stage, _language: stage.leave(), wait="#leave"),
    Spot("left", "leave", lambda stage, _language: stage.leave(), then=send("main form"), wait="main:not(:has(form))"),
    Spot("nothing here", "problem", fixed("/{}/nothing-here/")),
    Spot("an old link", "problem", fixed("/{}/confirm/broken/")),
]  # fmt: skip

STAFF = [
    Spot("log in", "account_login", desk("login/")),
    Spot("log in refused", "account_login", desk("login/"),
         then=send("main form", "f.login.value = 'nobody@town.example'; f.password.value = 'no';"), wait=".errors"),
    Spot("second factor", "mfa_authenticate", desk("login/"),
         then=send("main form", LOGIN.format("olga")), wait="#id_code"),
    Spot("closed account", "account_inactive", desk("inactive/")),
    Spot("log out", "account_logout", desk("logout/"), "bruno"),
    Spot("still you, by password", "account_reauthenticate", desk("reauthenticate/"), "bruno"),
    Spot("still you, by code", "mfa_reauthenticate", desk("code/again/"), "chiara"),
    *[Spot(f"desk of {who}", "desk", desk(""), who) for who in ("bruno", "chiara", "olga", "adam")],
    *[Spot(f"log of {who}", "desk-log", desk("log/"), who) for who in ("olga", "adam")],
    Spot("warning", "warning", lambda s, _l: f"/desk/warning/{s.warnings['red'].pk}/", "olga"),
    Spot("warning held", "warning", lambda s, _l: f"/desk/warning/{s.warnings['held'].pk}/", "chiara"),
    *[Spot(f"compose by {who}", "call-new", desk("call/new/"), who) for who in ("bruno", "chiara")],
    Spot("compose an exercise", "call-new", desk("call/new/?hazard=flood&status=Exercise"), "bruno"),
    Spot("compose with faults", "call-new", desk("call/new/"), "bruno", then=send("#composer"), wait=".errors"),
    Spot("compose, drawing", "call-new", desk("call/new/"), "bruno",
         then="document.querySelector('details:has([data-draw])').open = true", wait="[data-draw] canvas"),
    *[
        Spot(f"call {call}", "call", desk("call/{}/", call), who)
        for call, who in (
            ("draft", "bruno"), ("pending", "chiara"), ("pending", "olga"), ("live", "bruno"), ("exercise", "chiara"),
            ("replaced", "bruno"), ("closing", "chiara"), ("refused", "bruno"), ("withdrawn", "olga"),
        )
    ],
    Spot("change a draft", "call-edit", desk("call/{}/edit/", "draft"), "bruno"),
    Spot("change an ending", "call-closing", desk("call/{}/closing/", "closing draft"), "bruno"),
    Spot("approve", "call-approve", desk("call/{}/approve/", "pending"), "chiara"),
    Spot("approve an exercise", "call-approve", desk("call/{}/approve/", "pending exercise"), "chiara"),
    Spot("approve, wrong place", "call-approve", desk("call/{}/approve/", "pending"), "chiara",
         then=send("form.confirm", "f.place.value = 'Elsewhere';"), wait="#f-place-e"),
    Spot("approve one's own", "call-approve", desk("call/{}/approve/", "own"), "chiara"),
    Spot("approve for another body", "call-approve", desk("call/{}/approve/", "pending"), "paul"),
    Spot("update", "call-update", desk("call/{}/update/", "live"), "bruno"),
    Spot("all clear", "call-close", desk("call/{}/close/all-clear/", "second"), "bruno"),
    Spot("false alarm", "call-close", desk("call/{}/close/false-alarm/", "exercise"), "chiara"),
    Spot("not allowed", "problem", desk("call/{}/", "live"), "adam"),
    Spot("no such call", "problem", desk("call/nosuchcall/"), "bruno"),
]  # fmt: skip

PIECES = {"desk-now"}
"""Answers in HTML that are a part of a page above."""
