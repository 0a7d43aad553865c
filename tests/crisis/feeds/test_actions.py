"""What is remembered of feeds and links."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db import connection

from beffroi import city
from beffroi.crisis.feeds import actions as feeds
from beffroi.crisis.models import Feed, Fetched
from beffroi.lib import clock


def test_a_feed_is_given_to_one_worker(committed: None) -> None:
    setting, now = city.current().feed[0], clock.now()
    gate, taken = threading.Barrier(6), []

    def work() -> None:
        try:
            gate.wait()
            taken.append(feeds.claim(setting, now))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 6
    assert [row.name for row in taken if row is not None] == ["weather"]
    assert Feed.objects.get().tried_at == now


def test_a_feed_is_due_after_its_time_also_when_it_failed(committed: None) -> None:
    setting, now = city.current().feed[0], clock.now()
    row = feeds.claim(setting, now)
    assert row is not None
    feeds.mark_failed(row, "http-timeout")
    assert feeds.claim(setting, now + timedelta(seconds=setting.every_s - 1)) is None
    assert feeds.claim(setting, now + timedelta(seconds=setting.every_s)) is not None


def test_what_failed_before_comes_after_what_is_new(committed: None) -> None:
    row = Feed.objects.create(name="weather")
    feeds.mark_fetched(row, ("done", "1"), "")
    feeds.mark_fetched(row, ("lost", "1"), "http-timeout")
    links = [("lost", "1"), ("done", "1"), ("done", "2"), ("new", ""), ("new", "")]
    assert feeds.open_links(row, links) == [("done", "2"), ("new", ""), ("lost", "1")]
    feeds.mark_fetched(row, ("lost", "1"), "")
    assert feeds.open_links(row, [("lost", "1")]) == []
    assert feeds.open_links(Feed.objects.create(name="other"), [("done", "1")]) == [("done", "1")]


def test_links_of_long_ago_are_forgotten(committed: None) -> None:
    row = Feed.objects.create(name="weather")
    now = clock.now()
    with clock.at(now - timedelta(days=15)):
        feeds.mark_fetched(row, ("old", ""), "")
    feeds.mark_fetched(row, ("new", ""), "")
    assert feeds.forget_fetched(now) == 1
    assert [one.href for one in Fetched.objects.all()] == ["new"]
