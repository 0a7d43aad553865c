"""What stands around a page."""

from __future__ import annotations

from django.test import RequestFactory

from beffroi.web import frame


def test_a_page_leads_to_itself_in_the_other_languages() -> None:
    built = frame.build("en", path="past/", here="past")
    assert built.city == "Town"
    assert built.sender == "Town (test)"
    assert [(link.href, link.is_current) for link in built.links] == [
        ("/fr/past/", False), ("/en/past/", True), ("/es/past/", False),
    ]  # fmt: skip


def test_of_a_request() -> None:
    found = frame.context(RequestFactory().get("/es/mine/token/"))["frame"]
    assert found.language == "es"
    assert found.here == "subscribe"
    assert found.links[0].href == "/fr/mine/token/"


def test_a_page_without_language_in_its_address_leads_to_the_now_pages() -> None:
    found = frame.context(RequestFactory().get("/leave/token/", headers={"accept-language": "en"}))["frame"]
    assert found.language == "en"
    assert [link.href for link in found.links] == ["/fr/", "/en/", "/es/"]
