"""The staff pages' words for states, for CAP's terms and for what is wrong with a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from beffroi.audience.select import FLOOR


class Term(NamedTuple):
    """A term of CAP as people say it: a label and one sentence."""

    label: str | Promise
    plain: str | Promise


SEVERITY: Final = {
    "Extreme": Term(lazy("Extreme"), lazy("Many people may die or be badly hurt.")),
    "Severe": Term(lazy("Severe"), lazy("People may be hurt and homes or roads badly damaged.")),
    "Moderate": Term(lazy("Moderate"), lazy("There may be some damage, and daily life may be disturbed.")),
    "Minor": Term(lazy("Minor"), lazy("Little danger: good to know, easy to handle.")),
    "Unknown": Term(lazy("Not known"), lazy("We do not know yet how bad it can get.")),
}
URGENCY: Final = {
    "Immediate": Term(lazy("Now"), lazy("Act now.")),
    "Expected": Term(lazy("Soon"), lazy("Act within the next hour.")),
    "Future": Term(lazy("Later"), lazy("There is time to prepare.")),
    "Past": Term(lazy("Past"), lazy("You no longer have to act.")),
    "Unknown": Term(lazy("Not known"), lazy("We do not know yet when it will happen.")),
}
CERTAINTY: Final = {
    "Observed": Term(lazy("Seen"), lazy("It is happening or has happened: someone saw or measured it.")),
    "Likely": Term(lazy("Likely"), lazy("We think that it will happen: more likely than not.")),
    "Possible": Term(lazy("Possible"), lazy("It may happen, or residents report it and nobody has confirmed it yet.")),
    "Unlikely": Term(lazy("Unlikely"), lazy("We do not expect it to happen.")),
    "Unknown": Term(lazy("Not known"), lazy("We do not know yet how sure it is.")),
}
RESPONSE: Final = {
    "Shelter": Term(lazy("Go inside"), lazy("Go into a building, or up, and stay there.")),
    "Evacuate": Term(lazy("Leave"), lazy("Leave the area in the way that the text says.")),
    "Prepare": Term(lazy("Get ready"), lazy("Prepare as the text says; you do not have to leave yet.")),
    "Execute": Term(lazy("Do what you planned"), lazy("Do the steps that the text names, one by one.")),
    "Avoid": Term(lazy("Stay away"), lazy("Do not go near the danger.")),
    "Monitor": Term(lazy("Keep informed"), lazy("Watch for the next message and look around you.")),
    "Assess": Term(lazy("Judge for yourself"), lazy("Read the facts and decide what fits your situation.")),
    "AllClear": Term(lazy("Danger over"), lazy("The danger of this message is over.")),
    "None": Term(lazy("Nothing to do"), lazy("This message asks nothing of you.")),
}
STATUS: Final = {
    "Actual": Term(lazy("Live"), lazy("Real people, now, at any hour")),
    "Exercise": Term(lazy("Exercise"), lazy("Only people who asked for exercises")),
}
MSGTYPE: Final = {"Alert": lazy("New message"), "Update": lazy("Update"), "Cancel": lazy("Withdrawn")}
ENDING: Final = {"all-clear": lazy("All clear"), "false-alarm": lazy("False alarm"), "expired": lazy("Not renewed")}
CHANNEL: Final = {"webpush": lazy("Push"), "email": lazy("E-mail")}
ROLE: Final = {
    "officer": lazy("duty officer"),
    "approver": lazy("approver"),
    "overseer": lazy("overseer"),
    "administrator": lazy("administrator"),
}
STATE: Final = {
    "draft": (lazy("draft"), "waiting"),
    "pending": (lazy("waits for a second person"), "waiting"),
    "live": (lazy("live"), "live"),
    "replaced": (lazy("replaced"), "ended"),
    "ended": (lazy("ended"), "ended"),
    "refused": (lazy("refused"), "failed"),
    "lapsed": (lazy("lapsed"), "failed"),
    "withdrawn": (lazy("taken back"), "ended"),
}
"""State to its word and to the shape of its dot."""

LOG: Final = {
    "call.draft": lazy("Draft written"),
    "call.edit": lazy("Text changed"),
    "call.follow": lazy("Next message begun"),
    "call.submit": lazy("Handed to a second person"),
    "call.refuse": lazy("Refused"),
    "call.withdraw": lazy("Taken back"),
    "call.reopen": lazy("Opened again"),
    "call.lapse": lazy("Lapsed: nobody decided in time"),
    "call.issue": lazy("Sent"),
    "call.inform": lazy("Authorities informed"),
    "phase.declare": lazy("Phase declared"),
    "warning.receive": lazy("Message came in"),
    "warning.settle": lazy("Message settled"),
    "delivery.erase": lazy("List of recipients erased"),
}

HELD: Final = {
    "rejected": lazy("It cannot be read as a warning. It had no effect."),
    "sender-not-expected": lazy("This way may not bring messages of this sender. It had no effect."),
    "identifier-twice": lazy("Another message with the same name came before, with other content. It had no effect."),
    "signature": lazy("Its signature is wrong or missing. It had no effect."),
    "sender-may-not": lazy("It would change a warning of another sender. It had no effect."),
    "draft-in-work": lazy("It changes a warning for which somebody is writing a call. Compare them."),
    "area-empty": lazy("It names no area. Draw the area, if the public must be told."),
    "area-broken": lazy("Its area is broken. Draw the area, if the public must be told."),
    "area-outside": lazy("Its area does not touch the city."),
    "area-unknown-zone": lazy("It names zones that are not known here. Draw the area, if the public must be told."),
    "area-too-large": lazy("Its area is far too large to be meant. Draw the area, if the public must be told."),
}
"""Why a message waits for a person (crisis/intake.py)."""

FIELDS: Final = {
    "hazard": lazy("Hazard"),
    "status": lazy("Live or exercise"),
    "severity": lazy("How bad"),
    "urgency": lazy("How soon"),
    "certainty": lazy("How sure"),
    "responseType": lazy("What people should do"),
    "onset": lazy("Begins"),
    "expires": lazy("Ends"),
    "event": lazy("What it is, in a word"),
    "headline": lazy("First line"),
    "instruction": lazy("What to do"),
    "description": lazy("What happens and why"),
    "area": lazy("Where"),
    "areaName": lazy("Name of the area"),
    "places": lazy("Places"),
    "zones": lazy("Zones"),
    "polygons": lazy("Polygons"),
    "circles": lazy("Circles"),
    "why": lazy("Reason"),
    "place": lazy("Name of the place"),
}

REASONS: Final = {
    "missing": lazy("This is missing."),
    "unknown": lazy("Choose one of the answers."),
    "too-long": lazy("This is too long. The hint says how many characters fit."),
    "not-a-time": lazy("This is not a date and time. Write it like 2026-11-21T23:00."),
    "past": lazy("This time is over. Choose a later one."),
    "too-late": lazy("This is too far away. A call of this kind may not last so long; renew it instead."),
    "after-end": lazy("It would begin after its end. Change one of the two times."),
    "not-points": lazy(
        "Write numbers only: latitude, longitude on each line. A circle has a third number, its kilometres."
    ),
    "not-zones": lazy("Write the type, a blank and the code on each line."),
    "empty": lazy("Choose at least one place, zone, polygon or circle. An empty area is never everyone."),
    "broken": lazy("This shape crosses itself or is not on the map. Draw it again."),
    "outside": lazy("This area does not touch the city."),
    "unknown-zone": lazy("These zones are not known:"),
    "too-large": lazy("This area is far larger than a city. Look at the numbers again."),
    "not-the-place": lazy("This is not the name of the place. Nothing was sent."),
}


def number(count: int) -> str:
    """A whole number in the reader's language, with its thousands apart."""
    return str(number_format(count, use_l10n=True, force_grouping=True))


