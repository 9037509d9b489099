"""The bump scan in several spectra at once: one signal, of known share in each, and a polynomial in each.

In the windows of all channels c around a mass the expectation is ν_ci = s f_c τ_ci + Σ_k b_ck P_k(x_i) w_i: the
likelihood is the product of theirs, and everything else is that of `scotopic.stats.scan`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats, Indices, Ints
from scotopic.stats.checks import check_input, check_settings
from scotopic.stats.scan.bump import Scan, ScanSettings, combine, scan_windows
from scotopic.stats.scan.windows import Windows, check_windows

TOGETHER = 400  # windows at once, which bounds the memory


@dataclass(frozen=True)
class Channel:
    """One spectrum.

    Attributes
    ----------
    counts, expectation : (B,)
        Events per bin: observed, and a smooth background.
    edges : (B + 1,)
        Rising, in the channel's own variable.
    position : (M,)
        Of each hypothesis in that variable; NaN where the signal does not show in this channel.
    share : (M,)
        Fraction f of the signal yield that belongs to this channel.
    template : callable
        As for `scan`.
    background_order : (M,)
        Order of the polynomial around each hypothesis.
    half_width : (int, int)
        Bins of the window below and above the one of the mass.
    left_out : (B,)
        Bins that no fit uses.
    """

    counts: Floats
    expectation: Floats
    edges: Floats
    position: Floats
    share: Floats
    template: Callable[..., Floats]
    background_order: Ints
    half_width: tuple[int, int]
    left_out: Bools

    def select(self, which: Bools) -> "Channel":
        """Return the channel with some of the hypotheses, all of its own share."""
        return replace(
            self,
            position=self.position[which],
            share=np.ones(int(which.sum())),
            background_order=self.background_order[which],
        )


def scan_channels(
    channels: Sequence[Channel],
    masses: Floats,
    *,
    level: float = 0.95,
    method: str = "clsb",
    toys: int = 0,
    seed: int = 1,
    efficiency_error: float | Floats = 0.0,
    resolution_error: float = 0.0,
    calibrate_below: float = 0.0,
    workers: int = 1,
) -> Scan:
    """Scan several spectra for one signal.

    Parameters
    ----------
    channels : sequence of Channel
    masses : (M,)
        Rising; only names of the hypotheses, whose places are the channels'.
    level, method, toys, seed, efficiency_error, resolution_error, calibrate_below, workers
        As for `scan`; errors are common to all channels. Limits come from asymptotic formulas where nothing is said.

    Raises
    ------
    InputError
        For input that makes no sense, and for a hypothesis that no channel sees.
    """
    masses = np.asarray(masses, dtype=np.float64)
    errors = np.asarray(efficiency_error, dtype=np.float64)
    seen = np.array([np.isfinite(one.position) & (one.share > 0.0) for one in channels])
    if masses.ndim != 1 or masses.size == 0 or seen.shape != (len(channels), len(masses)):
        raise InputError(
            "masses, positions and shares must be arrays of one length, with at least one hypothesis"
        )
    unseen = np.flatnonzero(~seen.any(axis=0))
    if unseen.size:
        raise InputError(f"no channel sees a signal of mass {masses[unseen[0]]:g}")
    for one in channels:
        lowest = int(one.background_order.min())
        check_settings(lowest, level, method, toys, seed, workers, errors, resolution_error, len(masses))
    errors = np.broadcast_to(errors, masses.shape)
    counts = np.concatenate([one.counts for one in channels])
    expectation = np.concatenate([one.expectation for one in channels])
    settings = ScanSettings(level, method, False, toys, seed, 0.0, workers)
    scans = []
    # −1 where the channel does not take part
    orders = np.where(seen, [one.background_order for one in channels], -1)
    for pattern in np.unique(orders, axis=1).T:
        alike = np.flatnonzero((orders == pattern[:, None]).all(axis=0))
        for some in np.array_split(alike, -(-len(alike) // TOGETHER)):
            scans.append(
                scan_windows(
                    _windows(channels, pattern, some, masses, resolution_error),
                    counts,
                    masses[some],
                    errors[some],
                    expectation,
                    settings,
                )
            )
    return scans[0] if len(scans) == 1 else combine(scans)


def _windows(
    channels: Sequence[Channel],
    orders: Ints,
    some: Indices,
    masses: Floats,
    resolution_error: float,
) -> Windows:
    """Return the windows of some hypotheses over the channels that take part, spectra laid end to end."""
    parts, first = [], 0
    for one, order in zip(channels, orders, strict=True):
        if order >= 0:
            parts.append(_one_channel(one, int(order), some, first, masses, resolution_error))
        first += len(one.counts)
    return parts[0] if len(parts) == 1 else _side_by_side(parts)


def _one_channel(
    one: Channel, order: int, some: Indices, first: int, masses: Floats, resolution_error: float
) -> Windows:
    # Only the bins that these windows reach are looked at.
    below, above = one.half_width
    at = np.searchsorted(one.edges, one.position[some], side="right") - 1
    low, high = max(int(at.min()) - below, 0), min(int(at.max()) + above + 1, len(one.counts))
    edges, position = one.edges[low : high + 1], one.position[some]
    check_input(one.counts[low:high], edges, position, one.expectation[low:high], one.template)
    windows = Windows.build(edges, position, one.template, one.half_width, order, resolution_error)
    inside = windows.inside & ~one.left_out[low:high][windows.bins]
    share = one.share[some][:, None]
    windows = Windows(
        windows.bins + (low + first),
        inside,
        np.where(inside, share * windows.template, 0.0),
        np.where(inside, share * windows.variation, 0.0),
        np.where(inside[:, :, None], windows.background, 0.0),
    )
    check_windows(windows, masses[some], order)
    return windows


def _side_by_side(parts: Sequence[Windows]) -> Windows:
    """Return windows over several spectra, the first column of the background being positive in all of them."""
    columns = sum(one.background.shape[2] for one in parts)
    blocks, done = [], 0
    for one in parts:
        block = np.zeros((*one.background.shape[:2], columns))
        block[:, :, done : done + one.background.shape[2]] = one.background
        block[:, :, 0] = one.background[:, :, 0]
        blocks.append(block)
        done += one.background.shape[2]
    joined = {
        name: np.concatenate([getattr(one, name) for one in parts], axis=1)
        for name in ("bins", "inside", "template", "variation")
    }
    widths = tuple(one.bins.shape[1] for one in parts)
    return replace(parts[0], **joined, background=np.concatenate(blocks, axis=1), spectra=widths)
