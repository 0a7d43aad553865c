"""What a demo city starts with, here in the tests' town: invented people of which each is real to our code."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import Any

import pytest

from beffroi import city
from beffroi.audience import address
from beffroi.audience.models import Subscription
from beffroi.lib import base64url
from beffroi.ops import demo, demo_seed, pushkeys
from beffroi.standards.cap.read import check

DEMO = Path(__file__).parents[2] / "demo"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    monkeypatch.setenv("BEFFROI_HOME", str(tmp_path))
    settings.OPEN_HOSTS = ["localhost:18443"]
    pushkeys.make(demo.sinks())


def test_people_are_invented_one_by_one(home: None, town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_seed, "PEOPLE", 400)
    monkeypatch.setattr(demo_seed, "BATCH", 150)
    wishes = [wish for batch in demo_seed.batches() for wish in batch]
    assert len(wishes) == 400
    assert len({wish.same for wish in wishes}) == 400
    counted = collections.Counter(wish.channel for wish in wishes)
    assert counted == {"email": 400 // demo_seed.MAILS, "webpush": 400 - 400 // demo_seed.MAILS}
    assert all(wish.is_exercise for wish in wishes)
    assert {wish.language for wish in wishes} == set(city.current().languages)
    for wish in wishes:
        if wish.channel == "email":
            assert wish.address["email"].endswith(".example")
        else:
            assert wish.address["endpoint"].startswith("https://localhost:18443/push/")
            phone = pushkeys.Pool.load(demo.sinks()).phones[int(wish.address["endpoint"].split("/")[4])]
            assert base64url.decode(wish.address["p256dh"]) == phone.p256dh


def test_seeding_again_adds_nothing(home: None, committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_seed, "PEOPLE", 60)
    monkeypatch.setenv("BEFFROI_CITY", str(DEMO / "amiens" / "city.toml"))
    for _ in range(2):
        demo_seed.seed(lambda line: None)
        assert Subscription.objects.count() == 60
    one = Subscription.objects.filter(channel="webpush").first()
    assert one is not None
    assert b"localhost" not in bytes(one.address)
    assert address.reveal(bytes(one.address))["endpoint"].startswith("https://localhost:18443/push/")


def test_the_warning_is_for_the_public(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in sorted(DEMO.glob("*/city.toml")):
        monkeypatch.setenv("BEFFROI_CITY", str(folder))
        found = check(demo_seed.warning())
        assert found.deliverable
        assert not [finding for finding in found.findings if finding.severity == "error"]
