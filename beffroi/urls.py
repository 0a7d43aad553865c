"""Every route: residents' pages, staff pages, programs. A test walks them all and asks each for its access."""

from __future__ import annotations

from django.urls import include, path

handler400 = "beffroi.web.problems.missing"
handler403 = "beffroi.web.problems.missing"
handler404 = "beffroi.web.problems.missing"
handler500 = "beffroi.web.problems.broken"

urlpatterns = [
    path("", include("beffroi.web.public.urls")),
    path("desk/", include("beffroi.web.staff.urls")),
    path("api/", include("beffroi.web.api.urls")),
]
