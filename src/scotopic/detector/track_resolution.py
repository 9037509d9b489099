"""Resolution of tracks: momentum by lever arm and number of layers, angles by multiple scattering."""

import numpy as np

from scotopic.detector.schema.tracker import Tracker
from scotopic.numerics.arrays import Floats

LEAST_LAYERS = 8.0
"""PROPOSED, the first superlayer of Belle II: with fewer, no curvature is measured and no track made."""


def exit_radius_mm(theta: Floats, born_mm: Floats, z_mm: Floats, tracker: Tracker) -> Floats:
    """Return the radius (any shape) in mm at which straight tracks leave the chamber, through its outer wall or an end.

    Parameters
    ----------
    theta : (any shape) array
        Polar angles, rad.
    born_mm, z_mm : array of that shape
        Radius and z of the production points.
    """
    rows = zip(*tracker.ends_cm, strict=True)
    radius, backward, forward = (10.0 * np.array(row).reshape(-1, *(1,) * theta.ndim) for row in rows)
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


def crossed_layers(theta: Floats, born_mm: Floats, z_mm: Floats, tracker: Tracker) -> Floats:
    """Return how many layers (K,) of the chamber straight tracks cross; arguments as for `exit_radius_mm`."""
    inner, outer = (10.0 * radius for radius in tracker.radii_cm)
    leaves = exit_radius_mm(theta, born_mm, z_mm, tracker)
    return np.asarray(
        tracker.layers * np.clip((leaves - np.maximum(inner, born_mm)) / (outer - inner), 0.0, 1.0)
    )


def momentum_resolution(
    pt: Floats,
    beta: Floats,
    theta: Floats,
    tracker: Tracker,
    born_mm: Floats | float = 0.0,
    z_mm: Floats | float = 0.0,
) -> Floats:
    r"""Return σ(pT)/pT, in the shape of `theta`, for transverse momenta in GeV and production points in mm.

    .. math::
        \frac{\sigma}{p_T} = a\,p_T \left(\frac{L_0}{L}\right)^2 \sqrt{\frac{N_0 + 4}{N + 4}}
        \;\oplus\; \frac{b}{\beta} \sqrt{\frac{L_0}{L \sin\theta}}

    a and b (per cent on the card) hold for prompt tracks at 90°; L is the radial lever arm from the first measured
    radius to the exit, N the number of chamber layers on it. R. L. Gluckstern, Nucl. Instrum. Meth. 24 (1963) 381;
    the second term takes the material as spread evenly along the track. Fewer than `LEAST_LAYERS` count as these.
    """
    a, b = tracker.sigma_pt_percent
    first, (inner, outer) = 10.0 * tracker.first_radius_cm, (10.0 * r for r in tracker.radii_cm)
    born, z = (np.broadcast_to(np.asarray(x, dtype=np.float64), theta.shape) for x in (born_mm, z_mm))
    flat = theta.ravel(), born.ravel(), z.ravel()
    leaves = exit_radius_mm(*flat, tracker).reshape(theta.shape)
    layers = np.maximum(crossed_layers(*flat, tracker).reshape(theta.shape), LEAST_LAYERS)
    least = LEAST_LAYERS / tracker.layers * (outer - inner)
    lever = np.maximum(leaves - np.maximum(first, born), least) / (outer - first)
    points = np.sqrt((tracker.layers + 4.0) / (layers + 4.0))
    return np.asarray(0.01 * np.hypot(a * pt * points / lever**2, b / beta / np.sqrt(lever * np.sin(theta))))


def angle_resolution(p: Floats, beta: Floats, theta: Floats, tracker: Tracker) -> Floats:
    """Return σ(θ) = σ(φ) = a ⊕ b/(p β sin^1.5 θ) in rad; a and b in mrad on the card, p in GeV."""
    a, b = tracker.sigma_angle_mrad
    return np.asarray(1e-3 * np.hypot(a, b / (p * beta * np.sin(theta) ** 1.5)))
