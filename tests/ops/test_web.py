"""`beffroi web` as a process: it answers, it does without the tools of development, it goes when told or orphaned."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from beffroi.env import BadSetting
from beffroi.ops import postgres, web
from beffroi.web import guard
from tests.browser.tower import free_port
from tests.ops.letterbox import wait_until

pytestmark = pytest.mark.usefixtures("machine", "town")
DEVELOPMENT = "babel, pytest, hypothesis, playwright, aiohttp, feedparser, mypy"


def answers(port: int) -> bool:
    """Whether something answers there as Beffroi does."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as err:
        return err.headers["Content-Type"] == "application/json" and err.code == 503
    except OSError:
        return False


def test_options() -> None:
    parser = argparse.ArgumentParser()
    web.arguments(parser)
    given = parser.parse_args([])
    assert (given.host, given.port) == ("127.0.0.1", 8000)


def test_it_serves_without_the_tools_of_development_and_ends_when_told(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import sys\n"
        "class Closed:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {DEVELOPMENT.split(', ')!r}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Closed())\n"
        f"from beffroi.__main__ import main; sys.exit(main(['web', '--port', '{port}']))"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        wait_until(lambda: answers(port) or process.poll() is not None)
        assert answers(port)
    finally:
        process.terminate()
    assert process.wait(20) in (0, -signal.SIGTERM)


def test_it_does_not_outlive_its_parent() -> None:
    port = free_port()
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-m', 'beffroi', 'web', '--port', '{port}'])"
    parent = subprocess.Popen([sys.executable, "-c", script], env=dict(os.environ))
    try:
        wait_until(lambda: answers(port))
    finally:
        parent.kill()
        parent.wait()
    wait_until(lambda: not answers(port))


@pytest.mark.parametrize(("proxies", "believed"), [("127.0.0.1", True), ("192.0.2.1 ::1", False)])
def test_only_a_server_in_front_is_believed_about_who_asks(proxies: str, believed: bool) -> None:
    """Each request says that it comes from somebody else; uvicorn's own variable and its number of workers are set."""
    port = free_port()
    env = {**os.environ, "BEFFROI_PROXIES": proxies, "FORWARDED_ALLOW_IPS": "*", "WEB_CONCURRENCY": "7"}
    process = subprocess.Popen([sys.executable, "-m", "beffroi", "web", "--port", str(port)], env=env)
    try:
        wait_until(lambda: answers(port))
        statuses = {posted(port, f"198.51.100.{number}") for number in range(1, guard.POSTS_AT_ONCE + 30)}
        assert (429 in statuses) != believed
        assert 403 in statuses
    finally:
        process.terminate()
    assert process.wait(20) in (0, -signal.SIGTERM)


def posted(port: int, sender: str) -> int:
    """Status of a form without its mark, said to come from `sender`."""
    request = urllib.request.Request(f"http://localhost:{port}/desk/login/", b"", {"X-Forwarded-For": sender})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as err:
        return err.code


@pytest.mark.parametrize("value", ["*", "0.0.0.0/0", "::/0", "10.0.0.1 proxy.example"])
def test_not_everybody_is_believed(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFFROI_PROXIES", value)
    with pytest.raises(BadSetting):
        web.proxies()
    monkeypatch.setenv("BEFFROI_PROXIES", "10.0.3.0/24, 2001:db8::1")
    assert web.proxies() == ["10.0.3.0/24", "2001:db8::1"]


def asked(port: int, path: str) -> tuple[int, str]:
    """Status and Retry-After."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=30) as answer:
            return answer.status, answer.headers.get("Retry-After", "")
    except urllib.error.HTTPError as err:
        return err.code, err.headers.get("Retry-After", "")


def test_started_while_the_database_is_down_it_knows_no_page_and_finds_them_by_itself(folder: Path) -> None:
    server = postgres.ensure(folder)
    env = {**os.environ, "DATABASE_URL": server.app_url, "DATABASE_OWNER_URL": server.owner_url}
    subprocess.run([sys.executable, "-m", "beffroi", "migrate"], env=env, check=True, stdout=subprocess.DEVNULL)
    postgres.stop(folder)
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "beffroi", "web", "--port", str(port)], env=env)
    try:
        wait_until(lambda: answers(port))
        assert [asked(port, path) for path in ("/en/", "/en/alert/new/", "/nothing")] == [(503, "5")] * 3
        assert asked(port, "/healthz")[0] == 503
        postgres.ensure(folder)
        wait_until(lambda: asked(port, "/healthz")[0] == 200)
        assert [asked(port, path)[0] for path in ("/en/", "/en/alert/new/", "/nothing")] == [200, 404, 404]
        postgres.stop(folder)
        wait_until(lambda: asked(port, "/nothing") == (503, "5"))
        assert asked(port, "/en/")[0] == 200
    finally:
        process.terminate()
        process.wait(20)
