"""What each error code means, in words for the person who meets it: what happened, what to do. docs/errors.md has the list."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _


class Words(NamedTuple):
    """Texts that are translated when shown; `%(name)s` stands for a fact of the error."""

    title: Any
    happened: Any
    advice: Any


AGAIN: Final = _("Go back and try again.")
CHECK: Final = _("Correct it and send it again. Nothing was changed.")
ASK: Final = _("Tell whoever runs this site, with the code below.")

WORDS: Final[dict[str, Words]] = {
    "internal": Words(
        _("Something broke on our side"),
        _("The page could not be made. What you sent was not taken."),
        _("Try again in a minute. In danger, call 112: it does not depend on this page."),
    ),
    "bad-input": Words(
        _("We could not read this"), _("Something in what was sent is not as it should be."), CHECK
    ),
    "not-allowed": Words(
        _("You may not do this"), _("Your account has no right to this."), _("Ask a colleague who has, or your administrator.")
    ),
    "not-found": Words(
        _("There is nothing here"), _("This page does not exist, or no longer."), _("Look at what is happening now.")
    ),
    "conflict": Words(
        _("It has changed meanwhile"),
        _("Somebody else was faster, or it is no longer in a state that allows this. Nothing was changed."),
        _("Open it again and look before you go on."),
    ),
    "too-large": Words(
        _("That is too much at once"), _("What was sent is larger than we take. Nothing was changed."), _("Send less.")
    ),
    "too-many": Words(
        _("Too many requests"), _("Too many came from your connection in a short time."),
        _("Wait %(wait_s)s seconds and try again."),
    ),
    "unavailable": Words(
        _("Not available at the moment"),
        _("A part that this needs does not answer. Nothing was changed and nothing was sent."),
        _("Try again in a minute. Pages with alerts still work. In danger, call 112."),
    ),
    "form-forged": Words(
        _("This form is too old"), _("The page was open for long, or cookies are switched off. Nothing was changed."),
        _("Open the page again and send the form again."),
    ),
}  # fmt: skip


def words_of(code: str) -> Words:
    """The words for a code; a plug-in's unknown code gets the words of `internal`."""
    return WORDS.get(code, WORDS["internal"])
