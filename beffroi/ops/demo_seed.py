"""What a demo city starts with: zones, staff, invented subscriptions, and a red warning that lies ready as a draft."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from typing import Final

from django.conf import settings

from beffroi import city
from beffroi.audience import actions as audience
from beffroi.audience.actions import Wish
from beffroi.audience.models import Subscription
from beffroi.crisis import intake
from beffroi.crisis.models import Message
from beffroi.lib import base64url, clock, grid
from beffroi.ops import demo, demo_cast, demo_people, demo_warning, demo_zones, pushkeys
from beffroi.places import select as places

PEOPLE: Final = 20_000
MAILS: Final = 20
"""One in so many has e-mail instead of push."""
SEED: Final = 2024
BATCH: Final = 2000


def seed(say: Callable[[str], None]) -> None:
    """Add what is missing."""
    demo_zones.load(say)
    demo_cast.hire()
    if not Subscription.objects.exists():
        say(f"Inventing {PEOPLE} subscriptions ...")
        for wishes in batches():
            audience.subscribe_many(wishes)
    if not Message.objects.exists():
        intake.receive(warning(), intake.Way(name="command"))


def warning() -> bytes:
    """The demo's red warning, as if it came in now."""
    template = (demo_zones.folder() / "warning.xml.tmpl").read_text(encoding="utf-8")
    return demo_warning.warning(template, identifier=f"demo-{secrets.token_hex(6)}", sent_at=clock.now())


def batches() -> Iterator[list[Wish]]:
    """The invented subscriptions, some thousand at a time."""
    shapes = places.shapes()
    dice = random.Random(SEED)  # noqa: S311 - the same people at each first start
    pool = pushkeys.Pool.load(demo.sinks())
    languages, batch = city.current().languages, []
    for number, (lat, lon) in enumerate(demo_people.spread(shapes, PEOPLE, SEED)):
        batch.append(wish(number, grid.cell(lat, lon), dice.choices(languages, weight(languages))[0], pool))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def weight(languages: tuple[str, ...]) -> list[int]:
    """Most speak the first language, a third the second, few the others."""
    return [60, 30, *[5] * len(languages)][: len(languages)]


def wish(number: int, cell: int, language: str, pool: pushkeys.Pool) -> Wish:
    """One invented subscription; all take part in exercises, or the demo could show none."""
    if number % MAILS == 0:
        address = {"email": f"resident{number}@residents.example"}
        return Wish(
            channel="email",
            address=address,
            same=address["email"],
            language=language,
            floor=0,
            is_exercise=True,
            cells=[cell],
        )
    phone = pool.phones[number % pushkeys.PAIRS]
    endpoint = f"https://{settings.OPEN_HOSTS[0]}/push/{number % pushkeys.PAIRS}/{secrets.token_urlsafe(24)}"
    address = {"endpoint": endpoint, "p256dh": base64url.encode(phone.p256dh), "auth": base64url.encode(phone.auth)}
    return Wish(
        channel="webpush", address=address, same=endpoint, language=language, floor=0, is_exercise=True, cells=[cell]
    )