def span(seconds: float) -> str:
    """A time span as a clock shows it: 00:04:32."""
    whole = max(int(seconds), 0)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def people(count: int) -> str:
    """How many people (audience.select.count has floored it)."""
    if count == 0:
        return _("nobody")
    if count <= FLOOR:
        return _("%(count)s or fewer") % {"count": FLOOR}
    return number(count)


def receivers(count: int, *, is_exercise: bool, is_ending: bool = False) -> str:
    """To whom it goes, as the end of a sentence."""
    if count == 0:
        return _("nobody: nothing of it has left yet") if is_ending else _("nobody: no one has subscribed here")
    told = _("%(people)s volunteers") if is_exercise else _("%(people)s subscriptions")
    return told % {"people": people(count)}


def reach(count: int, places: Sequence[str]) -> str:
    """How many people an area reaches, and where."""
    told = _("%(people)s subscriptions.") % {"people": people(count)} if count else _("Nobody has subscribed here yet.")
    if not places:
        return told
    where = ngettext("%(number)s place: %(names)s", "%(number)s places: %(names)s", len(places))
    names = ", ".join(places[:12]) + (" …" if len(places) > 12 else "")
    return f"{told} {where % {'number': number(len(places)), 'names': names}}"


def field_name(name: str, languages: int = 1) -> str:
    """What a field is called on the page; `headline.es` says its language."""
    part, _dot, language = name.partition(".")
    words = str(FIELDS.get(part, part))
    return f"{words} ({language})" if language and languages > 1 else words


def reason(code: str, zones: str = "") -> str:
    """What is wrong with a field, in words."""
    words = str(REASONS.get(code, code))
    return f"{words} {zones}" if code == "unknown-zone" else words
