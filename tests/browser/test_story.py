"""One whole turn of the loop in a real browser: subscribe, be warned, be updated, hear that it is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beffroi.audience.models import Subscription
from beffroi.calls import actions as calls
from beffroi.delivery import actions as delivery
from beffroi.delivery import publish
from beffroi.outcomes import actions as outcomes
from beffroi.outcomes.words import closing_texts
from tests import make
from tests.browser.firefox import Firefox
from tests.browser.patience import until
from tests.browser.push_service import PushService
from tests.browser.resident import subscribe
from tests.browser.tower import Tower


@pytest.fixture
def tower(town: None, push_service: PushService, tmp_path: Path, settings: Any) -> Iterator[Tower]:
    """The product, running."""
    publish.everything()
    tower = Tower(push_service, tmp_path)
    settings.BASE_URL = tower.url  # what this process renders points there
    yield tower
    tower.close()


def issue(author: Any, approver: Any, call: Any) -> Any:
    """Submit and approve."""
    call = delivery.submit(author, call.public_id)
    return delivery.approve(approver, call.public_id, seen=bytes(call.digest or b""))


def test_a_warning_reaches_a_real_browser_and_is_updated_and_withdrawn(
    firefox: Firefox, push_service: PushService, tower: Tower, bruno: Any, chiara: Any
) -> None:
    subscribe(firefox, tower.url)
    row = Subscription.objects.get()
    assert (row.channel, row.language) == ("webpush", "en") and row.confirmed_at is not None
    assert row.places.exists()

    call = issue(bruno, chiara, calls.draft(bruno, make.content()))
    shown = firefox.wait_for_notification("Go upstairs")
    assert shown.lang == "en" and "Leave the car" in shown.body
    [post] = push_service.wait_for_posts(1)
    assert post.status == 201 and post.headers["Urgency"] == "high"

    again = make.texts()
    again["en"]["headline"] = "Stay upstairs"
    update = issue(bruno, chiara, outcomes.update(bruno, call.public_id, make.content(texts=again)))
    firefox.wait_for_notification("Stay upstairs")
    assert len(firefox.notifications()) == 1

    firefox.press_notification("Stay upstairs")
    firefox.switch_to_tab(f"/alert/{update.public_id}/")
    assert firefox.text("h1") == "Stay upstairs"

    firefox.open(f"{tower.url}/en/")
    assert "Stay upstairs" in firefox.text("main")

    closing = outcomes.close(bruno, update.public_id, "false-alarm", closing_texts(update, "false-alarm"))
    assert closing.state == "live"
    over = firefox.wait_for_notification("Ignore the flood alert: it was a mistake, Nord-Ouest")
    assert "mistake" in over.body
    assert len(firefox.notifications()) == 1
    until(lambda: all(shard.state == "done" for shard in closing.shards.all()), "the closing is delivered")
    firefox.open(f"{tower.url}/en/alert/{call.public_id}/")
    assert "Stay upstairs" not in firefox.text("h1")
    firefox.open(f"{tower.url}/en/figures/{call.public_id}/")
    assert "fewer than 10" in firefox.text("main")
