"""Which characters an XML 1.0 document can carry; everything we write into CAP or Atom passes through here."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """`text` as an XML 1.0 document can carry it (section 2.2, production Char), blanks at its ends removed.

    Line ends become LF: a carriage return survives XML only as a reference, which other tools show as rubbish.
    """
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
