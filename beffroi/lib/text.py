"""Cleaning of text that strangers wrote, before it is stored, shown, mailed or put into a header."""

from __future__ import annotations

import re
import unicodedata

# Invisible letters that hide or reorder others: a headline must not read one way and be another.
# Kept: the joiners (Persian, Hindi and emoji need them) and the single marks LRM, RLM, ALM (Arabic, Hebrew).
HIDDEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]")
MORE = "…"


def clean_line(text: str, *, limit: int | None = None) -> str:
    """One line, safe as a name, a subject or a header: no control characters, no breaks, no hidden letters.

    Breaks and tabs become blanks, blanks are single, no-break spaces stay (French needs them); Unicode NFC.
    Cut with an ellipsis above `limit` characters.
    """
    line = re.sub(r"[ \t]+", " ", _plain(BREAKS.sub(" ", text))).strip()
    return line if limit is None else cut(line, limit)


def clean_text(text: str, *, limit: int | None = None) -> str:
    r"""Paragraphs with `\n` for every kind of break, at most one empty line in a row; otherwise like `clean_line`."""
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in _plain(BREAKS.sub("\n", text)).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return text if limit is None else cut(text, limit)


def laid_open(text: str) -> str:
    r"""For who must see what was really sent: hidden letters and controls as their number (`\u202e`), breaks kept."""
    return re.sub(
        f"{HIDDEN.pattern}|{CONTROLS.pattern}", lambda found: f"\\u{ord(found[0]):04x}", re.sub("\r\n?", "\n", text)
    )


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending in an ellipsis where something was cut; whole words if possible."""
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)]
    while kept and unicodedata.combining(text[len(kept)]):  # not between a letter and its accent
        kept = kept[:-1]
    words = kept.rpartition(" ")[0]
    if len(words) > limit // 2:
        kept = words
    return (kept.rstrip() + MORE)[:limit]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", HIDDEN.sub("", CONTROLS.sub("", text)))
