"""The staff pages' words for states, for CAP's terms and for what is wrong with a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from beffroi.audience.select import FLOOR


class Term(NamedTuple):
    """A term of CAP as people say it: a label and one sentence."""

    label: str | Promise
    plain: str | Promise


SEVERITY: Final = {
    "Extreme": Term(gettext_lazy("Extreme"), gettext_lazy("Many people may die or be badly hurt.")),
    "Severe": Term(gettext_lazy("Severe"), gettext_lazy("People may be hurt and homes or roads badly damaged.")),
    "Moderate": Term(
        gettext_lazy("Moderate"), gettext_lazy("There may be some damage, and daily life may be disturbed.")
    ),
    "Minor": Term(gettext_lazy("Minor"), gettext_lazy("Little danger: good to know, easy to handle.")),
    "Unknown": Term(gettext_lazy("Not known"), gettext_lazy("We do not know yet how bad it can get.")),
}
URGENCY: Final = {
    "Immediate": Term(gettext_lazy("Now"), gettext_lazy("Act now.")),
    "Expected": Term(gettext_lazy("Soon"), gettext_lazy("Act within the next hour.")),
    "Future": Term(gettext_lazy("Later"), gettext_lazy("There is time to prepare.")),
    "Past": Term(gettext_lazy("Past"), gettext_lazy("You no longer have to act.")),
    "Unknown": Term(gettext_lazy("Not known"), gettext_lazy("We do not know yet when it will happen.")),
}
CERTAINTY: Final = {
    "Observed": Term(
        gettext_lazy("Seen"), gettext_lazy("It is happening or has happened: someone saw or measured it.")
    ),
    "Likely": Term(gettext_lazy("Likely"), gettext_lazy("We think that it will happen: more likely than not.")),
    "Possible": Term(
        gettext_lazy("Possible"), gettext_lazy("It may happen, or residents report it and nobody has confirmed it yet.")
    ),
    "Unlikely": Term(gettext_lazy("Unlikely"), gettext_lazy("We do not expect it to happen.")),
    "Unknown": Term(gettext_lazy("Not known"), gettext_lazy("We do not know yet how sure it is.")),
}
RESPONSE: Final = {
    "Shelter": Term(gettext_lazy("Go inside"), gettext_lazy("Go into a building, or up, and stay there.")),
    "Evacuate": Term(gettext_lazy("Leave"), gettext_lazy("Leave the area in the way that the text says.")),
    "Prepare": Term(gettext_lazy("Get ready"), gettext_lazy("Prepare as the text says; you do not have to leave yet.")),
    "Execute": Term(gettext_lazy("Do what you planned"), gettext_lazy("Do the steps that the text names, one by one.")),
    "Avoid": Term(gettext_lazy("Stay away"), gettext_lazy("Do not go near the danger.")),
    "Monitor": Term(gettext_lazy("Keep informed"), gettext_lazy("Watch for the next message and look around you.")),
    "Assess": Term(
        gettext_lazy("Judge for yourself"), gettext_lazy("Read the facts and decide what fits your situation.")
    ),
    "AllClear": Term(gettext_lazy("Danger over"), gettext_lazy("The danger of this message is over.")),
    "None": Term(gettext_lazy("Nothing to do"), gettext_lazy("This message asks nothing of you.")),
}
STATUS: Final = {
    "Actual": Term(gettext_lazy("Live"), gettext_lazy("Real people, now, at any hour")),
    "Exercise": Term(gettext_lazy("Exercise"), gettext_lazy("Only people who asked for exercises")),
}
MSGTYPE: Final = {
    "Alert": gettext_lazy("New message"),
    "Update": gettext_lazy("Update"),
    "Cancel": gettext_lazy("Withdrawn"),
}
ENDING: Final = {
    "all-clear": gettext_lazy("All clear"),
    "false-alarm": gettext_lazy("False alarm"),
    "expired": gettext_lazy("Not renewed"),
}
PHASE: Final = {
    "pre-alert": gettext_lazy("Get ready"),
    "alert": gettext_lazy("Act now"),
    "alert-leave": gettext_lazy("Act now: leave"),
    "alert-stay-inside": gettext_lazy("Act now: stay inside"),
    "alert-do-not-drink": gettext_lazy("Act now: do not drink the water"),
    "update": gettext_lazy("It goes on"),
    "exercise": gettext_lazy("Exercise"),
}
"""Phases of the message library that a call can be written from; endings have ENDING."""
FINDING: Final = {
    "language-missing": gettext_lazy("the library has no text in this language. What stood there before stays."),
    "slot-missing": gettext_lazy("left as it was: what the text needs is not written in this language."),
    "too-long": gettext_lazy("the first line has %(word)s characters; a phone may cut it."),
    "abbreviation": gettext_lazy("“%(word)s” is an abbreviation. Write the whole word."),
    "capitals": gettext_lazy("“%(word)s” is in capitals. Screen readers may spell it."),
    "vague": gettext_lazy("“%(word)s” tells nobody what to do. Say it."),
    "exclamation": gettext_lazy("“%(word)s” makes nothing clearer."),
}
"""What library.draft found in the texts that it filled."""
CHANNEL: Final = {"webpush": gettext_lazy("Push"), "email": gettext_lazy("E-mail")}
ROLE: Final = {
    "officer": gettext_lazy("duty officer"),
    "approver": gettext_lazy("approver"),
    "overseer": gettext_lazy("overseer"),
    "administrator": gettext_lazy("administrator"),
}
STATE: Final = {
    "draft": (gettext_lazy("draft"), "waiting"),
    "pending": (gettext_lazy("waits for a second person"), "waiting"),
    "live": (gettext_lazy("live"), "live"),
    "replaced": (gettext_lazy("replaced"), "ended"),
    "ended": (gettext_lazy("ended"), "ended"),
    "refused": (gettext_lazy("refused"), "failed"),
    "lapsed": (gettext_lazy("lapsed"), "failed"),
    "withdrawn": (gettext_lazy("taken back"), "ended"),
}
"""State to its word and to the shape of its dot."""

LOG: Final = {
    "call.draft": gettext_lazy("Draft written"),
    "call.edit": gettext_lazy("Text changed"),
    "call.follow": gettext_lazy("Next message begun"),
    "call.submit": gettext_lazy("Handed to a second person"),
    "call.refuse": gettext_lazy("Refused"),
    "call.withdraw": gettext_lazy("Taken back"),
    "call.reopen": gettext_lazy("Opened again"),
    "call.lapse": gettext_lazy("Lapsed: nobody decided in time"),
    "call.issue": gettext_lazy("Sent"),
    "call.inform": gettext_lazy("Authorities informed"),
    "phase.declare": gettext_lazy("Phase declared"),
    "warning.receive": gettext_lazy("Message came in"),
    "warning.settle": gettext_lazy("Message settled"),
    "person.add": gettext_lazy("Account opened"),
    "person.renew": gettext_lazy("Password and second factor ended, new link made"),
    "person.invite": gettext_lazy("Link for one more second factor made"),
    "person.enrol": gettext_lazy("Password and second factor set with a link"),
    "person.recover": gettext_lazy("Recovery code used"),
    "person.end": gettext_lazy("Account closed"),
    "key.add": gettext_lazy("Key made for a program"),
    "key.end": gettext_lazy("Key of a program ended"),
    "webhook.add": gettext_lazy("Webhook of a program registered"),
    "webhook.end": gettext_lazy("Webhook of a program ended"),
    "delivery.erase": gettext_lazy("List of recipients erased"),
    "delivery.stop": gettext_lazy("Database restored: nothing that waited was sent"),
}

HELD: Final = {
    "rejected": gettext_lazy("It cannot be read as a warning. It had no effect."),
    "sender-not-expected": gettext_lazy("This way may not bring messages of this sender. It had no effect."),
    "identifier-twice": gettext_lazy(
        "Another message with the same name came before, with other content. It had no effect."
    ),
    "signature": gettext_lazy("Its signature is wrong or missing. It had no effect."),
    "sender-may-not": gettext_lazy("It would change a warning of another sender. It had no effect."),
    "draft-in-work": gettext_lazy("It changes a warning for which somebody is writing a call. Compare them."),
    "source-cancelled": gettext_lazy(
        "Its sender has taken the warning back, and somebody is writing a call about it. Compare them."
    ),
    "references-too-many": gettext_lazy("It refers to more messages than can be. It had no effect."),
    "info-missing": gettext_lazy("It says nothing that could be told to anyone."),
    "internal": gettext_lazy("It was kept, but something broke on our side. Read it, and tell the engineer on duty."),
    "border-unknown": gettext_lazy("The city's outline is not known here. Read it, and tell the engineer on duty."),
    "area-doubtful": gettext_lazy(
        "Its area is drawn so that nobody knows what was meant. Draw the area, if the public must be told."
    ),
    "area-empty": gettext_lazy("It names no area. Draw the area, if the public must be told."),
    "area-broken": gettext_lazy("Its area is broken. Draw the area, if the public must be told."),
    "area-outside": gettext_lazy("Its area does not touch the city."),
    "area-unknown-zone": gettext_lazy(
        "It names zones that are not known here. Draw the area, if the public must be told."
    ),
    "area-too-large": gettext_lazy("Its area is far too large to be meant. Draw the area, if the public must be told."),
}
"""Why a message waits for a person (crisis/intake.py)."""

FIELDS: Final = {
    "hazard": gettext_lazy("Hazard"),
    "status": gettext_lazy("Live or exercise"),
    "severity": gettext_lazy("How bad"),
    "urgency": gettext_lazy("How soon"),
    "certainty": gettext_lazy("How sure"),
    "responseType": gettext_lazy("What people should do"),
    "onset": gettext_lazy("Begins"),
    "expires": gettext_lazy("Ends"),
    "event": gettext_lazy("What it is, in a word"),
    "headline": gettext_lazy("First line"),
    "instruction": gettext_lazy("What to do"),
    "description": gettext_lazy("What happens and why"),
    "area": gettext_lazy("Where"),
    "areaName": gettext_lazy("Name of the area"),
    "places": gettext_lazy("Places"),
    "zones": gettext_lazy("Zones"),
    "polygons": gettext_lazy("Polygons"),
    "circles": gettext_lazy("Circles"),
    "phase": gettext_lazy("Which text"),
    "action": gettext_lazy("What to do, the verb first"),
    "details": gettext_lazy("What to look for"),
    "why": gettext_lazy("Reason"),
    "place": gettext_lazy("Name of the place"),
}

REASONS: Final = {
    "missing": gettext_lazy("This is missing."),
    "unknown": gettext_lazy("Choose one of the answers."),
    "too-long": gettext_lazy("This is too long. The hint says how many characters fit."),
    "not-a-time": gettext_lazy("This is not a date and time. Write it like 2026-11-21T23:00."),
    "past": gettext_lazy("This time is over. Choose a later one."),
    "too-late": gettext_lazy("This is too far away. A call of this kind may not last so long; renew it instead."),
    "after-end": gettext_lazy("It would begin after its end. Change one of the two times."),
    "not-points": gettext_lazy(
        "Write numbers only: latitude, longitude on each line. A circle has a third number, its kilometres."
    ),
    "not-zones": gettext_lazy("Write the type, a blank and the code on each line."),
    "empty": gettext_lazy("Choose at least one place, zone, polygon or circle. An empty area is never everyone."),
    "broken": gettext_lazy("This shape crosses itself or is not on the map. Draw it again."),
    "outside": gettext_lazy("This area does not touch the city."),
    "unknown-zone": gettext_lazy("These zones are not known:"),
    "too-large": gettext_lazy("This area is far larger than a city. Look at the numbers again."),
    "not-in-library": gettext_lazy("The library has no texts for this danger. Write your own."),
    "no-phone": gettext_lazy("The texts name a number for questions, and city.toml has none (phone)."),
    "unnamed": gettext_lazy("The texts name the place. Choose up to three places, or write the name of the area."),
    "not-the-place": gettext_lazy("This is not the name of the place. Nothing was sent."),
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
