"""Routes of programs."""

from django.urls import path

from beffroi.web.api import cap

urlpatterns = [path("cap", cap.receive)]
