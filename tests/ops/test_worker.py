"""The options of `beffroi worker`; the process itself is tried in test_worker_loop.py."""

from __future__ import annotations

import argparse

from beffroi.ops import worker


def test_options() -> None:
    parser = argparse.ArgumentParser()
    worker.arguments(parser)
    assert not parser.parse_args([]).only_delivery
    assert parser.parse_args(["--only-delivery"]).only_delivery
    assert callable(parser.parse_args([]).run)
