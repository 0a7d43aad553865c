"""The whole product as processes of their own: web and worker on the tests' database, a real mail server, the push
service."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.db import connections
from psycopg.conninfo import make_conninfo

from tests.browser.push_service import PushService
from tests.conftest import HOME

ROOT = Path(__file__).parents[2]
LONGEST_S = 60


class Letterbox:
    """What the mail server took."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Mails to one person, oldest first."""
        return [mail for recipients, mail in list(self.mails) if address in recipients]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def url_of(alias: str) -> str:
    """The tests' database as a URL for another process."""
    found = connections[alias].settings_dict
    return make_conninfo("", dbname=found["NAME"], user=found["USER"], password=found["PASSWORD"], host=found["HOST"])


class Tower:
    """Running at `url`; `letters` holds the mails that left."""

    def __init__(self, push_service: PushService, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.letters = Letterbox()
        self.post_office = Controller(self.letters, hostname="127.0.0.1", port=free_port())
        self.post_office.start()
        self.env = {
            **os.environ,
            "DATABASE_URL": url_of("default"),
            "DATABASE_OWNER_URL": url_of("owner"),
            "BEFFROI_HOME": str(HOME),
            "BEFFROI_URL": self.url,
            "BEFFROI_HOSTS": "localhost",
            "BEFFROI_PUSH_HOSTS": "localhost",
            "BEFFROI_OPEN_HOSTS": push_service.host,
            "BEFFROI_CA_FILE": str(push_service.ca_file),
            "BEFFROI_SMTP": f"smtp://127.0.0.1:{self.post_office.port}",
        }
        self.log = folder / "tower.log"
        self.out = self.log.open("wb")
        self.processes = [self.start("web", "--port", str(self.port)), self.start("worker")]
        try:
            self.wait()
        except BaseException:
            self.close()
            raise

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """One process of the product."""
        return subprocess.Popen(
            [sys.executable, "-m", "beffroi", *words], cwd=ROOT, env=self.env, stdout=self.out, stderr=self.out
        )

    def wait(self) -> None:
        """Until the web answers."""
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
            if any(process.poll() is not None for process in self.processes):
                break
        raise RuntimeError(f"the tower does not stand:\n{self.log.read_text(encoding='utf-8')[-4000:]}")

    def close(self) -> None:
        """Stop everything that was started."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.post_office.stop()
        self.out.close()
