"""A parent and its children, all real processes: output, restarts, stopping together, and a parent that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from beffroi.ops import processes
from beffroi.ops.processes import Child

PARENT = """
import json, sys; from beffroi.ops import processes
processes.PAUSE_S, processes.STOP_S = json.loads(sys.argv[2])
sys.exit(processes.run([processes.Child(**child) for child in json.loads(sys.argv[1])]))
"""
# Says its number, starts a grandchild and says that number too; on SIGTERM says goodbye.
STEADY = "trap 'echo goodbye; exit 0' TERM; echo pid $$; sleep 60 & echo pid $!; while :; do sleep 0.05; done"
DEAF = "trap '' TERM; echo pid $$; while :; do sleep 0.05; done"


def parent(*children: Child, pause_s: float = 0.01, stop_s: float = 10.0) -> subprocess.Popen[str]:
    told = json.dumps([{"name": c.name, "command": c.command, "env": c.env, "is_task": c.is_task} for c in children])
    words = [sys.executable, "-c", PARENT, told, json.dumps([pause_s, stop_s])]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def shell(name: str, script: str, *, is_task: bool = False) -> Child:
    return Child(name, ["sh", "-c", script], is_task=is_task)


def announced(process: subprocess.Popen[str], count: int) -> list[tuple[str, int]]:
    """Name and process number of `count` children, as they say them."""
    assert process.stdout is not None
    found: list[tuple[str, int]] = []
    while len(found) < count:
        line = process.stdout.readline()
        assert line, "the parent ended"
        if "| pid " in line:
            found.append((line.split()[0], int(line.split()[-1])))
    return found


def numbers(process: subprocess.Popen[str], count: int) -> list[int]:
    return [number for _, number in announced(process, count)]


def is_alive(process: int) -> bool:
    """Not gone and not a zombie that nobody has reaped yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(*gone: int) -> None:
    deadline = time.monotonic() + 30
    while any(is_alive(process) for process in gone):
        assert time.monotonic() < deadline, f"still alive: {[p for p in gone if is_alive(p)]}"
        time.sleep(0.02)


def test_each_line_bears_the_name_of_who_said_it() -> None:
    family = parent(
        shell("web", "echo open; echo broken >&2; printf unfinished", is_task=True),
        Child("worker", ["sh", "-c", 'echo "$BELL $PYTHONUNBUFFERED"'], env={"BELL": "rings"}, is_task=True),
    )
    said, _ = family.communicate()
    assert sorted(said.splitlines()) == ["web    | broken", "web    | open", "web    | unfinished", "worker | rings 1"]
    assert family.returncode == 0


def test_a_line_without_end_is_cut_and_none_of_it_lost() -> None:
    family = parent(shell("web", f"head -c {3 * processes.LINE_BYTES} /dev/zero | tr '\\0' x", is_task=True))
    said, _ = family.communicate()
    assert said.count("x") == 3 * processes.LINE_BYTES
    assert len(said.splitlines()) > 1


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    family = parent(shell("web", "printf '\\377\\n'; echo on", is_task=True))
    said, _ = family.communicate()
    assert said.splitlines() == ["web | �", "web | on"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_together_and_their_last_words_are_heard(number: signal.Signals) -> None:
    family = parent(shell("web", STEADY), shell("worker", STEADY))
    alive = numbers(family, 4)
    family.send_signal(number)
    said, _ = family.communicate()
    assert family.returncode == 0
    assert {line for line in said.splitlines() if "goodbye" in line} == {"web    | goodbye", "worker | goodbye"}
    wait_until_gone(*alive)  # grandchildren too


def test_a_deaf_child_is_killed_after_a_while() -> None:
    family = parent(shell("web", DEAF), stop_s=0.2)
    (deaf,) = numbers(family, 1)
    family.send_signal(signal.SIGTERM)
    family.communicate()
    assert family.returncode == 0
    wait_until_gone(deaf)


def test_told_twice_it_does_not_wait() -> None:
    family = parent(shell("web", "trap 'echo pid 0' TERM; echo pid $$; while :; do sleep 0.05; done"), stop_s=3600.0)
    (deaf,) = numbers(family, 1)
    family.send_signal(signal.SIGINT)
    numbers(family, 1)  # it was asked, and stays
    family.send_signal(signal.SIGINT)
    family.communicate()
    wait_until_gone(deaf)


def test_who_dies_is_started_again_and_the_others_stay() -> None:
    family = parent(shell("web", STEADY), shell("worker", "echo pid $$; exec sleep 60"))
    first = announced(family, 3)
    (worker,) = [number for name, number in first if name == "worker"]
    os.kill(worker, signal.SIGKILL)
    ((name, second),) = announced(family, 1)
    assert name == "worker"
    assert second != worker
    assert all(is_alive(number) for name, number in first if name == "web")
    family.terminate()
    family.communicate()
    assert family.returncode == 0
    wait_until_gone(second, *(number for _, number in first))


def test_what_a_dead_child_started_is_ended_before_it_is_started_again() -> None:
    family = parent(shell("web", "sleep 60 & echo pid $!; exit 3"))
    before, after = numbers(family, 2)
    wait_until_gone(before)
    family.communicate()
    wait_until_gone(after)


def test_who_dies_again_and_again_stops_everything() -> None:
    family = parent(shell("web", STEADY), shell("worker", "exit 3"))
    said, _ = family.communicate()
    lines = [line for line in said.splitlines() if line.startswith("worker")]
    assert lines == ["worker | ended with 3"] * processes.DEATHS + ["worker | ended 5 times in a row: everything stops"]
    assert "web    | goodbye" in said.splitlines()
    assert family.returncode == 1


def test_a_command_that_is_not_there_is_named() -> None:
    family = parent(shell("web", STEADY), Child("worker", ["/nowhere/worker"]))
    said, _ = family.communicate()
    assert "worker | cannot be started: [Errno 2] No such file or directory: '/nowhere/worker'" in said.splitlines()
    assert family.returncode == 1


def test_a_task_that_fails_is_told_and_not_done_again() -> None:
    family = parent(shell("load", "exit 4", is_task=True), shell("web", "echo well", is_task=True))
    said, _ = family.communicate()
    assert sorted(said.splitlines()) == ["load | ended with 4", "web  | well"]
    assert family.returncode == 0


def test_killed_with_9_it_leaves_no_orphans() -> None:
    family = parent(shell("web", "echo pid $$; exec sleep 60"), shell("worker", DEAF))
    alive = numbers(family, 2)
    assert all(is_alive(process) for process in alive)
    family.kill()
    wait_until_gone(*alive)
    family.communicate()


def test_a_grandchild_that_asks_for_it_dies_too() -> None:
    asks = f"import os, time; from {processes.__name__} import die_with_parent; die_with_parent(os.getppid())"
    waits = "print('pid', os.getpid()); time.sleep(60)"
    family = parent(shell("web", f'echo pid $$; "{sys.executable}" -c "{asks}; {waits}"; true'))
    alive = numbers(family, 2)
    family.kill()
    wait_until_gone(*alive)
    family.communicate()


def test_when_nobody_reads_it_any_more_it_stops() -> None:
    family = parent(shell("web", "echo pid $$; while :; do echo more; sleep 0.02; done"))
    (child,) = numbers(family, 1)
    assert family.stdout is not None
    family.stdout.close()
    assert family.wait() == 1
    wait_until_gone(child)
