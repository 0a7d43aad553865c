"""Feeds over real HTTPS: what they bring is taken, and however they misbehave it ends in their row and as an alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import LazySettings

from beffroi import city
from beffroi.city.model import City
from beffroi.city.model import Feed as Setting
from beffroi.crisis import intake
from beffroi.crisis.feeds import polling
from beffroi.crisis.models import Feed, Fetched, Message
from beffroi.lib import clock
from beffroi.standards import signature
from beffroi.standards.cap import model as cap
from beffroi.standards.cap.write import write
from tests.crisis.feeds import server as service
from tests.crisis.feeds.server import Answer, Canary, Server, atom, embedded, linked, page, redirect, rss, tagged
from tests.crisis.messages import BEGIN, SENDER, STRANGER, alert, info
from tests.standards.signing import make_identity

A, B = write(alert("a")), write(alert("b", 5))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    with service.serve(tmp_path_factory.mktemp("weather")) as found:
        yield found


@pytest.fixture
def weather(running: tuple[Server, Path], town: None, settings: LazySettings) -> Server:
    """The weather service, whom this city may ask although it is on loopback."""
    server, authority = running
    server.pages.clear()
    server.asked.clear()
    settings.OPEN_HOSTS = [f"localhost:{server.port}"]
    settings.CA_FILE = str(authority)
    return server


@pytest.fixture
def bird() -> Iterator[Canary]:
    with service.canary() as found:
        yield found


def setting_of(weather: Server, **changes: Any) -> Setting:
    url = f"https://localhost:{weather.port}/feed"
    return Setting(**({"name": "weather", "url": url, "hosts": ("localhost",), "senders": (SENDER,)} | changes))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the city read these feeds."""

    def read(*feeds: Setting) -> None:
        town: City = replace(city.current(), feed=feeds)
        monkeypatch.setattr(city, "current", lambda: town)

    return read


def poll(weather: Server, **changes: Any) -> Feed:
    """One poll of the feed; its row."""
    setting = setting_of(weather, **changes)
    row, _is_new = Feed.objects.get_or_create(name=setting.name)
    polling.poll(setting, row, clock.now())
    return Feed.objects.get(name=setting.name)


def names() -> list[str]:
    return sorted(message.identifier for message in Message.objects.all())


def ways() -> set[str]:
    return {message.way for message in Message.objects.all()}


# -- what comes -------------------------------------------------------------------------------------------------------


def test_embedded_and_linked_messages_are_taken_once(weather: Server) -> None:
    weather.pages |= {"/feed": page(atom(embedded(A), linked("b.xml"))), "/b.xml": page(B)}
    for _ in range(3):
        row = poll(weather)
        assert (row.error, row.answered_at is not None) == ("", True)
    assert (names(), ways()) == (["a", "b"], {"feed:weather"})
    assert weather.count("/b.xml") == 1
    assert bytes(Message.objects.get(identifier="b").raw) == B
    assert Message.objects.filter(call__isnull=False).count() == 2


@pytest.mark.parametrize("body", [
    A, rss("b.xml"), b"<alerts>" + A.partition(b"?>")[2] + b"</alerts>", atom(), atom(linked("b.xml"), linked("b.xml")),
], ids=["message", "rss", "wrapper", "nothing", "twice"])  # fmt: skip
def test_every_kind_of_feed(weather: Server, body: bytes) -> None:
    weather.pages |= {"/feed": page(body), "/b.xml": page(B)}
    assert poll(weather).error == ""
    assert names() == (["a"] if b"<identifier>a" in body else ["b"] if b"b.xml" in body else [])
    assert weather.count("/b.xml") <= 1


def test_a_changed_link_is_fetched_again(weather: Server) -> None:
    weather.pages |= {"/feed": page(atom(linked("m.xml", "1"))), "/m.xml": page(A)}
    poll(weather)
    weather.pages |= {"/feed": page(atom(linked("m.xml", "2"))), "/m.xml": page(B)}
    poll(weather)
    assert names() == ["a", "b"]


