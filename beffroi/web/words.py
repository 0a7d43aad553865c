"""What each error code means, in words for the person who meets it: what happened, what to do. docs/errors.md has
the list."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _


class Words(NamedTuple):
    """Texts that are translated when shown; `%(name)s` stands for a fact of the error."""

    title: Any
    happened: Any
    advice: Any


CHECK: Final = _("Correct it and send it again. Nothing was changed.")
REOPEN: Final = _("Open it again and look before you go on.")
ENGINEER: Final = _("Tell the engineer on duty, with the code below.")

BROKEN: Final = Words(
    _("Something broke on our side"),
    _("The page could not be made. What you sent was not taken."),
    _("Try again in a minute. In danger, call 112: it does not depend on this page."),
)
MACHINE: Final = Words(
    _("This machine is not set up right"), _("A part that this needs is missing or wrong. Nothing was sent."), ENGINEER
)
AWAY: Final = Words(
    _("Not available at the moment"),
    _("A part that this needs does not answer. Nothing was changed and nothing was sent."),
    _("Try again in a minute. Pages with alerts still work. In danger, call 112."),
)
UNREAD: Final = Words(_("We could not read this"), _("Something in what was sent is not as it should be."), CHECK)
NOTHING: Final = Words(
    _("There is nothing here"), _("This page does not exist, or no longer."), _("Look at what is happening now.")
)
AREA: Final = Words(
    _("This area cannot be used"),
    _("It is empty, broken, outside the city or not known (%(why)s). It was not turned into anything larger."),
    _("Choose the places again, or draw a simple shape."),
)
LARGE: Final = Words(
    _("That is too much at once"), _("What was sent is larger than we take. Nothing was changed."), _("Send less.")
)
LONG: Final = Words(
    _("A text is too long"),
    _("It does not fit the channel %(channel)s in the language %(language)s. Nothing was changed."),
    _("Make it shorter. The first sentence is the one that is read."),
)
DIRECTORY: Final = Words(
    _("The city's directory did not let you in"),
    _("It did not say, in a way that can be checked, that you have an account here (%(why)s). Nothing was opened."),
    _("Try again, or log in with your password. If it stays so, tell the city's administrator the word in brackets."),
)
SIGNATURE: Final = Words(
    _("The signature does not hold"),
    _("We do not believe that this message is from its sender. Nobody was told of it."),
    _("Ask the sender by another way. Do not act on the message."),
)  # fmt: skip
ZONES: Final = Words(
    _("The zones were not added"), _("The file or one of its zones cannot be used. Nothing was added."), CHECK
)
ACCOUNT: Final = Words(
    _("The account or key was not changed"), _("What was given cannot be taken. Nothing was changed."), CHECK
)
FEED: Final = Words(
    _("A feed does not answer as it should"), _("Warnings of this source may be missing. Silence is not an all-clear."),
    _("Look at the source's own page, and tell the engineer on duty."),
)  # fmt: skip
DEVICE: Final = Words(
    _("Your browser's address for messages cannot be used"),
    _("It is not one that a browser made, or not of a message service that we know. Nothing was stored."),
    _("Try again, or choose e-mail."),
)

OWN: Final[dict[str, Words]] = {
    "internal": BROKEN,
    "bad-input": UNREAD,
    "not-allowed": Words(
        _("You may not do this"), _("Your account has no right to this."),
        _("Ask a colleague who has, or your administrator."),
    ),
    "not-found": NOTHING,
    "conflict": Words(
        _("It has changed meanwhile"),
        _("Somebody else was faster, or it is no longer in a state that allows this. Nothing was changed."), REOPEN,
    ),
    "too-large": LARGE,
    "too-many": Words(
        _("Too many requests"), _("Too many came from your connection in a short time."),
        _("Wait %(wait_s)s seconds and try again."),
    ),
    "unavailable": AWAY,
    "pages-unknown": Words(
        AWAY.title, _("We cannot look for this page now. There may be an alert that you do not see here."),
        BROKEN.advice,
    ),
    "form-forged": Words(
        _("This form is too old"), _("The page was open for long, or cookies are switched off. Nothing was changed."),
        _("Open the page again and send the form again."),
    ),
    # residents
    "subscription-bad": Words(
        _("We could not read this"),
        _("The field %(field)s of the subscription is not as it should be. Nothing was stored."),
        _("Open the page again and fill it in once more."),
    ),
    "cells-bad": Words(
        _("No place, or too many"), _("A subscription needs at least one place and holds at most %(limit)s cells."),
        _("Choose your places again."),
    ),
    "email-bad": Words(
        _("We could not read the e-mail address"), _("Write the e-mail address in full, like name@example.org"), CHECK
    ),
    "push-subscription-bad": DEVICE,
    "http-refused": DEVICE,
    "http-unreachable": DEVICE,
    "link-unknown": Words(
        _("This link opens nothing any more"), _("What it opened was deleted, or the link is not complete."),
        _("Copy the whole link. If your alerts were deleted, you can set them up again in a minute."),
    ),
    "token-bad": Words(
        _("This link is not one of ours"), _("It is not complete, or somebody changed it. Nothing was changed."),
        _("Open the link again from the message that you got, and copy all of it."),
    ),
    "token-expired": Words(
        _("This link is too old"), _("It worked for a limited time, and that is over. Nothing was changed."),
        _("Set up your alerts again: you get a new message with a new link."),
    ),
    # staff
    "second-factor-missing": Words(
        _("Your account has no second factor"), _("Without one a staff account opens nothing."),
        _("Ask the city's administrator for a link to set one up."),
    ),
    "directory-failed": Words(
        _("The city's directory does not answer"), _("Nobody could be asked who you are. Nothing was opened."),
        _("Log in with your password, or try again in a minute."),
    ),
    "desk-locked": Words(
        _("The desk is locked"), _("Nobody has used it for a while."),
        _("Open the desk again and give your code or passkey."),
    ),
    "invitation-bad": Words(
        _("This link opens nothing any more"),
        _("It was used, it is older than a day, or a newer one took its place. Nothing was changed."),
        _("Ask the city's administrator for a new one."),
    ),
    "call-not-found": Words(_("There is no such call"), _("It does not exist, or the link is not complete."), REOPEN),
    "message-not-found": Words(_("There is no such message"), _("It does not exist, or the link is not complete."),
    REOPEN),
    "call-content-bad": Words(
        _("Something in the call is missing or wrong"), _("Nothing was saved."), _("Correct the marked fields.")
    ),
    "draft-in-work": Words(
        _("Somebody is at this call"), _("It waits for a person, so a robot changes nothing about it."), REOPEN
    ),
    "phase-unknown": Words(_("There is no such phase"), _("The phase was not changed."), CHECK),
    "reason-missing": Words(
        _("A reason is missing"), _("Who refuses says why. Nothing was refused yet."),
        _("Write the reason and send it again.")
    ),
    "call-changed": Words(
        _("The text has changed"),
        _("It is not the one that was on your screen. Nothing was approved and nothing was sent."),
        _("Open it again, read the new text and decide then."),
    ),
    "call-lapsed": Words(
        _("Too late: the call has lapsed"),
        _("Nobody decided in time, or its own end has come. Nothing was sent."),
        _("Open it, make a draft of it again, look at its times and hand it over."),
    ),
    "call-step-refused": Words(
        _("The call is past that"), _("It is now %(now)s and cannot become %(then)s. Nothing was changed."), REOPEN
    ),
    "not-competent": Words(
        _("Another body must approve this"), _("In the phase %(phase)s this call needs %(body)s. Nothing was sent."),
        _("Call them: the draft waits for them."),
    ),
    "no-competent-body": Words(
        _("Nobody may issue this"), _("No row of the city's competence table fits this call."),
        _("Choose another hazard or severity, or have the table completed."),
    ),
    "ending-unknown": Words(
        _("This is no outcome"), _("A call ends with an all-clear or as a false alarm. An expiry comes by itself."),
        CHECK
    ),
    "area-bad": AREA,
    "shape-bad": AREA,
    "place-bad": AREA,
    "area-too-large": Words(
        _("The area is too large"), _("No city warns so large an area at once. It was not sent to anybody."),
        _("Choose the places that are in danger."),
    ),
    "text-too-long": LONG,
    "push-too-long": LONG,
    "time-bad": Words(_("We could not read the time"), _("A date or a time is not as it should be."), CHECK),
    "cannot-sign": Words(
        _("The alert was not sent"),
        _("It could not be signed, and an alert without our signature does not leave. Nothing left."),
        ENGINEER,
    ),
    "cap-unwritable": Words(
        _("The alert was not sent"),
        _("It would not be a valid CAP message (%(element)s: %(reason)s). Nothing left."), CHECK
    ),
    "method-refused": Words(
        _("This address takes other requests"), _("They come by %(allowed)s. Nothing was read."),
        _("Send it with that method."),
    ),
    "key-refused": Words(
        _("No valid key"),
        _("The request bears no key, or one that is unknown or has ended. Nothing was read."),
        _("Send it with `Authorization: Bearer` and the key that the city gave you."),
    ),
    "key-too-narrow": Words(
        _("The key does not open this"), _("It has no right to %(action)s. Nothing was read."),
        _("Ask the city for a key that has."),
    ),
    "request-bad": Words(
        _("We could not read this"), _("The request is not as the API has it: `facts` say where. Nothing was done."),
        _("Compare it with the API's description and send it again."),
    ),
    "cursor-bad": Words(
        _("This is no page of the list"), _("The cursor is not one that this list has given."),
        _("Begin again with the newest, without a cursor."),
    ),
    "etag-stale": Words(
        _("The text has changed"), _("It is not the one that you read. Nothing was changed."),
        _("Read it again, then send your change with its new ETag."),
    ),
    "idempotency-key-bad": Words(
        _("We could not read this"), _("An Idempotency-Key is 1 to 200 visible ASCII characters. Nothing was changed."),
        CHECK,
    ),
    "idempotency-key-reused": Words(
        _("This request has a name that was used before"),
        _("The same Idempotency-Key came with another request. Nothing was changed."),
        _("Give each request a name of its own."),
    ),
    "request-in-progress": Words(
        _("We are still at it"), _("The same request came a moment ago and is being answered."),
        _("Wait a second and send it again."),
    ),
    "webhook-bad": Words(
        _("We do not send to this address"),
        _("It must be https, on port 443, at a public address (%(why)s). Nothing was stored."), CHECK
    ),
    "webhook-unknown": Words(
        _("There is no such webhook"), _("It does not exist, has ended, or belongs to another key."), REOPEN
    ),
}  # fmt: skip

SHARED: Final[tuple[tuple[Words, tuple[str, ...]], ...]] = (
    (NOTHING, ("library-unknown",)),
    (UNREAD, ("library-slot-bad", "library-slot-missing")),
    (SIGNATURE, (
        "signature-broken", "signature-invalid", "signature-missing", "signature-not-alone", "signature-not-valid-then",
        "signature-unreadable", "signature-unsupported", "signature-untrusted",
    )),
    (ZONES, ("alias-file-bad", "zone-bad", "zone-changed", "zone-file-bad", "zone-source-bad", "file-unreadable")),
    (DIRECTORY, ("directory-refused", "directory-token-refused")),
    (ACCOUNT, (
        "body-unknown", "key-bad", "key-exists", "person-bad", "person-exists", "person-unknown", "role-unknown",
    )),
    (FEED, ("feed-certificate-unreadable", "feed-links-failed", "feed-refused", "feed-unreadable", "http-timeout",
    "http-too-large")),
    (AWAY, ("channel-down", "database-failed", "disk-full", "exercise-stuck", "mail-server-down", "output-lost",
    "process-lost", "proof-failed")),
    (MACHINE, (
        "bad-setting", "border-unknown", "city-bad", "city-unknown-key", "database-other-version",
        "database-owner-missing", "database-programs-missing", "database-restored", "database-roles-same",
        "demo-data-missing", "key-broken", "key-exposed", "key-missing", "library-bad", "no-such-actor",
        "not-on-shelf", "seal-broken", "shelf-broken", "state-unusable", "tool-missing",
    )),
)  # fmt: skip
"""Codes that a reader seldom meets, and that say the same to them; docs/errors.md tells them apart for the engineer."""

WORDS: Final[dict[str, Words]] = OWN | {code: words for words, codes in SHARED for code in codes}


def words_of(code: str) -> Words:
    """The words for a code; a plug-in's unknown code gets the words of `internal`."""
    return WORDS.get(code, BROKEN)
