"""Routes of programs."""

from __future__ import annotations

from django.urls import path

from beffroi.web.api import document, programs

urlpatterns = [path("openapi.json", document.show), *programs.routes()]
