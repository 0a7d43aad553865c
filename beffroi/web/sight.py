"""What a page shows of a call in one language: words, times and signs, no markup and no queries of its own but the
chain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from beffroi import city
from beffroi.calls import area
from beffroi.calls.models import Call
from beffroi.web import paths

SEVERITIES: Final[dict[str, Any]] = {
    "Extreme": pgettext_lazy("severity", "Extreme"),
    "Severe": pgettext_lazy("severity", "Severe"),
    "Moderate": pgettext_lazy("severity", "Moderate"),
    "Minor": pgettext_lazy("severity", "Minor"),
    "Unknown": pgettext_lazy("severity", "Not known"),
}
MEANINGS: Final[dict[str, Any]] = {
    "Extreme": gettext_lazy("Many people may die or be badly hurt."),
    "Severe": gettext_lazy("People may be hurt and homes or roads badly damaged."),
    "Moderate": gettext_lazy("There may be some damage, and daily life may be disturbed."),
    "Minor": gettext_lazy("Little danger: good to know, easy to handle."),
    "Unknown": gettext_lazy("We do not know yet how bad it can get."),
}
CERTAINTIES: Final[dict[str, Any]] = {
    "Observed": gettext_lazy("It is happening or has happened: someone saw or measured it."),
    "Likely": gettext_lazy("We think that it will happen: more likely than not."),
    "Possible": gettext_lazy("It may happen, or residents report it and nobody has confirmed it yet."),
    "Unlikely": gettext_lazy("We do not expect it to happen."),
    "Unknown": gettext_lazy("We do not know yet how sure it is."),
}
ENDINGS: Final[dict[str, Any]] = {
    "all-clear": pgettext_lazy("ending", "All clear"),
    "false-alarm": pgettext_lazy("ending", "False alarm"),
    "expired": pgettext_lazy("ending", "No longer renewed"),
}
SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zà-öø-ÿ]|[¿¡\"«“])")
"""Between two sentences: after a full stop, before a capital letter or an opening mark."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as people here write it."""

    iso: str
    time: str
    day: str


def moment(at: datetime | None) -> Moment | None:
    """A time in the city's zone."""
    if at is None:
        return None
    local = at.astimezone(ZoneInfo(city.current().timezone))
    return Moment(
        local.isoformat(timespec="minutes"), time_format(local, "TIME_FORMAT"), date_format(local, "MONTH_DAY_FORMAT")
    )


def sign(call: Call) -> str:
    """The word that gives an element its sign and colour (`data-sev`)."""
    if call.is_exercise:
        return "drill"
    if call.ending is not None:
        return "unknown" if call.ending == "expired" else "safe"
    return call.severity.lower()


def word(call: Call) -> str:
    """The word beside the sign."""
    if call.ending is not None:
        return str(ENDINGS[call.ending])
    return str(SEVERITIES[call.severity])


def sentences(text: str) -> list[str]:
    """The steps of an instruction: its lines, or where it is one paragraph, its sentences."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines if len(lines) != 1 else SENTENCE.split(lines[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One call for one page."""

    call: Call
    href: str
    language: str
    """Of the call's own words: the page's language, or the call's first where it lacks that one."""
    is_foreign: bool
    sev: str
    word: str
    event: str
    headline: str
    steps: list[str]
    description: list[str]
    where: str
    places: list[str]
    since: Moment | None
    until: Moment
    ended: Moment | None
    certainty: str
    meaning: str

    @property
    def lede(self) -> str:
        """The first step that the headline does not say already, under the headline."""
        said = self.headline.lower()
        return next((step for step in self.steps if step.rstrip(".!").lower() not in said), "")


def tongue(call: Call, language: str) -> str:
    """The language in which a page in `language` shows a call: the same, else the first of the city's that the call
    has."""
    wanted = (language, *city.current().languages, *call.texts)
    return next(one for one in wanted if one in call.texts)


def see(call: Call, language: str) -> Sight:
    """A call as a page in `language` shows it (the language is in force, too)."""
    own = tongue(call, language)
    text = call.texts[own]
    until = moment(call.expires)
    assert until is not None
    return Sight(
        call=call, href=paths.alert(call, language), language=own, is_foreign=own != language, sev=sign(call),
        word=word(call),
        event=text["event"], headline=text["headline"], steps=sentences(text.get("instruction", "")),
        description=[line for line in text.get("description", "").splitlines() if line.strip()],
        where=area.described(call.area, own), places=list(call.area.get("places", [])),
        since=moment(call.issued_at), until=until, ended=moment(call.ended_at),
        certainty=str(CERTAINTIES[call.certainty]), meaning=str(MEANINGS[call.severity]),
    )  # fmt: skip


def chain(call: Call) -> list[Call]:
    """Every message of the event that was sent, first to last."""
    first = call.root_id or call.pk
    event = Call.objects.filter(Q(pk=first) | Q(root_id=first), issued_at__isnull=False)
    return list(event.defer("ranges", "signed").order_by("number"))


def standing(call: Call, event: list[Call], now: datetime) -> str:
    """How a message stands: live, closing (it ends the event), replaced, ended, or expired without anybody having
    said so."""
    if call.ending is not None:
        return "closing"
    newest = event[-1]
    if newest.ending is not None:
        return "ended"
    if newest.pk != call.pk:
        return "replaced"
    return "live" if now < call.expires else "expired"


def said(call: Call) -> str:
    """What kind of message it was, for the list of what was said and when."""
    if call.ending is not None:
        return word(call)
    if call.msgType == "Update":
        return _("Update: %(severity)s") % {"severity": word(call)}
    return _("Alert: %(severity)s") % {"severity": word(call)}
