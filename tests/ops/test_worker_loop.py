"""A real worker process on the tests' database: it sends what is issued, survives the loss of nothing, and stops when
told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from beffroi.audience import actions as audience
from beffroi.audience.actions import Wish
from beffroi.delivery.models import Shard
from beffroi.delivery.shards import BATCH
from beffroi.lib import grid
from beffroi.ops import postgres, worker_loop
from beffroi.outcomes import actions as outcomes
from tests import make
from tests.ops.letterbox import Letterbox, letterbox, wait_until

LONGEST_S = 60
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def box() -> Iterator[Letterbox]:
    with letterbox() as found:
        yield found


@pytest.fixture
def start(machine: None, box: Letterbox) -> Iterator[Start]:
    """Starts workers, and ends what a test leaves running."""
    running: list[subprocess.Popen[bytes]] = []

    def run(*words: str) -> subprocess.Popen[bytes]:
        env = {**os.environ, "BEFFROI_SMTP": f"smtp://127.0.0.1:{box.port}"}
        command = [sys.executable, "-m", "beffroi", "worker", *words]
        running.append(subprocess.Popen(command, cwd=Path(__file__).parents[2], env=env))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait(LONGEST_S)


def is_listening() -> bool:
    """Whether a worker is registered, so that the next job wakes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        return bool(cursor.fetchone()[0])


def is_sent() -> bool:
    return not Shard.objects.filter(state="waiting").exists()


def stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(worker_loop.GRACE_S + 2)


def test_a_worker_sends_what_is_issued_and_stops_when_told(
    town: None, start: Start, box: Letterbox, bruno: Any, chiara: Any
) -> None:
    make.mail_subscription("ada")
    worker = start()
    wait_until(is_listening)
    call = make.live(bruno, chiara)
    wait_until(is_sent)
    shard = Shard.objects.get(call=call)
    assert (shard.state, shard.accepted) == ("done", 1)
    [(to, mail)] = box.mails
    assert to == "ada@residents.example"
    assert b"Message-ID" in mail
    assert stop(worker) == 0
    assert not ProcrastinateJob.objects.filter(status="doing").exists()


def test_what_was_issued_while_no_worker_ran_is_sent_when_one_comes(
    town: None, start: Start, box: Letterbox, bruno: Any, chiara: Any
) -> None:
    make.mail_subscription("ada")
    make.live(bruno, chiara)
    worker = start("--only-delivery")
    wait_until(is_sent)
    assert len(box.mails) == 1
    assert stop(worker) == 0


def crowd(count: int) -> None:
    """So many subscribers by e-mail in the north-western quarter."""
    audience.subscribe_many([
        Wish(
            channel="email", address={"email": f"r{n}@residents.example"}, same=f"r{n}", language="fr", floor=0,
            is_exercise=False, cells=[grid.cell(*make.NORTH_WEST)],
        )
        for n in range(count)
    ])  # fmt: skip


def test_a_worker_that_is_told_to_stop_while_it_sends_gives_its_share_back(
    town: None, start: Start, box: Letterbox, bruno: Any, chiara: Any
) -> None:
    crowd(4 * 100 + 3 * BATCH)
    box.delay_s = 0.005
    first = start("--only-delivery")
    call = make.live(bruno, chiara)
    wait_until(lambda: len(box.mails) > 400)
    assert stop(first) == 0
    left = Shard.objects.filter(call=call, state="waiting")
    assert left.exists()
    assert not left.exclude(leased_until=None).exists()
    box.delay_s = 0
    second = start("--only-delivery")
    wait_until(is_sent)
    stop(second)
    assert sum(shard.accepted for shard in Shard.objects.filter(call=call)) == 400 + 3 * BATCH
    assert len(box.mails) == len({to for to, _mail in box.mails})  # nothing twice, for it was given back in order


def test_a_worker_finds_its_database_again(town: None, start: Start, box: Letterbox, bruno: Any, chiara: Any) -> None:
    make.mail_subscription("ada")
    worker = start()
    wait_until(is_listening)
    make.live(bruno, chiara)
    wait_until(is_sent)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user "
            "AND datname = current_database() AND pid <> pg_backend_pid()"
        )
    make.live(bruno, chiara)
    wait_until(is_sent)
    assert len(box.mails) == 2
    assert stop(worker) == 0


def test_a_worker_outlives_its_database(town: None, start: Start, box: Letterbox, bruno: Any, chiara: Any) -> None:
    crowd(400)
    box.delay_s = 0.01
    worker = start()
    wait_until(is_listening)
    call = make.live(bruno, chiara)
    wait_until(lambda: len(box.mails) > 50)
    connections.close_all()
    postgres.stop(postgres.state("tests"))
    postgres.ensure(postgres.state("tests"))
    wait_until(is_sent)
    assert sum(shard.accepted for shard in Shard.objects.filter(call=call)) == 400
    assert Counter(Counter(to for to, _mail in box.mails).values()) == {1: 400}
    informed = outcomes.inform(bruno, call.public_id)  # by the engine of jobs alone
    wait_until(lambda: len(box.mails) == 400 + informed)
    assert worker.poll() is None
    assert stop(worker) == 0
