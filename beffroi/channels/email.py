"""Channel `email`: text and HTML by SMTP, rendered once a language; only address, id and leave link differ."""

from __future__ import annotations

import hashlib
import json
import re
import smtplib
import ssl
import textwrap
import time
from collections.abc import Iterable, Iterator, Mapping
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from beffroi.delivery.channel import ChannelDown, Envelope, Machine, Message, Receipt, Result, Target
from beffroi.errors import BadInput
from beffroi.lib import clock
from beffroi.lib.text import clean_line, clean_text, cut

POLICY: Final = SMTP.clone(cte_type="8bit")
LEAVE: Final = "https://leave.invalid/"
"""Stands in the edition where the personal link goes."""
TO, ID, DATE = "to@recipient.invalid", "id@recipient.invalid", "Thu, 01 Jan 1970 00:00:00 +0000"
SUBJECT, SOURCE = "subject-stands-here", "source@stands.invalid"
TIMEOUT_S: Final = 10
"""For all answers about one mail, the connection included; half of a shard's lease (delivery/fanout)."""
WIDTH: Final = 160
"""Characters of a line: RFC 5322 allows 998 bytes, a character has up to four, and up to six once escaped for HTML."""

ACCEPTED, WILL_FORWARD, CLOSING = 250, 251, 421
NO_MAILBOX: Final = frozenset({550, 551, 553})
OTHER_REASON: Final = re.compile(rb"5\.(?!1\.)\d")

HTML: Final = """<!doctype html>
<html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>
{title}
</title>
<body style="margin:0;background:#f6f7f8;color:#14202b;font:17px/1.5 system-ui,sans-serif">
<div style="max-width:38rem;margin:0 auto;padding:24px;background:#fff">
{parts}
</div></body></html>
"""


class EmailBad(BadInput):
    """Not an e-mail address."""

    code = "email-bad"


class MailServerDown(ChannelDown):
    """The mail server cannot be reached, does not let us in, or does not answer."""

    code = "mail-server-down"


class Timed(smtplib.SMTP):
    """A connection whose answers must come before `end` (monotonic): what is slow at every step is slow once."""

    end: float | None = None

    def getreply(self) -> tuple[int, bytes]:
        """The next answer; TimeoutError, as smtplib wraps it, when the time is over."""
        if self.sock is not None and self.end is not None:
            self.sock.settimeout(max(0.01, self.end - time.monotonic()))
        return super().getreply()


