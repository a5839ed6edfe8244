"""The presets of the add-on ask for what the reader understands."""

import ast
from pathlib import Path

import pytest

from instructscene_core.instructions.read.brief import read_brief

PRESETS = sorted((Path(__file__).parents[2] / "addon" / "presets" / "instructscene").glob("*.py"))


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_word_is_understood(path):
    values = {ast.unparse(line.targets[0]): line.value for line in ast.parse(path.read_text("utf-8")).body[1:]}
    brief = read_brief(values["settings.instruction"].value, values["settings.room_type"].value)
    assert brief.not_understood == ()
    assert len(brief.pieces) > 2
