"""How many chairs a dining table has room for, and from what length on it looks empty."""

import pytest

from instructscene_core.geometry.dining_tables import chairs_in_row, is_square, looks_empty, most_chairs, one_a_side


@pytest.mark.parametrize(
    ("width", "depth", "square", "most"),
    [(1.1, 1.1, True, 4), (1.31, 0.9, True, 4), (1.4, 1.3, True, 6), (1.4, 1.2, False, 6), (1.2, 0.89, False, 6)],
)
def test_a_square_table_has_a_chair_at_each_side(width, depth, square, most):
    assert is_square(width, depth) == is_square(depth, width) == square
    assert [one_a_side(width, depth, chairs) for chairs in (4, 5)] == [square, False]
    assert most_chairs(width, depth, 0.5) == most
    assert most_chairs(width, depth, 0.5, ends=False) == 4


@pytest.mark.parametrize(("width", "chairs"), [(0.4, 1), (1.03, 1), (1.05, 2), (1.55, 2), (1.57, 3), (2.1, 4)])
def test_a_row_has_as_many_chairs_as_have_elbow_room(width, chairs):
    assert chairs_in_row(width, 0.5) == chairs
    assert most_chairs(width, 0.8, 0.5) == 2 * chairs + 2


def test_wider_chairs_are_fewer():
    assert [chairs_in_row(1.8, chair) for chair in (0.4, 0.5, 0.6, 0.9)] == [4, 3, 2, 1]


@pytest.mark.parametrize(("chairs", "longest"), [(1, 1.3), (2, 1.3), (3, 2.4), (4, 2.4), (5, 3.0), (6, 3.0)])
def test_a_table_that_is_long_for_its_chairs_looks_empty(chairs, longest):
    assert not looks_empty(longest, chairs)
    assert looks_empty(longest + 0.01, chairs)


@pytest.mark.parametrize("chairs", [0, 7, 8, 12])
def test_no_table_looks_empty_with_many_chairs_or_because_it_has_none(chairs):
    assert not looks_empty(4.0, chairs)
