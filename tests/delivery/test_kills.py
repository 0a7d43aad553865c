"""Workers that are killed while they send, by `kill -9` and again and again: nobody is lost, and few hear it twice."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from beffroi.delivery import fanout
from beffroi.delivery.models import Shard
from beffroi.delivery.shards import BATCH
from beffroi.lib import keys
from beffroi.lib.webpush import application_server_key
from beffroi.outcomes import actions as outcomes
from tests import make
from tests.browser.patience import until
from tests.browser.push_service import PushService
from tests.browser.push_vapid import decode
from tests.delivery.workers import lose_leases, process, tally

CROWD, KILLS = 2000, 4
Kill = Callable[[int], None]


@pytest.fixture
def phones(town: None, push_vendor: PushService) -> list[str]:
    """Everybody's endpoints."""
    key = decode(application_server_key(keys.current().vapid))
    endpoints = [push_vendor.subscribe(key) for _ in range(CROWD)]
    make.phones(endpoints)
    return endpoints


@pytest.fixture
def kill(push_vendor: PushService) -> Iterator[Kill]:
    """Starts a worker, and kills it once so many pushes have arrived in all."""
    running: list[subprocess.Popen[bytes]] = []

    def run(arrived: int) -> None:
        running.append(process())
        until(lambda: len(push_vendor.posts) >= arrived or running[-1].poll() is not None, f"{arrived} pushes")
        assert running[-1].poll() is None, "it was done before it could be killed"
        running[-1].kill()
        running[-1].wait()
        lose_leases()  # what 20 seconds of silence do

    yield run
    for worker in running:
        worker.kill()
        worker.wait()


def arrived(vendor: PushService) -> Counter[str]:
    """How often each phone got something, after seeing that all of it was in order."""
    assert {post.status for post in vendor.posts} <= {201}
    return Counter(post.mailbox for post in vendor.posts)


def test_killed_workers_lose_nobody_and_repeat_at_most_a_batch_each(
    phones: list[str], kill: Kill, push_vendor: PushService, bruno: Any, chiara: Any
) -> None:
    issued = make.live(bruno, chiara)
    for number in range(1, KILLS + 1):
        kill(number * CROWD // (KILLS + 2))
    fanout.run()
    found = arrived(push_vendor)
    assert set(found) == {endpoint.rpartition("/")[2] for endpoint in phones}  # nobody is lost
    assert sum(found.values()) - CROWD <= KILLS * BATCH
    assert tally(issued) == {"owed": CROWD, "accepted": CROWD}


def test_after_a_kill_nothing_leaves_of_a_call_that_was_ended(
    phones: list[str], kill: Kill, push_vendor: PushService, bruno: Any, chiara: Any
) -> None:
    issued = make.live(bruno, chiara)
    kill(400)
    outcomes.close(bruno, issued.public_id, "false-alarm", make.texts("Fausse alerte"))
    push_vendor.forget()
    told = Shard.objects.exclude(call=issued)
    fanout.run()
    assert len(push_vendor.posts) == sum(shard.size for shard in told) < CROWD
    assert {shard.accepted for shard in told} == {shard.size for shard in told}
    assert not Shard.objects.filter(state="waiting").exists()


def test_after_a_kill_nothing_leaves_of_a_call_that_has_expired(
    phones: list[str], kill: Kill, push_vendor: PushService, bruno: Any, chiara: Any
) -> None:
    issued = make.live(bruno, chiara)
    kill(400)
    make.expire(issued)
    push_vendor.forget()
    fanout.run()
    assert push_vendor.posts == []
    found = tally(issued)
    assert found["accepted"] + found["stale"] == CROWD
