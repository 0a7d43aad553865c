"""What browsers are told about every answer: one strict Content-Security-Policy and its neighbours."""

from __future__ import annotations

from typing import Final

POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
"""Maps keep to it too: MapLibre finds its worker beside itself and draws only our own GeoJSON, so no blob: and no
data:."""

LOADS: Final = ("camera", "display-capture", "microphone", "payment", "usb", "browsing-topics")
"""What no page of ours ever asks for. Geolocation stays: "where I am" is worked out in the browser."""


def csp() -> str:
    """The Content-Security-Policy of every page."""
    return "; ".join(f"{name} {sources}" for name, sources in POLICY.items())


def headers(*, is_https: bool) -> list[tuple[bytes, bytes]]:
    """Headers for every answer, as ASGI wants them: lower case, bytes."""
    found = {
        "content-security-policy": csp(),
        "x-content-type-options": "nosniff",
        # Under https Django compares the Referer of a form with its own host, so a page may tell its own site where
        # it was;
        # another site learns nothing: an address of ours may hold a private link.
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{name}=()" for name in LOADS),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if is_https:
        found["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in found.items()]
