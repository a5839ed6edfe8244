"""Thirty things that people place, each with what they expect to see."""

import pytest
from placement_tasks import TASKS, Operator, clear

pytestmark = pytest.mark.usefixtures("settings")


def test_there_are_thirty():
    assert len(TASKS) >= 30


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_it_is_placed_as_expected(task):
    clear()
    task.run(Operator())
