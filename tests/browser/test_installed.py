"""A browser that is missing is named, with the package that brings it."""

from __future__ import annotations

import pytest

from tests.browser.installed import PROGRAMS, BrowserMissingError, require


@pytest.mark.parametrize("browser", PROGRAMS)
def test_an_installed_browser_is_found(browser: str) -> None:
    assert require(browser).startswith("/")


def test_a_missing_browser_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BrowserMissingError, match="Firefox is not installed: apt-get install firefox-esr"):
        require("Firefox")
