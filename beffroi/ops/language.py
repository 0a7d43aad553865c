"""`beffroi language`: compile the translations, or say what is not translated yet. A language is one folder in
beffroi/locale."""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from beffroi.errors import Unavailable


class ToolMissing(Unavailable):
    """The command is for development and its tool is not installed here; a checkout has it (`scripts/setup`)."""

    code = "tool-missing"


try:
    from babel.messages.catalog import Catalog, Message
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po, write_po
except ModuleNotFoundError as err:
    raise ToolMissing(package="babel", reason="translators work in a checkout") from err

HOUSE: Final = Path(__file__).parents[1]
LOCALE: Final = HOUSE / "locale"
FUNCTIONS: Final = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy"}
QUOTED: Final = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')"""
TRANSLATE: Final = re.compile(rf"{{%\s*translate\s+{QUOTED}(?:\s+context\s+{QUOTED})?")
BLOCK: Final = re.compile(r"{%\s*blocktranslate\b([^%]*)%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
PLURAL: Final = re.compile(r"{%\s*plural\s*%}")
VARIABLE: Final = re.compile(r"{{\s*(\w+)\s*}}")


class Msgid(NamedTuple):
    """One text to translate: its context, its singular, its plural."""

    context: str | None
    one: str
    many: str | None

    @property
    def id(self) -> str | tuple[str, str]:
        """As a catalogue names it."""
        return self.one if self.many is None else (self.one, self.many)


def arguments(parser: argparse.ArgumentParser) -> None:
    """`compile`, `check`, `update`."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    actions.add_parser("compile", help="make what the pages read").set_defaults(run=run_compile)
    actions.add_parser("check", help="list what is not translated; 1 if there is any").set_defaults(run=run_check)
    actions.add_parser("update", help="add new texts to every language, empty").set_defaults(run=run_update)


def run_compile(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Compile every language."""
    compile_all()
    return 0


def run_check(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Say what is missing."""
    gaps = [(language, msgid) for language in languages() for msgid in missing(language)]
    for language, msgid in gaps:
        sys.stdout.write(f"{language}: {msgid.one}\n")
    return 1 if gaps else 0


def run_update(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Bring every catalogue up to the texts that the code has now."""
    wanted = Catalog(fuzzy=False)
    for msgid in sorted(every(), key=order):
        wanted.add(msgid.id, context=msgid.context)
    for language in languages():
        found = catalogue(language)
        found.update(wanted, no_fuzzy_matching=True)
        found.obsolete.clear()
        with source(language).open("wb") as file:
            write_po(file, found, omit_header=False, sort_output=True, width=120)
    return 0


def languages() -> list[str]:
    """The languages that have a folder."""
    return sorted(path.name for path in LOCALE.iterdir() if source(path.name).exists())


def source(language: str) -> Path:
    """What translators write."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    """What translators wrote."""
    with source(language).open("rb") as file:
        return read_po(file, locale=language)


def compile_all() -> None:
    """Make the file that Django reads beside each source, where the source is newer."""
    for language in languages():
        target = source(language).with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source(language).stat().st_mtime:
            continue
        with target.open("wb") as file:
            write_mo(file, catalogue(language))


def missing(language: str) -> list[Msgid]:
    """Texts of the house without a translation."""
    found = catalogue(language)
    return [msgid for msgid in sorted(every(), key=order) if not is_done(found.get(msgid.id, msgid.context))]


def order(msgid: Msgid) -> tuple[str, str]:
    """How lists of texts are sorted."""
    return msgid.one, msgid.context or ""


def is_done(message: Message | None) -> bool:
    """Whether every form of a text is translated and nobody marked it as doubtful."""
    if message is None or message.fuzzy:
        return False
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(texts)


def every() -> set[Msgid]:
    """Every text that the house translates, in code and in templates."""
    found = {msgid for path in HOUSE.rglob("*.py") for msgid in of_code(path.read_text(encoding="utf-8"))}
    return found | {msgid for path in HOUSE.rglob("*.html") for msgid in of_template(path.read_text(encoding="utf-8"))}


def of_code(text: str) -> Iterator[Msgid]:
    """Texts in calls of gettext, whatever it is called there."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name not in FUNCTIONS or not words:
            continue
        if name.startswith("pgettext"):
            yield Msgid(words[0], words[1], None)
        elif name.startswith("ngettext"):
            yield Msgid(None, words[0], words[1])
        else:
            yield Msgid(None, words[0], None)


def of_template(text: str) -> Iterator[Msgid]:
    """Texts in `translate` and `blocktranslate`."""
    for match in TRANSLATE.finditer(text):
        double, single, context, other = match.groups()
        yield Msgid(context or other, double or single or "", None)
    for match in BLOCK.finditer(text):
        options, inside = match.groups()
        parts = [written(part, is_trimmed="trimmed" in options) for part in PLURAL.split(inside)]
        yield Msgid(None, parts[0], parts[1] if len(parts) > 1 else None)


def written(text: str, *, is_trimmed: bool) -> str:
    """A block as Django makes a msgid of it."""
    inside = VARIABLE.sub(r"%(\1)s", text.replace("%", "%%"))
    return " ".join(line.strip() for line in inside.splitlines() if line.strip()) if is_trimmed else inside
