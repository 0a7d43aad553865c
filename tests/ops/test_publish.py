"""`beffroi publish` as operators type it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from beffroi.delivery.models import Page


@pytest.mark.usefixtures("machine", "town")
def test_everything_is_published_and_the_number_is_said() -> None:
    command = [sys.executable, "-m", "beffroi", "publish"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    paths = set(Page.objects.values_list("path", flat=True))
    assert done.stdout == f"{len(paths)} pages and feeds are published\n"
    assert {"/en/", "/fr/past/", "/feed.atom", "/places.json", "/cap/certificate.pem"} <= paths
