"""The plane of mass and coupling, divided by the signature that most decays show."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.curves import set_mass_axis
from scotopic.figures.placement import ANY_ANGLE, CELLS, centres, write_inside
from scotopic.figures.style import FILLS, HATCHES, headline, new_axes, styled
from scotopic.numerics.arrays import Floats, Indices


@styled
def signature_plane(
    mass: Floats,
    coupling: Floats,
    fractions: Mapping[str, Floats],
    *,
    y_label: str,
    x_label: str = r"$m_a$ (GeV)",
    sample: str = "our calculation",
    experiment: str = "",
) -> Figure:
    """Return the figure of the commonest signature; on its borders two signatures are equally common.

    Parameters
    ----------
    mass : (M,)
        GeV, rising.
    coupling : (G,)
        Rising.
    fractions : mapping of signature to (M, G)
        Between 0 and 1.
    """
    shape = (len(mass), len(coupling))
    for name, values in fractions.items():
        if np.shape(values) != shape:
            raise InputError(f"signature plane: {name} has shape {np.shape(values)}, must be {shape}")
    for name, axis in (("masses", mass), ("couplings", coupling)):
        if len(axis) < 2 or not (axis[0] > 0.0 and (np.diff(axis) > 0.0).all()):
            raise InputError(f"signature plane: {name} must be positive, rising and at least two")
    grid = np.stack([np.asarray(values) for values in fractions.values()])
    commonest = np.argmax(grid, axis=0)
    figure, axes = new_axes()
    set_mass_axis(axes, float(mass[0]), float(mass[-1]), x_label)
    axes.set_yscale("log")
    axes.set_ylim(coupling[0], coupling[-1])
    axes.set_ylabel(y_label, loc="top")
    headline(axes, sample, experiment=experiment)
    for number in range(len(grid)):
        # painted one over the other: what stays visible is the commonest
        lead = grid[number] - grid[:number].max(axis=0, initial=-1.0)
        axes.contourf(
            mass, coupling, lead.T, levels=[0.0, 3.0], colors=[FILLS[number]], hatches=[HATCHES[number]],
            zorder=1.0 + 0.1 * number,
        )  # fmt: skip
        if number:
            axes.contour(
                mass,
                coupling,
                lead.T,
                levels=[0.0],
                colors="#333333",
                linewidths=1.3,
                zorder=1.0 + 0.1 * number,
            )
    columns, rows = _nearest(mass, CELLS[0]), _nearest(coupling, CELLS[1])
    for number, name in enumerate(fractions):
        place = commonest[np.ix_(columns, rows)] == number
        for size in (12.0, 10.5, 9.0, 7.5) if place.any() else ():
            if write_inside(figure, axes, name, place, size=size, angles=ANY_ANGLE, halo=FILLS[number]):
                break
    return figure


def _nearest(axis: Floats, cells: int) -> Indices:
    points = np.log(centres(float(axis[0]), float(axis[-1]), cells))
    return np.asarray(np.abs(points[:, None] - np.log(axis)).argmin(axis=1))
