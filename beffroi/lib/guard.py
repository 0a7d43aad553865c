"""Who may be reached: a guard that judges a URL before it is saved and every address before a packet goes there."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from beffroi.errors import BadInput, Unavailable

URL = re.compile(r"(https?)://([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:/[!-~]*)?", re.ASCII | re.IGNORECASE)
# The last label starts with a letter: what ends in a number is an address in disguise (decimal, octal, hexadecimal).
NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
DEFAULT_PORTS = {"https": 443, "http": 80}


class HttpRefused(BadInput):
    """An address that we do not go to: not https, not on the list, not public, or one redirect too many."""

    code = "http-refused"


class HttpUnreachable(Unavailable):
    """No such name, no connection, no valid certificate, or a connection that broke."""

    code = "http-unreachable"
    status = 502


class Origin(NamedTuple):
    """Where a URL leads; an open one is exempt from every rule (the sinks of the demo and of tests)."""

    scheme: str
    host: str
    port: int
    is_open: bool


class Target(NamedTuple):
    """A URL whose form, host and addresses were all found good."""

    url: str
    host: str
    port: int
    address: str


@dataclass(frozen=True, slots=True)
class Guard:
    """Default deny: https on port 443, no user name, a host of the caller's list, public addresses only.

    `open_hosts` ("localhost:8443") are exempt, http included. `ca_file` (PEM) replaces the system's authorities.
    """

    open_hosts: frozenset[str] = frozenset()
    ca_file: str | None = None

    def origin(self, url: str, *, allowed_hosts: Sequence[str] | None) -> Origin:
        """The form and the list, without a look-up; `allowed_hosts` are names or "*.suffix", None means any.

        Raises `HttpRefused`.
        """
        found = URL.fullmatch(url)
        if not found:
            raise HttpRefused(why="form")
        scheme, host = found[1].lower(), found[2].lower()
        port = int(found[3] or DEFAULT_PORTS[scheme])
        if f"{host}:{port}" in self.open_hosts:
            return Origin(scheme, host, port, is_open=True)
        if scheme != "https" or port != 443:
            raise HttpRefused(host=host, why="scheme")
        if not NAME.fullmatch(host) or not (allowed_hosts is None or any(_fits(host, one) for one in allowed_hosts)):
            raise HttpRefused(host=host, why="host")
        return Origin(scheme, host, port, is_open=False)

    def check(self, url: str, *, allowed_hosts: Sequence[str] | None) -> Target:
        """What `origin` does, and the name must resolve to public addresses only: for the moment of saving a URL.

        It blocks for the look-up. The moment of connecting has its own check of the very address (in http.py), since a
        name may lead elsewhere by then. Raises `HttpRefused`, `HttpUnreachable`.
        """
        origin = self.origin(url, allowed_hosts=allowed_hosts)
        try:
            found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        except OSError as err:
            raise HttpUnreachable(host=origin.host, why="name") from err
        addresses = [str(one[4][0]) for one in found]
        if not origin.is_open and not all(map(is_public, addresses)):
            raise HttpRefused(host=origin.host, why="address")
        return Target(url, origin.host, origin.port, addresses[0])


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; what hides another address in itself is not."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:  # the only IPv4 there is in an IPv6 network
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local)


def _fits(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
