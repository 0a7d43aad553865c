"""Who may be reached: every address in disguise, every name that is not on the list."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from beffroi.lib.guard import Guard, HttpRefused, HttpUnreachable, is_public

PUSH = ["fcm.googleapis.com", "*.push.apple.com"]
REFUSED = [
    ("http://fcm.googleapis.com/x", "scheme"),
    ("https://fcm.googleapis.com:8443/x", "scheme"),
    ("https://user@fcm.googleapis.com/x", "form"),
    ("https://user:word@fcm.googleapis.com/x", "form"),
    ("https://fcm.googleapis.com@10.0.0.1/x", "form"),
    ("https://10.0.0.1\\@fcm.googleapis.com/x", "form"),
    ("https://fcm.googleapis.com\n.evil.example/x", "form"),
    ("https://fcm.googleapis.com/x y", "form"),
    ("https://fcm.googleapis.com?x", "form"),
    ("https://fcm.googleapis.com/é", "form"),
    ("https://ｆcm.googleapis.com/x", "form"),
    ("file:///etc/passwd", "form"),
    ("gopher://fcm.googleapis.com/", "form"),
    ("//fcm.googleapis.com/x", "form"),
    ("https://", "form"),
    ("", "form"),
    ("https://[::1]/x", "form"),
    ("https://[::ffff:127.0.0.1]/x", "form"),
    ("https://127.0.0.1/x", "host"),
    ("https://2130706433/x", "host"),
    ("https://0x7f000001/x", "host"),
    ("https://0177.0.0.1/x", "host"),
    ("https://127.1/x", "host"),
    ("https://0x7f.0.0.0x1/x", "host"),
    ("https://fcm.googleapis.com./x", "host"),
    ("https://-fcm.googleapis.com/x", "host"),
    ("https://..com/x", "host"),
    (f"https://{'a' * 64}.com/x", "host"),
    ("https://evilfcm.googleapis.com/x", "host"),
    ("https://fcm.googleapis.com.evil.example/x", "host"),
    ("https://push.apple.com/x", "host"),
    ("https://evilpush.apple.com/x", "host"),
]
PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "100::1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
]


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_refuses(url: str, why: str) -> None:
    with pytest.raises(HttpRefused) as caught:
        Guard().origin(url, allowed_hosts=PUSH)
    assert caught.value.facts["why"] == why


@pytest.mark.parametrize("url", [url for url, why in REFUSED if why != "host"])
def test_refuses_the_same_where_any_host_is_allowed(url: str) -> None:
    with pytest.raises(HttpRefused):
        Guard().origin(url, allowed_hosts=None)


@pytest.mark.parametrize(
    "host", ["fcm.googleapis.com", "FCM.googleapis.com", "web.push.apple.com", "a.b.push.apple.com"]
)
def test_lets_listed_hosts_pass(host: str) -> None:
    origin = Guard().origin(f"https://{host}/wpush/v2/gAAA?x=1", allowed_hosts=PUSH)
    assert origin == ("https", host.lower(), 443, False)
    assert Guard().origin(f"https://{host}:443", allowed_hosts=None) == origin


def test_an_empty_list_lets_nobody_pass() -> None:
    with pytest.raises(HttpRefused):
        Guard().origin("https://fcm.googleapis.com/x", allowed_hosts=[])


def test_open_hosts_are_exempt_at_their_port_only() -> None:
    guard = Guard(frozenset({"localhost:8443"}))
    assert guard.origin("http://localhost:8443/x", allowed_hosts=[]).is_open
    assert guard.check("https://localhost:8443/x", allowed_hosts=[]).address in {"127.0.0.1", "::1"}
    with pytest.raises(HttpRefused):
        guard.origin("https://localhost:8444/x", allowed_hosts=[])


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "142.250.0.1", "2a00:1450:4007::5f", "64:ff9b::8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_check_refuses_a_name_of_this_machine() -> None:
    with pytest.raises(HttpRefused) as caught:
        Guard().check("https://localhost/x", allowed_hosts=["localhost"])
    assert caught.value.facts == {"host": "localhost", "why": "address"}


def test_check_refuses_a_name_with_one_private_address_among_public_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    # A name server that lies cannot be had on every machine: its answer is put in the resolver's mouth.
    answer: list[Any] = [(socket.AF_INET, 1, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    with pytest.raises(HttpRefused):
        Guard().check("https://feed.example/x", allowed_hosts=None)
    answer.pop()
    assert Guard().check("https://feed.example/x", allowed_hosts=None) == (
        "https://feed.example/x",
        "feed.example",
        443,
        "8.8.8.8",
    )


def test_check_says_when_there_is_no_such_name() -> None:
    with pytest.raises(HttpUnreachable):
        Guard().check("https://nobody.invalid/x", allowed_hosts=None)
