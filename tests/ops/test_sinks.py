"""The demo's sinks as a process: they take what a push service and a mail server take, and show it."""

from __future__ import annotations

import contextlib
import http.client
import smtplib
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from beffroi.lib import webpush
from beffroi.ops import pushkeys
from tests.browser.tower import free_port
from tests.ops.letterbox import wait_until

WHOLE = {"TTL": "60", "Authorization": "vapid t=a, k=b", "Content-Encoding": "aes128gcm"}


@dataclass
class Sinks:
    folder: Path
    page: int
    mail: int
    push: int

    def shown(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/", timeout=5) as answer:
            return bytes(answer.read()).decode()

    def connection(self) -> http.client.HTTPSConnection:
        tls = ssl.create_default_context(cafile=str(self.folder / pushkeys.CERTIFICATE))
        return http.client.HTTPSConnection("localhost", self.push, context=tls, timeout=5)

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        with contextlib.closing(self.connection()) as connection:
            connection.request("POST", "/push/5/name", body, headers)
            return connection.getresponse().status

    def stands(self) -> bool:
        try:
            return "What the demo sent" in self.shown()
        except OSError:
            return False


@pytest.fixture
def sinks(tmp_path: Path) -> Iterator[Sinks]:
    pushkeys.make(tmp_path)
    sinks = Sinks(tmp_path, free_port(), free_port(), free_port())
    ports = ["--page-port", str(sinks.page), "--mail-port", str(sinks.mail), "--push-port", str(sinks.push)]
    process = subprocess.Popen([sys.executable, "-m", "beffroi", "sinks", "--folder", str(tmp_path), *ports])
    try:
        wait_until(sinks.stands)
        yield sinks
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_a_push_is_taken_decrypted_and_shown_as_text(sinks: Sinks) -> None:
    phone = pushkeys.Pool.load(sinks.folder).phones[5]
    sealed = webpush.encrypt(b"<script>alert(1)</script>", phone.p256dh, phone.auth)
    assert sinks.post(sealed, WHOLE) == 201
    page = sinks.shown()
    assert "<h2>1 pushes</h2>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page


@pytest.mark.parametrize("without", WHOLE)
def test_a_push_that_a_real_service_would_refuse_is_refused(sinks: Sinks, without: str) -> None:
    headers = {name: value for name, value in WHOLE.items() if name != without}
    assert sinks.post(b"x" * 200, headers) == 400
    assert "<h2>0 pushes</h2>" in sinks.shown()


def test_many_on_one_connection_each_get_an_answer(sinks: Sinks) -> None:
    connection = sinks.connection()
    statuses = []
    for _ in range(20):
        connection.request("POST", "/push/5/name", b"x" * 300, WHOLE)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert statuses == [201] * 20
    assert "<h2>20 pushes</h2>" in sinks.shown()
    assert "cannot be read" in sinks.shown()


def test_more_than_a_push_may_hold_ends_the_connection(sinks: Sinks) -> None:
    with pytest.raises((http.client.HTTPException, OSError)):
        sinks.post(b"x" * 100_000, WHOLE)
    assert "<h2>0 pushes</h2>" in sinks.shown()


def test_a_mail_is_taken_and_shown(sinks: Sinks) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "alert@town.example", "ada@town.example", "Crecida & més"
    mail.set_content("Pugeu al primer pis.\n")
    with smtplib.SMTP("127.0.0.1", sinks.mail) as server:
        server.send_message(mail)
    page = sinks.shown()
    assert "<h2>1 mails</h2>" in page
    assert "<b>Crecida &amp; més</b><pre>Pugeu al primer pis.\n</pre>" in page.replace("\r", "")
