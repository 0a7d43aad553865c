"""`beffroi prove`: run the full sizes with the real parts and write what came out to docs/proofs/*.json, with date
and machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from beffroi.errors import Unavailable

CHECKOUT = Path(__file__).parents[2]
PROOFS = CHECKOUT / "docs" / "proofs"
BEFFROI = [sys.executable, "-m", "beffroi"]
LONGEST_S = 600


class ProofFailed(Unavailable):
    """A part of a proof did not run: facts `step`, `status`."""

    code = "proof-failed"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which proofs; all when none is named."""
    parser.add_argument("name", nargs="*", choices=[*PROOFS_BY_NAME, []], help=f"one of: {', '.join(PROOFS_BY_NAME)}")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run them one after the other."""
    PROOFS.mkdir(parents=True, exist_ok=True)
    for name in options.name or PROOFS_BY_NAME:
        sys.stdout.write(f"{name} ...\n")
        sys.stdout.flush()
        found = {"name": name, **circumstances(), "figures": PROOFS_BY_NAME[name]()}
        (PROOFS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(json.dumps(found["figures"]) + "\n")
    return 0


def circumstances() -> dict[str, Any]:
    """When, on what, of which commit."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    machine = [f"{os.cpu_count()} cores", platform.machine(), platform.system(), f"Python {platform.python_version()}"]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": ", ".join(machine),
        "commit": commit.stdout.strip(),
    }


def alert_to_everyone() -> dict[str, Any]:
    """The demo's exercise on an empty state: 20,000 subscriptions, one worker, the demo's sinks, all on this
    machine."""
    with tempfile.TemporaryDirectory(prefix="beffroi-proof-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        env = {**os.environ, "BEFFROI_STATE": folder, "BEFFROI_DEMO": "1"}
        told("demo", "prepare", env=env)
        home = told("demo", "home", env=env).strip().splitlines()[-1]
        with running(["sinks", "--folder", f"{home}/sinks"], env), running(["demo", "worker"], env):
            line = told("demo", "play", "--json", env=env).strip().splitlines()[-1]
    found: dict[str, Any] = json.loads(line)
    return found


def told(*words: str, env: dict[str, str]) -> str:
    """What a command of ours prints."""
    done = subprocess.run(
        [*BEFFROI, *words], cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    if done.returncode != 0:
        sys.stderr.write(done.stderr[-4000:])
        raise ProofFailed(step=" ".join(words), status=done.returncode)
    return done.stdout


@contextmanager
def running(words: list[str], env: dict[str, str]) -> Iterator[None]:
    """A process of ours beside."""
    process = subprocess.Popen([*BEFFROI, *words], cwd=CHECKOUT, env=env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(15)


def read_cap() -> dict[str, Any]:
    """Every message of the real corpus beside the checkout where it is, else those written for the tests: full parse
    and checks."""
    real = CHECKOUT / ".." / "shared" / "data" / "cap" / "messages"
    corpus = real if real.is_dir() else CHECKOUT / "tests" / "data" / "cap"
    found: dict[str, Any] = json.loads(told("bench", "cap", "--json", str(corpus), env=dict(os.environ)))
    return {"corpus": "real messages" if corpus is real else "messages of the tests", **found}


PROOFS_BY_NAME: dict[str, Callable[[], dict[str, Any]]] = {
    "read-cap": read_cap,
    "alert-to-everyone": alert_to_everyone,
}