def test_what_has_not_changed_is_not_sent_again(weather: Server) -> None:
    weather.pages["/feed"] = tagged(atom(embedded(A)), '"one"')
    assert poll(weather).etag == '"one"'
    first = Feed.objects.get().answered_at
    row = poll(weather)
    assert weather.asked[-1][1]["If-None-Match"] == '"one"'
    assert (row.etag, row.error) == ('"one"', "")
    assert row.answered_at is not None
    assert first is not None
    assert row.answered_at > first
    weather.pages["/feed"] = tagged(atom(embedded(B)), '"two"')
    assert poll(weather).etag == '"two"'
    assert names() == ["a", "b"]


def test_a_304_does_not_hide_what_is_still_to_be_fetched(weather: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LINKS", 1)
    weather.pages |= {
        "/feed": tagged(atom(linked("a.xml"), linked("b.xml")), '"one"'), "/a.xml": page(A), "/b.xml": page(B),
    }  # fmt: skip
    assert (poll(weather).etag, names()) == ("", ["a"])
    assert (poll(weather).etag, names()) == ('"one"', ["a", "b"])


def test_only_the_senders_of_the_feed_are_believed(weather: Server) -> None:
    weather.pages["/feed"] = page(atom(embedded(write(alert("x", sender=STRANGER)))))
    assert poll(weather).error == ""
    assert Message.objects.get().held == "sender-not-expected"


def test_only_what_the_pinned_key_signed_is_believed(weather: Server, tmp_path: Path) -> None:
    key, certificate = make_identity("weather", now=BEGIN - timedelta(days=1))
    file = tmp_path / "weather.pem"
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    signed = signature.sign(A, key=key, certificate=certificate)
    weather.pages |= {"/feed": page(atom(linked("a.xml"), linked("b.xml"))), "/a.xml": page(signed), "/b.xml": page(B)}
    assert poll(weather, certificate=file).error == ""
    found = {message.identifier: (message.signature, message.held) for message in Message.objects.all()}
    assert found == {"a": ("verified", ""), "b": ("", "signature")}


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_without_the_certificate_nothing_is_believed(weather: Server, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "weather.pem"
    if content is not None:
        file.write_bytes(content)
    weather.pages["/feed"] = page(atom(embedded(A)))
    assert poll(weather, certificate=file).error == "feed-certificate-unreadable"
    assert names() == []


# -- feeds that lie ---------------------------------------------------------------------------------------------------

BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><feed>&b;&b;&b;</feed>'

BAD: dict[str, tuple[Answer, str]] = {
    "html": (page(b"<!DOCTYPE html><html><body>We are back soon</body></html>"), "feed-unreadable"),
    "500": (page(b"<feed/>", 500), "feed-refused"),
    "404": (page(b"", 404), "feed-refused"),
    "204": (page(b"", 204), "feed-refused"),
    "empty": (page(b""), "feed-unreadable"),
    "broken": (page(atom(embedded(A))[:-30]), "feed-unreadable"),
    "no feed": (page(b"<rubbish/>"), "feed-unreadable"),
    "entity bomb": (page(BOMB), "feed-unreadable"),
    "gzip bomb": (service.gzip_bomb, "http-too-large"),
    "endless": (service.endless, "http-too-large"),
    "slow": (service.slow, "http-timeout"),
    "lying": (service.lying, "http-unreachable"),
    "hanging up": (service.hanging_up, "http-unreachable"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_feed_that_misbehaves_is_an_alarm(
    weather: Server, reads: Callable[..., None], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    answer, code = BAD[fault]
    monkeypatch.setattr(polling, "FEED_BYTES", 1_000_000)
    monkeypatch.setattr(polling, "TIMEOUT_S", 1)
    reads(setting_of(weather))
    weather.pages["/feed"] = page(atom(embedded(A)))
    assert polling.poll_due(clock.now()) == 1
    assert polling.alarms(clock.now()) == []
    good = Feed.objects.get()
    weather.pages["/feed"] = answer
    later = clock.now() + timedelta(minutes=2)
    assert polling.poll_due(later) == 1
    [alarm] = polling.alarms(later)
    assert (alarm.feed, alarm.why, alarm.since) == ("weather", code, good.answered_at)
    assert names() == ["a"]
    weather.pages["/feed"] = page(atom(embedded(B)))
    assert polling.poll_due(later + timedelta(minutes=2)) == 1
    assert polling.alarms(later) == []
    assert names() == ["a", "b"]


def places(bird: Canary) -> list[str]:
    """Where no feed may send us."""
    return [
        f"http://127.0.0.1:{bird.port}/", f"https://127.0.0.1:{bird.port}/", f"https://localhost:{bird.port}/",
        f"http://localhost:{bird.port}/", f"https://[::1]:{bird.port}/", f"https://2130706433:{bird.port}/",
        "http://169.254.169.254/latest/meta-data/", "https://169.254.169.254/", "https://other.example/feed",
        "https://user@localhost/", "file:///etc/passwd", f"gopher://127.0.0.1:{bird.port}/_x", "ftp://localhost/",
        "//169.254.169.254/", "https://localhost/", "https://localhost:22/",
    ]  # fmt: skip


def test_no_redirect_leads_elsewhere(weather: Server, bird: Canary) -> None:
    for number, place in enumerate(places(bird)):
        weather.pages["/feed"] = redirect(place, (301, 302, 303, 307, 308)[number % 5])
        assert poll(weather).error == "http-refused", place
    assert bird.visits == []
    assert names() == []


def test_a_redirect_within_the_host_is_followed_but_not_for_ever(weather: Server) -> None:
    weather.pages |= {
        "/feed": redirect("/here/feed"),
        "/here/feed": page(atom(linked("b.xml"))),
        "/here/b.xml": page(B),
    }
    assert poll(weather).error == ""
    assert names() == ["b"]
    weather.pages["/feed"] = redirect("/feed")
    assert poll(weather).error == "http-refused"


def test_no_link_leads_elsewhere_and_none_keeps_the_others_out(weather: Server, bird: Canary) -> None:
    entries = [linked(place) for place in places(bird)]
    weather.pages |= {"/feed": page(atom(*entries, linked("b.xml"), embedded(A))), "/b.xml": page(B)}
    assert poll(weather).error == "feed-links-failed"
    assert names() == ["a", "b"]
    assert bird.visits == []
    lost = Fetched.objects.exclude(error="")
    assert {one.error for one in lost} == {"http-refused"}
    assert lost.count() == len(places(bird)) - 1  # one of them is another's short form


def test_nothing_inside_a_message_is_fetched(weather: Server, bird: Canary) -> None:
    address = f"http://127.0.0.1:{bird.port}/picture.png"
    resource = cap.Resource(resourceDesc="Carte", mimeType="image/png", uri=address)
    message = write(alert("a", info=(info(resource=(resource,), web=address),)))
    weather.pages["/feed"] = page(atom(embedded(message), embedded(message.replace(b"127.0.0.1", b"localhost"))))
    assert poll(weather).error == ""
    assert len(names()) == 2
    assert bird.visits == []
    assert [path for path, _headers in weather.asked] == ["/feed"]


# -- one bad link -----------------------------------------------------------------------------------------------------

LOST: dict[str, tuple[Answer, str]] = {
    "404": (page(b"", 404), "feed-refused"),
    "html": (page(b"<html><body>Sorry</body></html>"), "feed-unreadable"),
    "empty": (page(b""), "feed-unreadable"),
    "endless": (service.endless, "http-too-large"),
    "slow": (service.slow, "http-timeout"),
    "hanging up": (service.hanging_up, "http-unreachable"),
    "gzip bomb": (service.gzip_bomb, "http-too-large"),
}  # fmt: skip


@pytest.mark.parametrize("fault", LOST)
def test_a_bad_link_stops_no_other_and_is_tried_again(
    weather: Server, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    answer, code = LOST[fault]
    monkeypatch.setattr(polling, "MESSAGE_BYTES", 1_000_000)
    monkeypatch.setattr(polling, "TIMEOUT_S", 1)
    weather.pages |= {
        "/feed": tagged(atom(linked("x.xml"), linked("b.xml")), '"one"'),
        "/x.xml": answer,
        "/b.xml": page(B),
    }
    row = poll(weather)
    assert (row.error, names()) == ("feed-links-failed", ["b"])
    assert row.answered_at is not None
    assert [(one.href.rpartition("/")[2], one.error) for one in Fetched.objects.order_by("pk")] == [
        ("x.xml", code), ("b.xml", ""),
    ]  # fmt: skip
    weather.pages["/x.xml"] = page(A)
    assert poll(weather).error == ""
    assert names() == ["a", "b"]
    assert weather.count("/b.xml") == 1


def test_a_broken_message_behind_a_link_is_kept_for_a_person(weather: Server) -> None:
    weather.pages |= {"/feed": page(atom(linked("x.xml"))), "/x.xml": page(A[:-30])}
    assert poll(weather).error == ""
    message = Message.objects.get()
    assert (message.held, bytes(message.raw)) == ("rejected", A[:-30])


def test_dead_links_keep_no_new_ones_out(weather: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LINKS", 3)
    dead = [linked(f"dead-{number}.xml") for number in range(3)]
    weather.pages |= {"/feed": page(atom(*dead)), "/b.xml": page(B)}
    assert poll(weather).error == "feed-links-failed"
    weather.pages["/feed"] = page(atom(*dead, linked("b.xml")))
    poll(weather)
    assert names() == ["b"]


def test_a_link_of_absurd_length_is_none(weather: Server) -> None:
    weather.pages |= {"/feed": page(atom(linked("x" * 20_000), linked("b.xml", "u" * 20_000))), "/b.xml": page(B)}
    assert poll(weather).error == "feed-links-failed"
    assert names() == ["b"]


def test_a_slow_feed_does_not_hold_the_others(weather: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LINKS_S", 0)
    weather.pages |= {
        "/feed": tagged(atom(linked("a.xml"), linked("b.xml")), '"one"'),
        "/a.xml": page(A),
        "/b.xml": page(B),
    }
    assert (poll(weather).etag, names()) == ("", ["a"])


def test_a_fault_of_ours_with_one_message_stops_no_other(weather: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = intake.receive

    def fail(raw: bytes, way: Any) -> Message:
        if b"<identifier>a<" in raw:
            raise ZeroDivisionError
        return real(raw, way)

    monkeypatch.setattr(polling, "receive", fail)
    weather.pages["/feed"] = page(atom(embedded(A), embedded(B)))
    assert (poll(weather).error, names()) == ("internal", ["b"])


# -- when -------------------------------------------------------------------------------------------------------------


def test_a_feed_is_polled_when_its_time_has_come_and_a_bad_one_stops_no_other(
    weather: Server, reads: Callable[..., None]
) -> None:
    bad = setting_of(weather, name="bad", url=f"https://localhost:{weather.port}/bad")
    reads(bad, setting_of(weather))
    weather.pages["/feed"] = page(atom(embedded(A)))
    now = clock.now()
    assert polling.poll_due(now) == 2
    assert names() == ["a"]
    assert polling.poll_due(now + timedelta(seconds=59)) == 0
    assert polling.poll_due(now + timedelta(seconds=60)) == 2
    assert [(alarm.feed, alarm.why) for alarm in polling.alarms(now)] == [("bad", "feed-refused")]


def test_who_is_told_to_stop_asks_no_more(weather: Server, reads: Callable[..., None]) -> None:
    reads(setting_of(weather))
    assert polling.poll_due(clock.now(), is_over=lambda: True) == 0
    weather.pages |= {"/feed": page(atom(linked("a.xml"), linked("b.xml"))), "/a.xml": page(A), "/b.xml": page(B)}
    assert polling.poll_due(clock.now(), is_over=lambda: bool(weather.asked)) == 1
    assert names() == []
    assert polling.poll_due(clock.now() + timedelta(minutes=2)) == 1
    assert names() == ["a", "b"]


def test_silence_is_an_alarm(weather: Server, reads: Callable[..., None]) -> None:
    reads(setting_of(weather))
    now = clock.now()
    assert polling.alarms(now) == [polling.Alarm(feed="weather", why="silent", since=None)]
    weather.pages["/feed"] = page(atom())
    polling.poll_due(now)
    assert polling.alarms(now) == []
    assert polling.alarms(now + timedelta(seconds=polling.SILENT_S + 60)) == []
    [alarm] = polling.alarms(now + timedelta(seconds=polling.SILENT_S + 61))
    assert (alarm.why, alarm.since) == ("silent", now)
