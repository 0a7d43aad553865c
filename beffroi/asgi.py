"""The door that an ASGI server opens: the guard around the front around Django."""

from __future__ import annotations

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.settings")
django = get_asgi_application()

# Only now are the tables known, and these rooms use them.
from django.conf import settings  # noqa: E402

from beffroi.delivery import shelves  # noqa: E402
from beffroi.web.front import App, Front  # noqa: E402
from beffroi.web.guard import Guard  # noqa: E402

shelves.load()
front = Front(cast(App, django), static=settings.STATIC_TREE, static_url=settings.STATIC_URL)
application = Guard(front)
