"""matrix.py as tests: ``pytest tests/blender/test_matrix.py``; skipped where a Blender is not named."""

import importlib.util
import os
from functools import cache
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("matrix", Path(__file__).with_name("matrix.py"))
matrix = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(matrix)


@cache
def archive(runtime):
    """The zip, built once, relative to the project."""
    return os.path.relpath(matrix.build(runtime).resolve(), matrix.ROOT)


@pytest.mark.parametrize("case", matrix.CASES, ids=lambda case: case.version)
def test_the_zip_in_each_blender(case):
    if not case.command():
        pytest.skip(f"{case.variable} names no program")
    outcome = matrix.run(case, archive(case.runtime))
    assert not outcome.failure, outcome.failure
    assert set(outcome.seconds) == set(matrix.STEPS)
    assert outcome.version.startswith(case.version)
