"""A city as one frozen value: what `city.toml` may say, and nothing else (docs/city.md explains every key)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

Names = Mapping[str, str]
"""One text in each language of the city: exactly the keys of `City.languages`."""

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84, in CAP's order."""

ANY = "*"
"""In a competence: every hazard, severity or phase."""


@dataclass(frozen=True, slots=True)
class Form:
    """The whole text matches a pattern; `reason` is what the error says when it does not."""

    reason: str
    pattern: str

    def holds(self, value: str) -> bool:
        return re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Between:
    """A number within two bounds, both allowed."""

    low: float
    high: float

    @property
    def reason(self) -> str:
        return f"not-between-{self.low:g}-and-{self.high:g}"

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


Code = Annotated[str, Form("not-a-code", r"[a-z0-9]+(-[a-z0-9]+)*")]
Email = Annotated[str, Form("not-an-email", r"[^\s@,<>\"]+@[^\s@,<>\"]+")]
Sender = Annotated[str, Form("not-a-sender", r"[^\s,<&]+")]  # CAP 1.2, 3.2.1: no spaces, commas, < or &
Web = Annotated[str, Form("not-https", r"https://[A-Za-z0-9.-]+(:[0-9]+)?([/?]\S*)?")]
Host = Annotated[str, Form("not-a-host", r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")]
Phone = Annotated[str, Form("not-a-phone", r"\+?[0-9]([ .-]?[0-9]){2,14}")]
Language = Annotated[str, Form("not-a-language", r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")]  # BCP 47, the usual part
Days = Annotated[int, Between(1, 3650)]

Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
Category = Literal[
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """The outline of the city: a GeoJSON file, or the union of all zones of a type. Exactly one of the two."""

    file: Path | None = None
    zones: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Where a map opens."""

    centre: Point
    zoom: Annotated[float, Between(1, 18)] = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What the visual language leaves to a city: hue in degrees, tint from grey to full, corner radius in pixels."""

    hue: Annotated[int, Between(190, 270)] = 222  # clear of the danger colours and of the exercise violet
    tint: Annotated[float, Between(0, 1)] = 1.0
    radius: Annotated[int, Between(0, 10)] = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """What every CAP message of this city says about its sender."""

    sender: Sender
    sender_name: Names
    contact: str
    web: Web
    expires_h: Annotated[int, Between(1, 72)] = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A state of civil protection; the higher the level, the higher the authority that leads."""

    code: Code
    name: Names
    level: Annotated[int, Between(0, 9)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An authority that may issue, or whose approval is needed."""

    code: Code
    name: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Competence:
    """One row of the table: this body decides on these calls. The first row that fits is the one that counts."""

    kind: Code
    hazards: tuple[str, ...]
    severities: tuple[Literal["*", "Extreme", "Severe", "Moderate", "Minor", "Unknown"], ...]
    phases: tuple[str, ...]
    body: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A danger the city warns of: CAP's event and category, and the values that a new draft starts from."""

    code: Code
    event: Names
    category: tuple[Category, ...]
    urgency: Urgency = "Expected"
    severity: Severity = "Severe"
    certainty: Certainty = "Likely"
    incoming: tuple[Annotated[str, Form("not-name=value", r"[^=;]+=[^=;]+")], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who is informed with one tap when a call goes out."""

    role: Literal["centre-112", "switchboard", "mayor", "neighbour-town"]
    name: str
    email: Email


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Push services to which a subscription may point; `*.` stands for any name in front."""

    hosts: tuple[Host, ...] = (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.notify.windows.com",
        "*.push.apple.com",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed of CAP messages to be read; what it may send and from where it may be fetched."""

    name: Code
    url: Web
    hosts: tuple[Host, ...]
    senders: tuple[Sender, ...]
    every_s: Annotated[int, Between(10, 3600)] = 60
    profile: Literal["strict", "tolerant"] = "strict"
    certificate: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A sender that may update and cancel the alerts of the senders it lists, beside its own."""

    sender: Sender
    may_cancel: tuple[Sender, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many days things are kept that the city lets go. Lists of recipients go 24 hours after the end of an event,
    whatever the city says; calls, their figures, CAP originals and the log are kept for ever."""

    notes_days: Days = 7
    unconfirmed_days: Days = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Everything that makes this city differ from another one (the machine's settings are in docs/settings.md)."""

    slug: Code
    name: Names
    country: Annotated[str, Form("not-a-country", r"[A-Z]{2}")]
    timezone: str
    languages: tuple[Language, ...]
    border: Border
    map: Map
    cap: Cap
    phase: tuple[Phase, ...]
    body: tuple[Body, ...]
    competence: tuple[Competence, ...]
    hazard: tuple[Hazard, ...]
    phone: Phone = ""
    contact: tuple[Contact, ...] = ()
    channels: tuple[Code, ...] = ("webpush", "email")
    feed: tuple[Feed, ...] = ()
    authority: tuple[Authority, ...] = ()
    theme: Theme = field(default_factory=Theme)
    push: Push = field(default_factory=Push)
    retention: Retention = field(default_factory=Retention)

    def language(self, tag: str) -> str:
        """The city's language for a BCP 47 tag: the same, else the same first part, else the city's first language."""
        exact = {own.lower(): own for own in self.languages}
        first = {own.lower().split("-")[0]: own for own in reversed(self.languages)}
        wanted = tag.lower()
        base = wanted.split("-")[0]
        return exact.get(wanted) or exact.get(base) or first.get(base) or self.languages[0]
