"""One strict policy for every answer."""

from __future__ import annotations

from beffroi.web import policy


def test_nothing_is_allowed_but_our_own_site() -> None:
    rules = dict(part.split(" ", 1) for part in policy.csp().split("; "))
    assert rules.pop("default-src") == "'none'"
    assert rules.pop("frame-ancestors") == "'none'"
    assert rules.pop("base-uri") == "'none'"
    assert set(rules.values()) == {"'self'"}
    assert "unsafe" not in policy.csp()


def test_strict_transport_is_asked_for_only_where_there_is_https() -> None:
    assert b"strict-transport-security" not in dict(policy.headers(is_https=False))
    assert b"strict-transport-security" in dict(policy.headers(is_https=True))
