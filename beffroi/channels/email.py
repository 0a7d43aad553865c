"""Channel `email`: text and HTML by SMTP, rendered once a language; only address, id and leave link differ."""

from __future__ import annotations

import hashlib
import json
import smtplib
import ssl
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from beffroi.delivery.channel import Envelope, Machine, Message, Receipt, Result, Target
from beffroi.errors import BadInput
from beffroi.lib import clock
from beffroi.lib.text import clean_line, clean_text

POLICY: Final = SMTP.clone(cte_type="8bit")
LEAVE: Final = "https://leave.invalid/"
"""Stands in the edition where the personal link goes."""
TO, ID, DATE = "to@recipient.invalid", "id@recipient.invalid", "Thu, 01 Jan 1970 00:00:00 +0000"
TIMEOUT_S: Final = 20

HTML: Final = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport"
content="width=device-width">
<title>{headline}</title><body style="margin:0;background:#f6f7f8;color:#14202b;font:17px/1.5 system-ui,sans-serif">
<div style="max-width:38rem;margin:0 auto;padding:24px;background:#fff">{parts}</div></body></html>"""


class EmailBad(BadInput):
    """Not an e-mail address."""

    code = "email-bad"


class Sender:
    """One worker's kept connection to the mail server."""

    def __init__(self, machine: Machine) -> None:
        self.url = urlsplit(machine.smtp_url)
        self.mail_from = machine.mail_from
        self.smtp: smtplib.SMTP | None = None

    def connection(self) -> smtplib.SMTP:
        """The connection, opened when needed: smtp://, smtps:// or smtp+starttls://."""
        if self.smtp is None:
            host, port = self.url.hostname or "localhost", self.url.port or 25
            if self.url.scheme == "smtps":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, port, timeout=TIMEOUT_S, context=ssl.create_default_context()
                )
            else:
                smtp = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
            smtp.ehlo()
            if self.url.scheme == "smtp+starttls":
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if self.url.username:
                smtp.login(self.url.username, self.url.password or "")
            self.smtp = smtp
        return self.smtp

    def send(self, edition: bytes, envelope: Envelope, targets: Iterable[Target]) -> Iterator[Receipt]:
        """One mail each over the kept connection."""
        frame = self.frame(edition, envelope)
        for target in targets:
            yield self.deliver(target, self.personal(frame, target, envelope))

    def frame(self, edition: bytes, envelope: Envelope) -> bytes:
        """The whole mail with stand-ins for what is personal."""
        content = json.loads(edition)
        mail = EmailMessage(policy=POLICY)
        mail["From"] = Address(content["source"], addr_spec=self.mail_from)
        mail["To"], mail["Subject"] = TO, content["subject"]
        mail["Date"], mail["Message-ID"] = DATE, f"<{ID}>"
        mail["Auto-Submitted"] = "auto-generated"
        if not envelope.is_note:
            mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"] = f"<{LEAVE}>", "List-Unsubscribe=One-Click"
        mail.set_content(content["text"], cte="8bit")
        mail.add_alternative(content["html"], subtype="html", cte="8bit")
        return mail.as_bytes()

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

    def deliver(self, target: Target, mail: bytes) -> Receipt:
        """Hand one mail to the server."""
        try:
            self.connection().sendmail(self.mail_from, [target.address["email"]], mail, mail_options=["BODY=8BITMIME"])
        except smtplib.SMTPRecipientsRefused as err:
            return judged(target.id, next(iter(err.recipients.values()))[0], is_recipient=True)
        except smtplib.SMTPResponseException as err:
            if err.smtp_code == 421:
                self.close()
            return judged(target.id, err.smtp_code, is_recipient=False)
        except (smtplib.SMTPException, OSError) as err:
            self.close()
            return Receipt(target.id, Result.LATER, f"smtp-{type(err).__name__}")
        return Receipt(target.id, Result.ACCEPTED)

    def close(self) -> None:
        """Leave the server, politely if it still listens."""
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None


def judged(row_id: int, code: int, *, is_recipient: bool) -> Receipt:
    """What a server's refusal means: 4xx try again; 5xx for the recipient ends the subscription; any other 5xx is a
    failure."""
    if 400 <= code < 500:
        return Receipt(row_id, Result.LATER, str(code))
    return Receipt(row_id, Result.GONE if is_recipient else Result.REFUSED, str(code))


class Email:
    """The channel."""

    name: Final = "email"

    def render(self, message: Message) -> bytes:
        """Subject, text and HTML. Everything from outside is cleaned; nothing in it can become a header or a tag."""
        with translation.override(message.language):
            subject, lines = self.words(message)
            leave = "" if message.is_note else f"{_('Stop these messages:')} {LEAVE}"
        text = "\n\n".join(wrapped(line) for line in [*lines, leave]).strip() + "\n"
        small = f'<p style="font-size:14px;color:#555f66">{linked(leave, LEAVE)}</p>' if leave else ""
        parts = f'<h1 style="font-size:24px;line-height:1.2">{escape(lines[0])}</h1>\n' + "".join(
            f"<p>{linked(line, message.url)}</p>\n" for line in lines[1:]
        )
        html = HTML.format(lang=escape(message.language), headline=escape(subject), parts=parts + small)
        content = {"subject": subject, "text": text, "html": html, "source": clean_line(message.source)}
        return json.dumps(content, ensure_ascii=False).encode()

    def words(self, message: Message) -> tuple[str, list[str]]:
        """Subject, and the paragraphs: what to do first, then where and until when, why, who says so."""
        headline = clean_line(message.headline)
        drill = _("EXERCISE. Nothing has happened.") if message.is_exercise else ""
        until = ""
        if not message.is_note:
            moment = date_format(message.expires, "DATETIME_FORMAT")
            until = _("Where: %(where)s. Until %(until)s.") % {"where": clean_line(message.where), "until": moment}
        lines = [
            drill, headline, clean_text(message.instruction), until, clean_text(message.description),
            clean_line(message.source), message.url, drill,
        ]  # fmt: skip
        subject = f"{_('EXERCISE')}: {headline}" if message.is_exercise else headline
        return subject, [line for line in lines if line]

    def preview(self, edition: bytes) -> tuple[str, str]:
        """Subject and text."""
        content = json.loads(edition)
        return content["subject"], content["text"].replace(LEAVE, "…")

    def address(self, given: Mapping[str, object], machine: Machine) -> dict[str, str]:
        """A mail address, checked and in lower-case domain."""
        email = str(given.get("email", "")).strip()
        try:
            validate_email(email)
        except ValidationError as err:
            raise EmailBad() from err
        local, _at, domain = email.rpartition("@")
        return {"email": f"{local}@{domain.lower()}"}

    def same(self, address: Mapping[str, str]) -> str:
        """Mailboxes differ by more than case almost nowhere."""
        return address["email"].lower()

    def open(self, machine: Machine) -> Sender:
        """A connection of one worker."""
        return Sender(machine)


def wrapped(text: str) -> str:
    """Lines of about 240 characters: RFC 5322 allows 998 bytes, and a character has up to four."""
    return "\n".join(
        textwrap.fill(line, 240, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )


def linked(line: str, link: str) -> str:
    """A paragraph of text in which our own link, and no other, can be followed."""
    text, target = wrapped(escape(line)), escape(link)
    return text.replace(target, f'<a href="{target}">{target}</a>').replace("\n", "<br>\n") if link else text


CHANNEL = Email()
