"""The document says of published bytes what is really served, and nothing less."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from beffroi.delivery import publish
from beffroi.delivery.models import Page
from beffroi.delivery.webhooks import payload
from beffroi.web.api import published
from tests import make

DOCS = Path(__file__).parents[3] / "docs" / "feeds.md"


@pytest.fixture
def pages(town: None, bruno: Any, chiara: Any) -> dict[str, Page]:
    make.live(bruno, chiara)
    publish.everything()
    return {page.path: page for page in Page.objects.all()}


def test_each_fixed_address_is_published_with_its_type(pages: dict[str, Page]) -> None:
    for address, kind, schema, _told in published.FEEDS:
        if "{" in address:
            continue
        page = pages[address]
        assert page.content_type.split(";")[0] == kind
        if schema:
            jsonschema.validate(json.loads(bytes(page.body)), published.SCHEMAS[schema])


def test_every_feed_of_the_docs_is_in_the_document() -> None:
    told = DOCS.read_text(encoding="utf-8").split("## `/feed.json`")[0]
    rows = {line.split("`")[1] for line in told.splitlines() if line.startswith("| `")}
    names = {"identifier": "IDENTIFIER", "id": "ID", "place": "TYPE-CODE"}
    assert rows <= {re.sub(r"\{(\w+)\}", lambda found: names[found[1]], address) for address in published.paths()}


def test_a_webhooks_body_is_as_described(town: None, bruno: Any, chiara: Any) -> None:
    call = make.live(bruno, chiara)
    jsonschema.validate(json.loads(payload.body(call)), published.SCHEMAS["CallEvent"])