class TimedTls(Timed, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class Sender:
    """One worker's kept connection to the mail server."""

    def __init__(self, machine: Machine) -> None:
        self.url = urlsplit(machine.smtp_url)
        self.mail_from = machine.mail_from
        self.smtp: Timed | None = None
        self.end = 0.0

    def connection(self) -> smtplib.SMTP:
        """The connection, opened when needed: smtp://, smtps:// or smtp+starttls://. Raises MailServerDown."""
        if self.smtp is None:
            try:
                self.smtp = self.connect()
            except (
                smtplib.SMTPException,
                OSError,
                ValueError,
            ) as err:  # ValueError: BEFFROI_SMTP has no number as port
                raise MailServerDown(why=type(err).__name__) from err
        self.smtp.end = self.end
        return self.smtp

    def connect(self) -> Timed:
        """A new connection, encrypted and logged in as the URL says."""
        host, port, left = self.url.hostname or "localhost", self.url.port or 25, max(0.01, self.end - time.monotonic())
        if self.url.scheme == "smtps":
            smtp: Timed = TimedTls(host, port, timeout=left, context=ssl.create_default_context())
        else:
            smtp = Timed(host, port, timeout=left)
        smtp.end = self.end
        smtp.ehlo()
        if self.url.scheme == "smtp+starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if self.url.username:
            smtp.login(self.url.username, self.url.password or "")
        return smtp

    def send(self, edition: bytes, envelope: Envelope, targets: Iterable[Target]) -> Iterator[Receipt]:
        """One mail each over the kept connection. Raises MailServerDown once the server does not answer or takes
        nothing from us: to wait for it once more for each of them would take hours."""
        frame = self.frame(edition, envelope)
        for target in targets:
            yield self.deliver(target, frame, envelope)

    def frame(self, edition: bytes, envelope: Envelope) -> bytes:
        """The whole mail with stand-ins for what is personal."""
        content = json.loads(edition)
        mail = EmailMessage(policy=POLICY)
        mail["From"], mail["To"], mail["Subject"] = SOURCE, TO, SUBJECT
        mail["Date"], mail["Message-ID"] = DATE, f"<{ID}>"
        mail["Auto-Submitted"] = "auto-generated"
        if not envelope.is_note:
            mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"] = f"<{LEAVE}>", "List-Unsubscribe=One-Click"
        mail.set_content(content["text"], cte="8bit")
        mail.add_alternative(content["html"], subtype="html", cte="8bit")
        return (
            mail.as_bytes()
            .replace(SUBJECT.encode(), encoded("Subject", content["subject"]), 1)
            .replace(SOURCE.encode(), encoded("From", content["source"]) + f" <{self.mail_from}>".encode(), 1)
        )

    def personal(self, frame: bytes, target: Target, envelope: Envelope) -> bytes:
        """The mail to one person. The same call to the same person always bears the same Message-ID, so a repeat is
        known as one."""
        mark = hashlib.sha256(f"{envelope.tag} {envelope.number} {target.id}".encode()).hexdigest()[:24]
        domain = self.mail_from.rsplit("@", 1)[-1]
        return (
            frame.replace(TO.encode(), target.address["email"].encode())
            .replace(ID.encode(), f"{envelope.tag}.{envelope.number}.{mark}@{domain}".encode())
            .replace(DATE.encode(), format_datetime(clock.now()).encode())
            .replace(LEAVE.encode(), target.leave_url.encode())
        )

    def deliver(self, target: Target, frame: bytes, envelope: Envelope) -> Receipt:
        """One mail to one person, and what became of it."""
        self.end = time.monotonic() + TIMEOUT_S
        try:
            return self.hand_over(target, self.personal(frame, target, envelope))
        except (smtplib.SMTPException, OSError) as err:
            self.drop()
            if isinstance(err, TimeoutError) or isinstance(err.__context__, TimeoutError):
                raise MailServerDown(why="silent") from err  # smtplib calls it a disconnection
            return Receipt(target.id, Result.LATER, "mail-server-left")
        except (ValueError, KeyError):  # smtplib sends no command with a line break or letters that are not ASCII
            self.drop()
            return Receipt(target.id, Result.REFUSED, "address-broken")

    def hand_over(self, target: Target, mail: bytes) -> Receipt:
        """The commands of one mail (RFC 5321 section 3.3); whatever the server answers becomes a receipt."""
        smtp, code = self.begin()
        if code != ACCEPTED:
            self.drop()
            raise MailServerDown(why=str(code))
        code, said = smtp.rcpt(target.address["email"])
        about_recipient: bytes | None = said
        if code in {ACCEPTED, WILL_FORWARD}:
            code, about_recipient = content(smtp, mail), None
        if code == ACCEPTED:
            return Receipt(target.id, Result.ACCEPTED)
        self.forget(smtp, code)
        return judged(target.id, code, about_recipient)

    def forget(self, smtp: smtplib.SMTP, code: int) -> None:
        """Ready for the next mail after one that was not taken."""
        try:
            if code == CLOSING:
                self.drop()
            else:
                smtp.rset()
        except smtplib.SMTPServerDisconnected:
            self.drop()

    def begin(self) -> tuple[smtplib.SMTP, int]:
        """A connection and its answer to MAIL. Servers close kept connections when they like: then on a new one."""
        is_kept = self.smtp is not None
        try:
            smtp = self.connection()
            code = self.ask(smtp)
        except smtplib.SMTPServerDisconnected as err:
            if not is_kept or isinstance(err.__context__, TimeoutError):
                raise
            code = CLOSING
        if code == CLOSING and is_kept:
            self.drop()
            smtp = self.connection()
            code = self.ask(smtp)
        return smtp, code

    def ask(self, smtp: smtplib.SMTP) -> int:
        """MAIL FROM."""
        return smtp.mail(self.mail_from, ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else [])[0]

    def close(self) -> None:
        """Leave the server, politely if it still listens."""
        if self.smtp is not None:
            self.smtp.end = time.monotonic() + 1
            try:
                self.smtp.quit()
            except (smtplib.SMTPException, OSError):
                self.drop()
            self.smtp = None

    def drop(self) -> None:
        """Leave a connection that is of no use any more."""
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None


def content(smtp: smtplib.SMTP, mail: bytes) -> int:
    """DATA and the mail; the code of the answer, of whichever of the two was refused."""
    try:
        return smtp.data(mail)[0]
    except smtplib.SMTPDataError as err:
        return err.smtp_code


def encoded(name: str, text: str) -> bytes:
    """A header's text by RFC 2047. EmailMessage would do it, but it loses a blank where it folds between two words of
    which one has an accent (seen with Python 3.11: "a pas étérenouvelée")."""
    return Header(text, "utf-8", header_name=name, maxlinelen=70).encode(linesep="\r\n").encode("ascii")


def judged(row_id: int, code: int, about_recipient: bytes | None) -> Receipt:
    """What a refusal means: 4xx try again; "no such mailbox" ends the subscription; any other 5xx is a failure.

    A server that does not like *us* says 550 too, with an enhanced code (RFC 3463) other than 5.1: that must not end
    every subscription of a city in one night.
    """
    if 400 <= code < 500:
        return Receipt(row_id, Result.LATER, str(code))
    is_gone = about_recipient is not None and code in NO_MAILBOX and not OTHER_REASON.match(about_recipient)
    return Receipt(row_id, Result.GONE if is_gone else Result.REFUSED, str(code))


class Email:
    """The channel."""

    name: Final = "email"

    def render(self, message: Message) -> bytes:
        """Subject, text and HTML. Everything from outside is cleaned; nothing in it can become a header or a tag."""
        with translation.override(message.language):
            subject, lines = self.words(message)
        html = HTML.format(
            lang=escape(message.language), title=escape(cut(subject, WIDTH)),
            parts="\n".join(block("p" if number else "h1", *line) for number, line in enumerate(lines)),
        )  # fmt: skip
        text = "\n\n".join(wrapped(f"{words} {link}".strip()) for words, link in lines) + "\n"
        edition = {"subject": subject, "text": text, "html": html, "source": clean_line(message.source)}
        return json.dumps(edition, ensure_ascii=False).encode()

    def words(self, message: Message) -> tuple[str, list[tuple[str, str]]]:
        """Subject, and the paragraphs, each with our link at its end: what to do first, then where and until when, why,
        who says so. An exercise says so in the first and in the last."""
        headline = clean_line(message.headline)
        drill = _("EXERCISE. Nothing has happened.") if message.is_exercise else ""
        until = ""
        if message.where or not message.is_note:
            moment = date_format(message.expires, "DATETIME_FORMAT")
            until = _("Where: %(where)s. Until %(until)s.") % {"where": clean_line(message.where), "until": moment}
        said = [drill, headline, clean_text(message.instruction), until, clean_text(message.description)]
        lines = [(line, "") for line in [*said, clean_line(message.source)]]
        lines += [("", message.url), *([] if message.is_note else [(_("Stop these messages:"), LEAVE)]), (drill, "")]
        subject = f"{_('EXERCISE')}: {headline}" if message.is_exercise else headline
        return subject, [line for line in lines if any(line)]

    def preview(self, edition: bytes) -> tuple[str, str]:
        """Subject and text."""
        content = json.loads(edition)
        return content["subject"], content["text"].replace(LEAVE, "…")

    def address(self, given: Mapping[str, object], machine: Machine) -> dict[str, str]:  # noqa: ARG002
        """A mail address, checked; its domain in lower case and in ASCII. No quoted names: they may hold anything."""
        email = str(given.get("email", "")).strip()
        try:
            validate_email(email)
        except ValidationError as err:
            raise EmailBad() from err
        local, _at, domain = email.rpartition("@")
        if '"' in local or not local.isprintable():
            raise EmailBad()
        return {"email": f"{local}@{punycode(domain.lower())}"}

    def same(self, address: Mapping[str, str]) -> str:
        """Mailboxes differ by more than case almost nowhere."""
        return address["email"].lower()

    def open(self, machine: Machine) -> Sender:
        """A connection of one worker."""
        return Sender(machine)


def pieces(line: str) -> list[str]:
    """A line cut at blanks into lines of at most WIDTH characters, and where there is no blank, through."""
    return textwrap.wrap(line, WIDTH, break_on_hyphens=False) or [""]


def wrapped(text: str) -> str:
    """Plain text in lines that every mail server takes."""
    return "\n".join(piece for line in text.split("\n") for piece in pieces(line))


def block(tag: str, text: str, link: str) -> str:
    """A paragraph of HTML, with its own direction of writing, in which our own link, and no other, can be followed."""
    inner = "<br>\n".join("\n".join(map(escape, pieces(line))) for line in text.split("\n"))
    followed = f'\n<a href="{escape(link)}">{escape(link)}</a>' if link else ""
    return f'<{tag} dir="auto">\n{inner}{followed}\n</{tag}>'


CHANNEL = Email()
