"""Every fault of the chain has words; the rest of the command is tried in test_log.py."""

from __future__ import annotations

import ast
import inspect

from beffroi.ops import log_lines
from beffroi.people import chain


def test_every_fault_has_words() -> None:
    told = {node.value for node in ast.walk(ast.parse(inspect.getsource(chain.fault_of)))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isalpha()}  # fmt: skip
    assert told == set(log_lines.FAULTS)
