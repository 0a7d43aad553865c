"""Staff at their desks: a session made at once, or the log-in as people do it."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.test import Client
from playwright.async_api import Page

from tests.browser.chromium import Chromium
from tests.browser.stage import Stage
from tests.web.conftest import code, give_code, give_password


def session(stage: Stage, who: str) -> dict[str, Any]:
    """The cookie of somebody who has logged in with both factors."""
    cache.clear()
    client = Client()
    give_password(client, stage.people[who])
    give_code(client)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": stage.url}


def log_in(chromium: Chromium, stage: Stage, page: Page, who: str) -> None:
    """Password and code on the pages themselves, with nothing but the keyboard; ends at the desk."""
    run = chromium.run
    run(page.goto(f"{stage.url}/desk/"))
    run(page.fill("#id_login", f"{who}@town.example"))
    run(page.fill("#id_password", f"{who} waits"))
    run(page.press("#id_password", "Enter"))
    run(page.fill("#id_code", code()))
    run(page.press("#id_code", "Enter"))
    run(page.wait_for_selector("#now", state="attached"))


def arrive(chromium: Chromium, stage: Stage, page: Page, who: str) -> None:
    """The desk with a session that was made beside the pages."""
    chromium.run(page.context.add_cookies([session(stage, who)]))  # type: ignore[list-item]
    chromium.run(page.goto(f"{stage.url}/desk/"))
