"""Publishing again changes nothing, and nothing stays that the city does not have any more."""

from __future__ import annotations

import argparse
from typing import Any

import pytest
from django.db import connection

from beffroi.delivery import publish
from beffroi.delivery.models import Page
from beffroi.delivery.shelves import Sheet
from beffroi.ops import publishing
from tests import make


def test_again_changes_nothing_and_what_nobody_makes_goes(
    town: None, bruno: Any, chiara: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call = make.live(bruno, chiara)
    assert publishing.run(argparse.Namespace()) == 0
    before = dict(Page.objects.values_list("path", "changed_at"))
    assert f"/en/alert/{call.public_id}/" in before
    with connection.cursor() as cursor:
        publish.store(cursor, Sheet("/de/", "text/html", b"a language that the city has given up"))
    publishing.run(argparse.Namespace())
    assert dict(Page.objects.values_list("path", "changed_at")) == before
    assert capsys.readouterr().out.splitlines() == [f"{len(before)} pages and feeds are published"] * 2
