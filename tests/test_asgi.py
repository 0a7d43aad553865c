"""The whole entrance, in one process: what is issued is served, with every header, by what uvicorn runs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.db import connections

from beffroi.people.models import Person
from tests import make
from tests.web.asking import ask


def issue(bruno: Person, chiara: Person) -> str:
    """Two people issue an alert, in a thread of their own."""
    try:
        return make.live(bruno, chiara).public_id
    finally:
        connections.close_all()


@pytest.mark.usefixtures("town")
async def test_an_alert_is_served_a_moment_after_it_was_issued(bruno: Person, chiara: Person) -> None:
    from beffroi.asgi import application, front

    await front.store.start()
    try:
        public_id = await asyncio.to_thread(issue, bruno, chiara)
        async with asyncio.timeout(30):
            while (answer := await ask(application, f"/en/alert/{public_id}/")).status != 200:
                await asyncio.sleep(0.02)
        assert "<h1>Go upstairs</h1>" in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert json.loads((await ask(application, "/feed.json")).body)["alerts"][0]["id"] == public_id
        health = json.loads((await ask(application, "/healthz")).body)
        assert health["database"] is True
    finally:
        await front.store.stop()


async def test_a_page_of_django_has_the_headers_too(committed: None) -> None:
    from beffroi.asgi import application

    answer = await ask(application, "/de/nothing/", headers={"accept-language": "en"})
    assert answer.status == 404
    assert "not-found" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_body_that_lies_is_cut_off_before_django(committed: None) -> None:
    from beffroi.asgi import application

    chunks: list[Any] = [b"x" * 50_000] * 3
    answer = await ask(application, "/api/subscriptions", method="POST", headers={"content-length": "9"}, chunks=chunks)
    assert answer.status == 413
    assert json.loads(answer.body)["code"] == "too-large"
