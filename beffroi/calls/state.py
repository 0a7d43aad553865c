"""The life of a call, as one table. The database holds the same table (migrations/0002) and refuses every other
step."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from beffroi.errors import Conflict


class State(StrEnum):
    """Where a call stands."""

    DRAFT = "draft"  # being written
    PENDING = "pending"  # frozen, waits for a second person
    LIVE = "live"  # sent, and still valid
    REPLACED = "replaced"  # a later message of the same event took its place
    ENDED = "ended"  # over: closed with an outcome, or expired
    REFUSED = "refused"  # the second person said no
    LAPSED = "lapsed"  # nobody decided within PENDING_S
    WITHDRAWN = "withdrawn"  # its author took it back


class StepRefused(Conflict):
    """A call cannot go from this state to that one."""

    code = "call-step-refused"


STEPS: Final[dict[State, frozenset[State]]] = {
    State.DRAFT: frozenset(
        {State.PENDING, State.LIVE, State.WITHDRAWN}
    ),  # LIVE at once: a closing, see Authority.CLOSING
    State.PENDING: frozenset({State.DRAFT, State.LIVE, State.REFUSED, State.LAPSED, State.WITHDRAWN}),
    State.LIVE: frozenset({State.REPLACED, State.ENDED}),
    State.REPLACED: frozenset({State.ENDED}),
    State.ENDED: frozenset(),
    State.REFUSED: frozenset({State.DRAFT, State.WITHDRAWN}),
    State.LAPSED: frozenset({State.DRAFT, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}

PENDING_S: Final = 30 * 60  # an old pending alert is dangerous: somebody may approve it by accident
ALONE_S: Final = 10 * 60  # within it one person may cancel; afterwards Severe and Extreme need two
PAGE_S: Final = 30 * 60  # the officer is paged so long before a call expires


def step(now: State, then: State) -> State:
    """The new state, or StepRefused."""
    if then not in STEPS[now]:
        raise StepRefused(now=str(now), then=str(then))
    return then


class Authority(StrEnum):
    """By what right a call is live (the database checks each)."""

    TWO_PEOPLE = "two_people"
    CLOSING = "closing"


class Severity(StrEnum):
    """CAP 1.2 severity, worst first."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"

    @property
    def rank(self) -> int:
        """4 Extreme to 0 Unknown; a subscription's floor is compared with it."""
        return 4 - list(Severity).index(self)


URGENCIES: Final = ("Immediate", "Expected", "Future", "Past", "Unknown")
CERTAINTIES: Final = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
RESPONSES: Final = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
CATEGORIES: Final = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
