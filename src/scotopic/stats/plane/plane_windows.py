"""Windows in a plane of two masses: what they expect, what they count, and the cells of toys.

A window is a rectangle or an ellipse, which is turned where the two masses are correlated. An ellipse is built of
strips, rectangles side by side in the first mass whose areas are those of the ellipse there. Windows overlap and need
not follow any binning. For toys, all edges together cut the plane into cells; events count in cells, and every
rectangle is a block of them, whose sum is four numbers of a cumulative table.
"""

from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Bools, Floats, Indices, Ints

Edges = tuple[Floats, Floats]

SAME = 2.0**40  # edges are equal if their distance is less than the plane's width over this
MOST_EDGES = 600  # of cells in one mass: more would only slow the toys down
STRIPS = 20  # of an ellipse: steps small beside its height up to a correlation of 0.98


@dataclass(frozen=True)
class Windows2D:
    """W windows of S strips each; a rectangle is one strip.

    Attributes
    ----------
    low, high : (W, S, 2)
        Lower and upper edges of the strips in either mass.
    """

    low: Floats
    high: Floats

    @classmethod
    def build(
        cls,
        edges: Edges,
        centres: Floats,
        half_widths: Floats,
        correlation: Floats | None = None,
        *,
        snap: bool,
    ) -> "Windows2D":
        """Return windows of centres and half widths (W, 2), cut off at the edges of the plane.

        They are ellipses with `correlation` (W,) between the two masses, else rectangles. With `snap` the edges of
        strips move to the nearest ones of the plane's own bins.
        """
        low, high = rectangles() if correlation is None else ellipses(correlation)
        ends = []
        for end in (low, high):
            both = []
            for axis, own in enumerate(edges):
                at = centres[:, None, axis] + end[..., axis] * half_widths[:, None, axis]
                at = np.clip(at, own[0], own[-1])
                both.append(own[np.searchsorted(0.5 * (own[1:] + own[:-1]), at)] if snap else at)
            ends.append(np.stack(both, axis=-1))
        return cls(*ends)

    def integrate(self, edges: Edges, content: Floats) -> Floats:
        """Return what falls into each window (W,), given bins (X, Y) of flat content between `edges`."""
        table = cumulative(content)
        x, y = (
            [_place(own, end[..., axis]) for end in (self.low, self.high)] for axis, own in enumerate(edges)
        )

        def below(i: int, j: int) -> Floats:
            (at_x, share_x), (at_y, share_y) = x[i], y[j]
            left = table[at_x, at_y] * (1.0 - share_y) + table[at_x, at_y + 1] * share_y
            right = table[at_x + 1, at_y] * (1.0 - share_y) + table[at_x + 1, at_y + 1] * share_y
            return left * (1.0 - share_x) + right * share_x

        strips = np.maximum(below(1, 1) - below(0, 1) - below(1, 0) + below(0, 0), 0.0)
        return np.asarray(strips.sum(axis=1))

    def count(self, points: Floats) -> Ints:
        """Return the number of points (N, 2) in each window (W,); lower edges are in, upper edges out."""
        points = points[np.argsort(points[:, 0], kind="stable")]
        low, high = (end.reshape(-1, 2) for end in (self.low, self.high))
        first, last = (np.searchsorted(points[:, 0], end[:, 0]) for end in (low, high))
        y = points[:, 1]
        inside = (
            np.count_nonzero((y[i:j] >= bottom) & (y[i:j] < top))
            for i, j, bottom, top in zip(first, last, low[:, 1], high[:, 1], strict=True)
        )
        strips = np.fromiter(inside, np.int64, len(first)).reshape(self.low.shape[:2])
        return np.asarray(strips.sum(axis=1))


def rectangles() -> tuple[Floats, Floats]:
    """Return the lower and upper edges (1, 1, 2) of a rectangle, in half widths from its centre."""
    return np.full((1, 1, 2), -1.0), np.ones((1, 1, 2))


