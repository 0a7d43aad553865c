"""Every route: residents' pages, staff pages, programs. A test walks them all and asks each for its access."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("beffroi.web.public.urls")),
    path("desk/", include("beffroi.web.staff.urls")),
    path("api/", include("beffroi.web.api.urls")),
]
