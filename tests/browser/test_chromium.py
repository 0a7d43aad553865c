"""The harness works: Chromium shows our pages as asked, and what is wrong with a page is found."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.chromium import Chromium
from tests.browser.page_server import PageServer

GOOD = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Good</title>
<style>:root { color-scheme: light dark }</style><main><h1>Good</h1><button>Press</button></main>"""
BAD = """<!doctype html><html><title>Bad</title><main><h1>Bad</h1><img src="/x.png">
<script>document.title = "run"</script></main><script src="/throw.js"></script>"""
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'"}


@pytest.fixture(scope="module")
def site() -> Iterator[PageServer]:
    server = PageServer({"/": GOOD, "/bad.html": BAD, "/throw.js": "throw new Error('broken on purpose')"}, POLICY)
    yield server
    server.close()


def test_a_good_page_passes_in_every_view(
    chromium: Chromium, page: Page, site: PageServer, request: pytest.FixtureRequest
) -> None:
    chromium.run(page.goto(site.origin))
    chromium.run(expect(page.get_by_role("button", name="Press")).to_be_visible())
    width, scheme = chromium.run(page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"))
    assert f"{width}-{'dark' if scheme else 'light'}" in request.node.name
    assert chromium.axe(page) == []
    assert chromium.csp_reports(page) == []
    assert chromium.script_errors(page) == []
    png = chromium.shot(page, f"harness-{request.node.callspec.id}").read_bytes()
    assert struct.unpack(">I", png[16:20])[0] == width


def test_what_is_wrong_with_a_page_is_found(chromium: Chromium, site: PageServer) -> None:
    page = chromium.new_page()
    chromium.run(page.goto(f"{site.origin}/bad.html"))
    assert {v.rule for v in chromium.axe(page)} >= {"html-has-lang", "image-alt"}
    chromium.run(page.goto(site.origin))  # the reports outlive the page they came from
    reports = chromium.csp_reports(page)
    assert any(r.startswith("script-src-elem refused inline") for r in reports)
    assert any(r.startswith("img-src refused") for r in reports)
    assert ["broken on purpose" in e for e in chromium.script_errors(page)] == [True]


def test_a_map_can_draw(chromium: Chromium, site: PageServer) -> None:
    page = chromium.new_page()
    chromium.run(page.goto(site.origin))
    assert chromium.run(page.evaluate("document.createElement('canvas').getContext('webgl2') !== null"))


async def test_an_asynchronous_test_can_use_it_too(chromium: Chromium, site: PageServer) -> None:
    """With playwright's synchronous interface no such test could run once a browser is open: see `Chromium`."""
    page = chromium.new_page(scheme="dark", locale="fr-FR")
    chromium.run(page.goto(site.origin))
    assert chromium.run(page.evaluate("navigator.language")) == "fr-FR"