def ellipses(correlation: Floats) -> tuple[Floats, Floats]:
    """Return the lower and upper edges (W, S, 2) of the strips of ellipses, in half widths from their centres.

    The ellipse u² − 2ρuv + v² = 1 − ρ², that of a Gaussian with correlation ρ, has v between ρu ± √(1−ρ²) √(1−u²).
    """
    u = np.linspace(-1.0, 1.0, STRIPS + 1)
    area = 0.5 * (u * np.sqrt(1.0 - u**2) + np.arcsin(u))
    half = np.sqrt(1.0 - correlation[:, None] ** 2) * np.diff(area) / np.diff(u)
    middle = correlation[:, None] * 0.5 * (u[1:] + u[:-1])
    left, right = (np.broadcast_to(one, half.shape) for one in (u[:-1], u[1:]))
    return np.stack([left, middle - half], axis=-1), np.stack([right, middle + half], axis=-1)


def inside_ellipse(pull: Floats, correlation: float) -> Bools:
    """Return which points, at pulls (2, N) in half widths from the centre, lie in an ellipse."""
    u, v = pull
    return np.asarray(u**2 - 2.0 * correlation * u * v + v**2 < 1.0 - correlation**2)


@dataclass(frozen=True)
class Cells:
    """The grid into which the edges of W windows cut the plane.

    Attributes
    ----------
    x, y : (A + 1,), (B + 1,)
        Edges of the cells.
    low, high : (W, S, 2)
        Indices of the strips' lower and upper edges in `x` and `y`.
    """

    x: Floats
    y: Floats
    low: Indices
    high: Indices

    @classmethod
    def build(cls, windows: Windows2D, most: int = MOST_EDGES) -> "Cells":
        """Return the cells of windows.

        Where the windows have more than `most` different edges in one mass, so many of them are kept, equally
        spaced in rank, and the windows of the toys end at the nearest one.
        """
        edges, low, high = [], [], []
        for axis in (0, 1):
            every = np.concatenate([windows.low[..., axis].ravel(), windows.high[..., axis].ravel()])
            width = float(np.ptp(every))
            own = every[np.unique(np.round((every - every.min()) / width * SAME), return_index=True)[1]]
            if len(own) > most:
                own = own[np.linspace(0, len(own) - 1, most).round().astype(np.intp)]
            middle = 0.5 * (own[1:] + own[:-1])
            first, last = (np.searchsorted(middle, end[..., axis]) for end in (windows.low, windows.high))
            flat = (last <= first).all(axis=1, keepdims=True)  # by the shift to kept edges
            first = np.where(flat, np.minimum(first, len(own) - 2), first)
            edges.append(own)
            low.append(first)
            high.append(np.where(flat, first + 1, last))
        return cls(edges[0], edges[1], np.stack(low, axis=-1), np.stack(high, axis=-1))

    @property
    def shape(self) -> tuple[int, int]:
        """Return the numbers of cells."""
        return len(self.x) - 1, len(self.y) - 1

    def windows(self) -> Windows2D:
        """Return the windows that the cells make up."""
        ends = [np.stack([self.x[at[..., 0]], self.y[at[..., 1]]], axis=-1) for at in (self.low, self.high)]
        return Windows2D(*ends)

    def corners(self) -> Indices:
        """Return where the strips' corners are (4, W, S) in a flat cumulative table: ++, −+, +−, −−."""
        width = len(self.y)
        x, y = ((self.high[..., axis], self.low[..., axis]) for axis in (0, 1))
        return np.array([x[0] * width + y[0], x[1] * width + y[0], x[0] * width + y[1], x[1] * width + y[1]])

    def integrate(self, edges: Edges, content: Floats) -> Floats:
        """Return what falls into the cells (A, B), given bins (X, Y) of flat content between `edges`."""
        table = cumulative(content)
        for axis, (own, wanted) in enumerate(zip(edges, (self.x, self.y), strict=True)):
            at, share = _place(own, wanted)
            share = share[:, None] if axis == 0 else share
            before, after = np.take(table, at, axis=axis), np.take(table, at + 1, axis=axis)
            table = before + share * (after - before)
        return np.maximum(np.diff(np.diff(table, axis=0), axis=1), 0.0)


def cumulative(content: Floats) -> Floats:
    """Return the sums (X + 1, Y + 1) over all bins below and to the left."""
    table = np.zeros((content.shape[0] + 1, content.shape[1] + 1))
    np.cumsum(np.cumsum(content, axis=0), axis=1, out=table[1:, 1:])
    return table


def _place(own: Floats, wanted: Floats) -> tuple[Indices, Floats]:
    # The bin of each wanted position and how far into it
    at = np.clip(np.searchsorted(own, wanted, side="right") - 1, 0, len(own) - 2)
    return at, (wanted - own[at]) / (own[at + 1] - own[at])
