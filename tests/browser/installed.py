"""The browsers that the tests drive are Debian packages; one that is missing fails its tests and says its name."""

from __future__ import annotations

import shutil

# the Debian package, which is also the first program looked for; then other names that the same browser goes by
PROGRAMS = {"Firefox": ("firefox-esr", "firefox"), "Chromium": ("chromium", "chromium-browser", "google-chrome")}


class BrowserMissingError(RuntimeError):
    """A browser that a test drives is not on PATH. Never a reason to skip the test."""


def require(browser: str) -> str:
    """The path of `browser`'s program; `BrowserMissingError` with the package that brings it."""
    found = next(filter(None, map(shutil.which, PROGRAMS[browser])), None)
    if found is None:
        raise BrowserMissingError(f"{browser} is not installed: apt-get install {PROGRAMS[browser][0]}")
    return found
