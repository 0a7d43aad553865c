"""Django's settings, read from the environment (docs/settings.md lists every one)."""

from __future__ import annotations

SECRET_KEY = "replaced-below"  # noqa: S105
INSTALLED_APPS: list[str] = []
USE_TZ = True
