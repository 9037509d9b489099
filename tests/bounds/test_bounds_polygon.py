"""Polygons on logarithmic axes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.bounds.excluded import Excluded
from scotopic.bounds.polygon import contains, crossing_edges, from_intervals, lowest

SQUARE = (np.array([1.0, 10.0, 10.0, 1.0]), np.array([1.0, 1.0, 10.0, 10.0]))
# an L: the upper right quarter of a 100 x 100 square is missing
ELL = (np.array([1.0, 100.0, 100.0, 10.0, 10.0, 1.0]), np.array([1.0, 1.0, 10.0, 10.0, 100.0, 100.0]))


def test_points_in_a_square():
    inside = contains(*SQUARE, [2.0, 0.5, 20.0, 5.0, 5.0, np.nan], [2.0, 2.0, 2.0, 0.5, 20.0, 2.0])
    assert inside.tolist() == [True, False, False, False, False, False]


def test_points_in_an_l_shape():
    assert contains(*ELL, [50.0, 5.0, 50.0], [5.0, 50.0, 50.0]).tolist() == [True, True, False]


def test_edges_are_straight_on_logarithmic_axes():
    x, y = np.array([1.0, 100.0, 100.0]), np.array([1.0, 100.0, 1.0])
    # on the diagonal y = x the point (10, 10) is the border; in linear terms (10, 9) would be, too
    assert contains(x, y, 10.0, 9.99)
    assert not contains(x, y, 10.0, 10.01)
    assert lowest(x, y, np.array([10.0, 0.5, 101.0]))[0] == pytest.approx(1.0)


def test_lowest_is_nan_outside():
    assert np.isnan(lowest(*SQUARE, np.array([0.9, 11.0]))).all()
    np.testing.assert_allclose(lowest(*ELL, np.array([1.0, 5.0, 100.0])), 1.0)


@given(
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=12, unique=True),
    st.floats(-0.9, 0.9),
    st.floats(-0.9, 0.9),
)
def test_star_shaped_outline_agrees_with_polar_coordinates(radii, dx, dy):
    angles = 2 * np.pi * np.arange(len(radii)) / len(radii)
    corners = np.array(radii)[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    angle, number = np.arctan2(dy, dx) % (2 * np.pi), len(radii)
    one = int(angle / (2 * np.pi) * number) % number
    first, second = corners[one], corners[(one + 1) % number]
    edge = second - first
    side = edge[0] * (dy - first[1]) - edge[1] * (dx - first[0])
    if abs(side) < 1e-9:
        return
    assert crossing_edges(*np.exp(corners.T)) is None
    assert bool(contains(*np.exp(corners.T), np.exp(dx), np.exp(dy))) == (side > 0.0)


def test_crossing_edges_are_named():
    bow = np.array([1.0, 10.0, 10.0, 1.0]), np.array([1.0, 10.0, 1.0, 10.0])
    assert crossing_edges(*bow) == (1, 3)
    assert crossing_edges(*SQUARE) is None


def test_intervals_make_outlines():
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    intervals = [[(1.0, 2.0)], [(1.5, 3.0)], [], [(1.0, 1.0)], [(1.0, 2.0)], [(3.0, 4.0)], [(3.5, 5.0)], []]
    pieces = from_intervals(x, intervals)
    assert [one[0].tolist() for one in pieces] == [
        [1.0, 2.0, 2.0, 1.0],
        [4.0, 5.0, 5.0],
        [6.0, 7.0, 7.0, 6.0],
    ]
    assert [one[1].tolist() for one in pieces] == [
        [1.0, 1.5, 3.0, 2.0],
        [1.0, 1.0, 2.0],
        [3.0, 3.5, 5.0, 4.0],
    ]
    far = (1e6, 2e6)  # at one x only
    both = from_intervals(x[:2], [[(1.0, 2.0), far], [(1.5, 3.0)]])
    assert np.array_equal(both, pieces[:1])
    assert from_intervals(x, [[] for _ in x]) == ()


def test_outlines_part_and_meet():
    """A ring: one interval parts into two, which become one again."""
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    whole, parts = [(1.0, 8.0)], [(1.0, 2.0), (4.0, 8.0)]
    pieces = from_intervals(x, [whole, whole, parts, whole, whole])
    spans = sorted((min(px), max(px), min(py), max(py)) for px, py in pieces)
    assert spans == [(1.0, 2.0, 1.0, 8.0), (2.0, 4.0, 1.0, 8.0), (2.0, 4.0, 1.0, 8.0), (4.0, 5.0, 1.0, 8.0)]
    inside = [bool(sum(contains(*one, at, 3.0) for one in pieces)) for at in (1.5, 3.0, 4.5)]
    assert inside == [True, False, True]


def test_excluded_intervals_of_one_case_unite():
    lists = [[(1.0, 2.0)], [], [(3.0, 5.0), (1.0, 2.0), (4.0, 6.0)], [(1.0, np.inf)]]
    found = Excluded.of_lists(lists).united()
    assert found.lists(4) == [[(1.0, 2.0)], [], [(1.0, 2.0), (3.0, 6.0)], [(1.0, np.inf)]]
    assert np.array_equal(found.lowest(4), [1.0, np.nan, 1.0, 1.0], equal_nan=True)
