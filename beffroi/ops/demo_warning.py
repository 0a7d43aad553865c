"""The demo's incoming warning: a CAP message written in advance, whose times and identifier are filled in now."""

from __future__ import annotations

from datetime import datetime, timedelta
from string import Template
from xml.sax.saxutils import escape

VALID_FOR = timedelta(hours=6)


def warning(template: str, *, identifier: str, sent_at: datetime) -> bytes:
    """The message as bytes: sent, effective and onset at `sent_at` (aware), expires six hours later.

    Placeholders of the template: $identifier, $sent, $effective, $onset, $expires; another one is a KeyError.
    """
    now, end = _cap_time(sent_at), _cap_time(sent_at + VALID_FOR)
    filled = Template(template).substitute(
        identifier=escape(identifier), sent=now, effective=now, onset=now, expires=end
    )
    return filled.encode()


def _cap_time(moment: datetime) -> str:
    """CAP 1.2, 3.3.2: whole seconds, an offset with a colon, never Z; UTC is -00:00."""
    text = moment.replace(microsecond=0).isoformat()
    return text.replace("+00:00", "-00:00")
