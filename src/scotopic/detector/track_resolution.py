"""Resolution of tracks: momentum by lever arm and number of layers, angles by multiple scattering."""

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.experiment import Tracker

Floats = NDArray[np.float64]

LEAST_LEVER_MM = 10.0


def exit_radius_mm(theta: Floats, born_mm: Floats, z_mm: Floats, tracker: Tracker) -> Floats:
    """Return the radius (...) in mm at which straight tracks leave the chamber, through its outer wall or an end.

    Parameters
    ----------
    theta : array
        Polar angles of any shape, rad.
    born_mm, z_mm : array of that shape
        Radius and z of the production points.
    """
    rows = zip(*tracker.ends_cm, strict=True)
    radius, backward, forward = (10.0 * np.array(row).reshape(-1, *[1] * theta.ndim) for row in rows)
    z = z_mm + (radius - born_mm) / np.tan(theta)
    beyond = np.where(theta < 0.5 * np.pi, z - forward, backward - z)  # linear in the radius between two rows
    left = (beyond > 0.0) & (radius > born_mm)
    left[-1] = True
    row = np.argmax(left, axis=0)
    last = np.maximum(row - 1, 0)
    after, before = (np.take_along_axis(beyond, index[np.newaxis], axis=0)[0] for index in (row, last))
    share = np.divide(-before, after - before, out=np.ones_like(after), where=after > np.maximum(before, 0.0))
    inner, outer = radius.ravel()[last], radius.ravel()[row]
    return np.asarray(np.maximum(np.minimum(inner + share * (outer - inner), outer), born_mm))


def momentum_resolution(
    pt: Floats,
    beta: Floats,
    theta: Floats,
    tracker: Tracker,
    born_mm: Floats | float = 0.0,
    z_mm: Floats | float = 0.0,
) -> Floats:
    r"""Return σ(pT)/pT (...) for transverse momenta in GeV and production points in mm.

    .. math::
        \frac{\sigma}{p_T} = a\,p_T \left(\frac{L_0}{L}\right)^2 \sqrt{\frac{N_0 + 4}{N + 4}}
        \;\oplus\; \frac{b}{\beta} \sqrt{\frac{L_0}{L \sin\theta}}

    a and b (per cent on the card) hold for prompt tracks at 90°; L is the radial lever arm from the first measured
    radius to the exit, N the number of chamber layers on it. R. L. Gluckstern, Nucl. Instrum. Meth. 24 (1963) 381;
    the second term takes the material as spread evenly along the track.
    """
    a, b = tracker.sigma_pt_percent
    first, (inner, outer) = 10.0 * tracker.first_radius_cm, (10.0 * r for r in tracker.radii_cm)
    born = np.broadcast_to(np.asarray(born_mm, dtype=np.float64), theta.shape)
    leaves = exit_radius_mm(
        theta, born, np.broadcast_to(np.asarray(z_mm, dtype=np.float64), theta.shape), tracker
    )
    lever = np.maximum(leaves - np.maximum(first, born), LEAST_LEVER_MM) / (outer - first)
    crossed = np.clip((leaves - np.maximum(inner, born)) / (outer - inner), 0.0, 1.0)
    points = np.sqrt((tracker.layers + 4.0) / (tracker.layers * crossed + 4.0))
    return np.asarray(0.01 * np.hypot(a * pt * points / lever**2, b / beta / np.sqrt(lever * np.sin(theta))))


def angle_resolution(p: Floats, beta: Floats, theta: Floats, tracker: Tracker) -> Floats:
    """Return σ(θ) = σ(φ) = a ⊕ b/(p β sin^1.5 θ) in rad; a and b in mrad on the card, p in GeV."""
    a, b = tracker.sigma_angle_mrad
    return np.asarray(1e-3 * np.hypot(a, b / (p * beta * np.sin(theta) ** 1.5)))
