"""`beffroi web`: one process that serves pages and takes requests."""

from __future__ import annotations

import argparse
import ipaddress
import os

import uvicorn

from beffroi import env
from beffroi.ops import django
from beffroi.ops.processes import die_with_parent

BACKLOG = 2048
STREAMS_END_S = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.set_defaults(run=run)


def proxies() -> list[str]:
    """Whose word we take on who asks and how (X-Forwarded-For, X-Forwarded-Proto): addresses and networks, never
    everybody, or each request could name another sender and no limit would hold."""
    found = env.words("BEFFROI_PROXIES", "127.0.0.1 ::1")
    for name in found:
        try:
            is_everybody = ipaddress.ip_network(name).prefixlen == 0
        except ValueError as err:
            raise env.BadSetting(name="BEFFROI_PROXIES", value=name) from err
        if is_everybody:
            raise env.BadSetting(name="BEFFROI_PROXIES", value=name)
    return found


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    die_with_parent(os.getppid())
    django.setup()
    uvicorn.run(
        "beffroi.asgi:application", host=options.host, port=options.port, log_level="warning", access_log=False,
        backlog=BACKLOG, timeout_graceful_shutdown=STREAMS_END_S, server_header=False, date_header=True,
        forwarded_allow_ips=proxies(), workers=1,  # else uvicorn reads both from variables of its own
    )  # fmt: skip
    return 0
