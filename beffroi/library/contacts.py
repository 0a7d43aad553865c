"""Telephone numbers and links in a text, and those of them that the city does not know as its own.

A wrong number in an alert is a disaster of its own: what cannot be matched is unknown, never waved through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

EVERYWHERE: Final = ("112",)
"""Works in the whole European Union, so every city knows it."""

LINK: Final = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<link>(?:\w[\w+.-]*://|www\.)[^\s<>\"«»]+|(?<![\w@.])(?:\w(?:[\w-]*\w)?\.)+[^\W\d_]{2,24}(?:/[^\s<>\"«»]*)?(?![\w@]))"
)
LONG: Final = re.compile(r"(?<![\w.:/-])\(?\+?\d(?:[\s.()/\u00a0\u202f\u2011-]{0,2}\d){6,14}(?![\w:])")
"""Seven digits or more: a number, whatever stands before it. Dates are taken out first."""
SURE: Final = re.compile(r"(?<![\w.,:/+-])(?<!\d[\s\u00a0])(?:116[\s.\u00a0]?\d{3}|0\d{2,5}|112)(?![\w:/%]|[.,]\d)")
"""Short numbers that are nothing else: 116 xxx and 112, the same in the whole Union, and what begins with a zero."""
DATE: Final = re.compile(r"\b(?:\d{4}-\d\d-\d\d|\d\d?[./-]\d\d?[./-]\d{2,4})\b|\b\d\d?[:h]\d\d\b")
CALLING: Final = re.compile(
    r"(?:\b(?:call|phone|dial|ring|text|number|questions|llam\w*|marqu\w*|teléfono|número|preguntas|telefon\w*|truqu\w*|cridar?"
    r"|telèfon|preguntes|appel\w*|compos\w*|téléphon\w*|numéro|bel|bellen|telefoon|nummer|vragen|ruf\w*|anrufen|wähl\w*|fragen"
    r"|chiam\w*|domande|ligu\w*|ligar|telefone|perguntas)\b|\bو?اتصل\w*|هاتف|رقم|بالرقم|للأسئلة)",
    re.IGNORECASE,
)
_SHORT: Final = r"(?P<number>(?:\d{3,6}|\d\d[\s\u00a0]\d\d|1[578])(?![\w:/%]|[.,]\d))"  # 15, 17 and 18 are France's
CALLED: Final = re.compile(r"[\s:]*(?:[^\W\d]+[\s:]+){0,3}?" + _SHORT)
"""A short number at most three words after a word of calling: "rufen Sie bitte die 112"."""
JOINED: Final = re.compile(
    r"(?:\s*[,/]|\s+(?:or|and|o|y|i|ou|et|of|en|oder|und|e|أو))\s*(?:[^\W\d]+\s+){0,2}?" + _SHORT, re.IGNORECASE
)
"""A short number beside another number: "au 01 23 45 67 89 ou au 112"."""


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """A number, address or link, and where it stands in the text."""

    start: int
    end: int
    kind: Literal["phone", "email", "link"]
    text: str


def contacts(text: str) -> tuple[Contact, ...]:
    """Every telephone number, e-mail address and link, in the order of the text."""
    found = list(_links(text))
    found += _numbers(_blank(text, found))
    return tuple(sorted(found))


def unknown_contacts(text: str, known: Iterable[str]) -> tuple[Contact, ...]:
    """The contacts of a text that are not among the city's (numbers, addresses, links), nor 112.

    A link is known by its host, whatever its path. A number in national form is known by one in international form, but
    not the other way round: nobody can know which country was meant.
    """
    known = [*known, *EVERYWHERE]
    numbers = {_number(one) for one in known if not re.search(r"[@/]|[^\W\d_]", one)}
    addresses = {one.casefold() for one in known if "@" in one}
    hosts = {_host(one) for one in known if "@" not in one} - {""}

    def is_known(contact: Contact) -> bool:
        if contact.kind == "phone":
            return any(_is_same(_number(contact.text), number) for number in numbers)
        return contact.text.casefold() in addresses if contact.kind == "email" else _host(contact.text) in hosts

    return tuple(contact for contact in contacts(text) if not is_known(contact))


def _links(text: str) -> Iterator[Contact]:
    for match in LINK.finditer(text):
        found = match[0].rstrip(".,;:!?)]'’؟،")
        kind: Literal["email", "link"] = "email" if match["email"] else "link"
        yield Contact(match.start(), match.start() + len(found), kind, found)


def _numbers(text: str) -> list[Contact]:
    text = DATE.sub(lambda match: "#" * len(match[0]), text)
    found: list[Contact] = []

    def add(start: int, end: int) -> None:
        if all(end <= one.start or one.end <= start for one in found):
            found.append(Contact(start, end, "phone", text[start:end]))

    for match in [*LONG.finditer(text), *SURE.finditer(text)]:
        add(*match.span())
    for word in CALLING.finditer(text):
        if called := CALLED.match(text, word.end()):
            add(*called.span("number"))
    for one in found:  # grows while it is walked: each number may have a neighbour
        if joined := JOINED.match(text, one.end):
            add(*joined.span("number"))
    return found


def _blank(text: str, found: Iterable[Contact]) -> str:
    for contact in found:
        text = text[: contact.start] + "#" * (contact.end - contact.start) + text[contact.end :]
    return text


def _number(text: str) -> str:
    """Digits, with + where the country stands in front; Arabic digits are read."""
    digits = "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())
    if digits.startswith("00"):
        return "+" + digits[2:]
    return "+" + digits if "+" in text else digits


def _is_same(said: str, known: str) -> bool:
    if said == known:
        return True
    national = said.removeprefix("0")  # +33 1 ... is 01 ... at home
    country = len(known) - 1 - len(national)
    return known.startswith("+") and not said.startswith("+") and 1 <= country <= 3 and known.endswith(national)


def _host(text: str) -> str:
    """The host of a link, with or without its scheme; empty for what has none."""
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:  # a broken port or bracket names no host that anyone could know
        return ""
    return unicodedata.normalize("NFC", host).removeprefix("www.") if "." in host else ""
