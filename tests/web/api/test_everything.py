"""Every operation of the OpenAPI document, asked by schemathesis on a live server: never a 5xx, and no answer that the
document does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from beffroi.calls import actions as calls
from beffroi.crisis import intake
from beffroi.delivery import publish
from beffroi.standards.cap.write import write
from tests import make
from tests.crisis.messages import alert
from tests.push_sink import PushSink
from tests.web.api.live import Live, session
from tests.web.api.partner import Partner, call

EXAMPLES: Final = 5
CHECKS: Final[list[Any]] = [
    checks.not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
RUN: Final = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.fixture
def live(town: None, bruno: Any, chiara: Any, tmp_path: Path) -> Iterator[Live]:
    """A city with a live call, a draft and a received warning, and a web in front of it."""
    make.live(bruno, chiara)
    intake.receive(write(alert("a")), intake.Way(name="command"))
    calls.draft(None, make.content())
    publish.everything()
    found = Live(tmp_path)
    yield found
    found.close()


def known(partner: Partner, url: str) -> dict[str, str]:
    """Parts of addresses that lead somewhere."""
    draft = partner.ask("POST", "/calls", call())
    live = partner.ask("GET", "/calls?state=live")["items"][0]
    warning = partner.ask("GET", "/warnings")["items"][0]
    return {
        "call_id": draft["id"], "id": live["id"], "identifier": live["cap"].rpartition("/")[2].removesuffix(".xml"),
        "warning_id": str(warning["id"]), "place": "QUARTER-nw",
        "webhook_id": partner.ask("POST", "/webhooks", {"url": url})["id"],
    }  # fmt: skip


def asked(operation: Any, mode: GenerationMode, send: Callable[[Any], None], **fixed: Any) -> None:
    """Send cases of one operation in one mode."""

    @seed(1)
    @RUN
    @given(operation.as_strategy(generation_mode=mode, **fixed))
    def run(case: Any) -> None:
        send(case)

    run()


def modes(operation: Any, names: dict[str, str]) -> Iterator[tuple[GenerationMode, dict[str, Any]]]:
    """As the document has it, as it does not, and as it has it at an address that leads somewhere."""
    yield GenerationMode.POSITIVE, {}
    if operation.body or any(True for _ in operation.iter_parameters()):
        yield GenerationMode.NEGATIVE, {}
    sent = {"call_id": names["id"]} if operation.path.startswith("/api/figures/") else {}  # a draft has no figures
    fixed = {name: value for name, value in (names | sent).items() if f"{{{name}}}" in operation.path}
    if fixed:
        yield GenerationMode.POSITIVE, {"path_parameters": fixed}


def test_no_5xx_and_no_undocumented_answer(live: Live, push_sink: PushSink) -> None:
    partner = Partner()
    names = known(partner, push_sink.endpoint())
    document = requests.get(f"{live.url}/api/openapi.json", timeout=10).json()
    statuses: dict[str, set[int]] = {}
    faults: list[str] = []
    every: list[Any] = [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]  # type: ignore[union-attr]
    for operation in sorted(every, key=lambda one: one.method == "delete"):  # what is there to be read goes last
        own, came = session(live.url), statuses.setdefault(operation.label, set())

        def send(case: Any, own: requests.Session = own, came: set[int] = came) -> None:
            answer = case.call(base_url=live.url, session=own, headers={"Authorization": f"Bearer {partner.token}"})
            came.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        for mode, fixed in modes(operation, names):
            try:
                asked(operation, mode, send, **fixed)
            except Exception as err:
                faults.append(f"{operation.label} {mode}: {type(err).__name__} {err}")
    assert faults == [], "\n\n".join(faults) + live.said()[-3000:]
    reached = {label for label, came in statuses.items() if label.startswith("GET") and 200 in came}
    missed = {label for label in statuses if label.startswith("GET")} - reached
    assert missed == set(), "known ids lead inside"
    assert 429 not in set().union(*statuses.values()), "the limit on requests would hide what lies behind it"
