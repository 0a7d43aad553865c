"""Bytes to an XML tree without trusting them: what is refused before a parser sees it, and the parser's own limits."""

from __future__ import annotations

import re

from lxml import etree

MAX_MESSAGE_BYTES = 5 * 2**20
"""One message. The largest real ones seen: 1.7 MB (a marine warning of the NWS), 0.9 MB (with a picture inside)."""

MAX_FEED_BYTES = 20 * 2**20
"""A feed with the alerts inside. The largest real one seen holds 469 alerts in 1.8 MB."""

MAX_MESSAGE_TAGS = 50_000
"""`<` signs of one message, so half as many elements: 8,000 zones. The schema's errors cost the square of it (2 s)."""

MAX_FEED_TAGS = 400_000
"""`<` signs of a feed: some 60 MB as a tree. The largest real one seen has a tenth of it."""

MAX_ATTRIBUTES = 100_000
"""`=` signs. CAP itself has no attributes; a feed has some ten per entry."""

WIDE_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
REFUSED_STARTS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\x00\x00\x00\x3c": "UTF-32",
    b"\x3c\x00\x00\x00": "UTF-32",
    b"\x00\x3c": "UTF-16 without its mark",
    b"\x3c\x00": "UTF-16 without its mark",
    b"\x4c\x6f\xa7\x94": "EBCDIC",
    b"+/v": "UTF-7",
}
EIGHT_BIT = re.compile(
    r"(us-)?ascii|utf-?8|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-(jp|kr)|shift_jis|tis-620",
    re.IGNORECASE,
)
"""Encodings in which `<!DOCTYPE` can only be written with the bytes of ASCII."""

DECLARED = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]*)["']""")
PROLOG = re.compile(rb"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
ROOT = re.compile(rb"<(?:[^\s<>/:!?]+:)?([^\s<>/:!?]+)")

PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, dtd_validation=False, encoding="utf-8",
    remove_comments=True, remove_pis=True,
)  # fmt: skip
"""Never with `schema=`: libxml2 2.14 then crashes the interpreter on an internal entity."""


class Refused(Exception):
    """The document is not read; `code` is one of codes.RULES, `facts` fill its words."""

    def __init__(self, code: str, *, line: int | None = None, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.line = line
        self.facts = facts


def parse(data: bytes) -> etree._Element:
    """The root element (comments and processing instructions left out), or `Refused`.

    Takes time and memory in proportion to the limits above, whatever the bytes are.
    """
    if len(data) > MAX_FEED_BYTES:
        raise Refused("too-large", bytes=len(data), limit=MAX_FEED_BYTES)
    text = to_utf8(data)
    is_message = root_name(text).lower() == "alert"
    if is_message and len(data) > MAX_MESSAGE_BYTES:
        raise Refused("too-large", bytes=len(data), limit=MAX_MESSAGE_BYTES)
    tags = MAX_MESSAGE_TAGS if is_message else MAX_FEED_TAGS
    if text.count(b"<") > tags:
        raise Refused("too-many-tags", limit=tags)
    if text.count(b"=") > MAX_ATTRIBUTES:
        raise Refused("too-many-attributes", limit=MAX_ATTRIBUTES)
    try:
        root = etree.fromstring(text, PARSER)
    except etree.XMLSyntaxError as err:
        is_limit = getattr(err, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT
        code = "parser-limit" if is_limit else "xml-broken"
        raise Refused(code, line=err.lineno, detail=err.msg) from err
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("doctype")
    return root


def to_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 without a mark, so that the parser's encoding is ours and never the document's choice."""
    if data[:2] != b"<?":  # nearly always it is, and none of these begins so
        for start, name in REFUSED_STARTS.items():
            if data.startswith(start):
                raise Refused("encoding-refused", encoding=name)
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    encoding = WIDE_MARKS.get(data[:2])
    if encoding is None:
        declared = DECLARED.match(data)
        encoding = declared[1].decode("ascii", "replace") if declared else "UTF-8"
        if not EIGHT_BIT.fullmatch(encoding):
            raise Refused("encoding-refused", encoding=encoding)
        if encoding.lower() in {"utf-8", "utf8"}:
            return data  # the parser checks it
    try:
        return data.decode(encoding).encode()
    except (UnicodeError, LookupError) as err:
        raise Refused("encoding-broken", encoding=encoding, detail=err) from err


def root_name(text: bytes) -> str:
    """The local name of the root element; refuses a DOCTYPE, a web page, and what is no XML."""
    start = PROLOG.match(text)
    rest = text[start.end() :] if start else text
    head = rest[:200]
    if not rest:
        raise Refused("empty")
    name = ROOT.match(head)
    word = name[1].decode("utf-8", "replace") if name else ""
    if word.lower() == "html" or re.match(rb"<!doctype\s+html", head, re.IGNORECASE):
        raise Refused("html-page")
    if head.upper().startswith(b"<!DOCTYPE"):
        raise Refused("doctype")
    if not name:
        raise Refused("not-xml", start=head[:20].decode("utf-8", "replace"))
    return word
