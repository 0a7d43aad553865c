"""What the contract test needs of each channel: somebody's address, and another end that does what is wanted.

A new channel gets a rig here; without one the contract test fails.
"""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any, Protocol

from beffroi.delivery import shelves
from beffroi.delivery.channel import Machine, Target
from tests.phone import Phone
from tests.post_office import DROP as HANG_UP
from tests.post_office import PostOffice
from tests.push_sink import DROP, PushSink

LEAVE = "https://town.example/leave/TOKEN/"


class Rig(Protocol):
    """One channel's other end."""

    bad: list[dict[str, Any]]
    """Addresses as a subscriber might send them, that must be refused."""

    def given(self) -> dict[str, Any]:
        """An address as a subscriber sends it."""
        ...

    def target(self, row_id: int, answer: str = "accepted") -> Target:
        """A recipient for whom the other end answers: accepted, gone, later, refused, or drop (hangs up)."""
        ...

    def arrived(self) -> int:
        """How many messages the other end took."""
        ...

    def nowhere(self) -> tuple[Machine, Target]:
        """A machine and a target where nobody listens."""
        ...


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailRig:
    """E-mail."""

    answers = {"gone": "550 5.1.1 nobody", "later": "451 4.7.1 come back", "refused": "554 no", "drop": HANG_UP}
    bad: list[dict[str, Any]] = [
        {}, {"email": ""}, {"email": "nobody"}, {"email": "a@b.example\r\nBcc: c@d.example"},
        {"email": "a@b@c.example"}, {"email": '"a b"@c.example'}, {"email": "a,b@c.example"},
        {"email": ["a@b.example"]},
    ]  # fmt: skip

    def __init__(self, post_office: PostOffice) -> None:
        self.office = post_office

    def given(self) -> dict[str, Any]:
        return {"email": "Ada.Lovelace@Residents.example"}

    def target(self, row_id: int, answer: str = "accepted") -> Target:
        email = f"resident{row_id}@residents.example"
        if answer != "accepted":
            self.office.refuse(email, self.answers[answer])
        return Target(row_id, {"email": email}, LEAVE)

    def arrived(self) -> int:
        return len(self.office.mails)

    def nowhere(self) -> tuple[Machine, Target]:
        return replace(shelves.machine(), smtp_url=f"smtp://127.0.0.1:{closed_port()}"), self.target(1)


class PushRig:
    """Web push."""

    answers = {"accepted": 201, "gone": 410, "later": (429, {"Retry-After": "70"}), "refused": 400, "drop": DROP}

    def __init__(self, sink: PushSink) -> None:
        self.sink = sink
        whole = Phone(sink.endpoint()).subscription
        keys = whole["keys"]
        self.bad = [
            {}, {"endpoint": whole["endpoint"]}, whole | {"endpoint": whole["endpoint"].replace("https", "http")},
            whole | {"endpoint": "https://push.example/x"}, whole | {"endpoint": "https://10.0.0.1/x"},
            whole | {"endpoint": whole["endpoint"] + "\r\nX: y"}, whole | {"keys": keys | {"auth": "AAAA"}},
            whole | {"keys": keys | {"p256dh": "BA" * 43 + "A"}}, whole | {"keys": "none"},
        ]  # fmt: skip

    def given(self) -> dict[str, Any]:
        return Phone(self.sink.endpoint()).subscription

    def target(self, row_id: int, answer: str = "accepted") -> Target:
        wanted = self.answers[answer]
        assert isinstance(wanted, int | tuple)
        return Target(row_id, Phone(self.sink.endpoint(wanted)).address, LEAVE)

    def arrived(self) -> int:
        return len(self.sink.pushes)

    def nowhere(self) -> tuple[Machine, Target]:
        host = f"localhost:{closed_port()}"
        return replace(shelves.machine(), open_hosts=(host,)), Target(1, Phone(f"https://{host}/x").address, LEAVE)


def rig(name: str, post_office: PostOffice, push_sink: PushSink) -> Rig:
    """The rig of a channel."""
    if name == "email":
        return MailRig(post_office)
    if name == "webpush":
        return PushRig(push_sink)
    raise AssertionError(f"channel {name} has no rig: write one above")
