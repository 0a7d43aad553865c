"""A running `beffroi web` on the tests' database, and a session that comes from many addresses."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tests.browser.tower import free_port, url_of
from tests.conftest import HOME

ROOT = Path(__file__).parents[3]
LONGEST_S = 60


class Live:
    """Running at `url`, with settings of its own if some are given."""

    def __init__(self, folder: Path, **settings: str) -> None:
        port = free_port()
        self.url = f"http://localhost:{port}"
        env = {
            **os.environ, "DATABASE_URL": url_of("default"), "DATABASE_OWNER_URL": url_of("owner"),
            "BEFFROI_HOME": str(HOME), "BEFFROI_URL": self.url, "BEFFROI_HOSTS": "localhost", **settings,
        }  # fmt: skip
        self.log = folder / "web.log"
        self.out = self.log.open("wb")
        words = [sys.executable, "-m", "beffroi", "web", "--port", str(port)]
        self.process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=self.out, stderr=self.out)
        self.wait()

    def wait(self) -> None:
        """Until it serves pages."""
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the web does not stand:\n{self.said()[-4000:]}")

    def said(self) -> str:
        """What it wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """Stop."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.out.close()


class FromManyAddresses(HTTPAdapter):
    """Each adapter connects from another address of loopback: the limit on requests counts by address."""

    numbers = itertools.count(2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """With an address of its own."""
        kwargs["source_address"] = (f"127.0.1.{next(self.numbers) % 250 + 2}", 0)
        super().init_poolmanager(*args, **kwargs)


def session(url: str) -> requests.Session:
    """A session of a client that nobody has seen before."""
    made = requests.Session()
    made.mount(url, FromManyAddresses())
    return made
