"""Four-vectors as arrays (4, ...) of (E, px, py, pz), events on the last axis.

Plain formulas on NumPy arrays; differences of large numbers are avoided where a cheap form exists.
"""

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Floats


def dot(p: Floats, q: Floats) -> Floats:
    """Return the Minkowski product p·q (metric + - - -)."""
    return np.asarray(p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3])


def momentum(p: Floats) -> Floats:
    """Return the modulus of the three-momentum."""
    return np.asarray(np.sqrt(p[1] * p[1] + p[2] * p[2] + p[3] * p[3]))


def transverse_momentum(p: Floats) -> Floats:
    """Return the momentum transverse to the z axis."""
    return np.asarray(np.hypot(p[1], p[2]))


def invariant_mass2(p: Floats) -> Floats:
    """Return the squared invariant mass, (E - |p|)(E + |p|)."""
    modulus = momentum(p)
    return np.asarray((p[0] - modulus) * (p[0] + modulus))


def invariant_mass(p: Floats) -> Floats:
    """Return the invariant mass; rounding below zero gives zero."""
    return np.asarray(np.sqrt(np.maximum(invariant_mass2(p), 0.0)))


def polar_angle(p: Floats) -> Floats:
    """Return the polar angle to the +z axis, 0 to π."""
    return np.asarray(np.arctan2(transverse_momentum(p), p[3]))


def cos_polar_angle(p: Floats) -> Floats:
    """Return the cosine of the polar angle; 1 for a particle at rest."""
    modulus = momentum(p)
    return np.asarray(np.divide(p[3], modulus, out=np.ones_like(modulus), where=modulus > 0.0))


def azimuth(p: Floats) -> Floats:
    """Return the azimuth, -π to π."""
    return np.asarray(np.arctan2(p[2], p[1]))


def wrapped(angle: Floats) -> Floats:
    """Return an angle, such as a difference of azimuths, within -π to π."""
    return np.asarray((angle + np.pi) % (2.0 * np.pi) - np.pi)


def opening_angle(p: Floats, q: Floats) -> Floats:
    """Return the angle between two three-momenta, 0 to π.

    From the sum and the difference of the unit vectors (W. Kahan, *How futile are mindless assessments of
    roundoff*, 2006, section 12), exact for small angles too.
    """
    u, v = p[1:] / momentum(p), q[1:] / momentum(q)
    return np.asarray(2.0 * np.arctan2(_length(u - v), _length(u + v)))


def boost(p: Floats, beta: ArrayLike) -> Floats:
    """Boost four-vectors so that a particle at rest moves with velocity `beta`.

    Parameters
    ----------
    p : (4, ...) array
        Momenta.
    beta : (3,) or (3, ...) array
        Velocity in units of c, one for all or one per event.

    Returns
    -------
    (4, ...) array
        E' = γ(E + β·p), p' = p + β γ[E + γ/(γ+1) β·p].
    """
    velocity = np.asarray(beta, dtype=np.float64)
    velocity = velocity.reshape(velocity.shape + (1,) * (p.ndim - velocity.ndim))
    beta2 = (velocity * velocity).sum(axis=0)
    if not np.all(beta2 < 1.0):
        raise ValueError("boost: the velocity must be below 1")
    gamma = 1.0 / np.sqrt(1.0 - beta2)
    along = (velocity * p[1:]).sum(axis=0)
    energy = gamma * (p[0] + along)
    shift = gamma * (p[0] + gamma / (gamma + 1.0) * along)
    return np.concatenate([energy[np.newaxis], p[1:] + velocity * shift])


def boost_from_rest(p: Floats, frame: Floats, mass: Floats) -> Floats:
    """Boost four-vectors (4, N) from the rest frame of a system to where it has the momentum `frame` (4, N).

    Its invariant `mass` (N,) is given, so that nothing cancels for fast systems: the momenta of the system's
    parts add up to `frame` to rounding.
    """
    along = (frame[1:] * p[1:]).sum(axis=0)
    energy = (frame[0] * p[0] + along) / mass
    return np.concatenate([energy[None], p[1:] + frame[1:] * ((p[0] + energy) / (frame[0] + mass))])


def velocity(p: Floats) -> Floats:
    """Return the velocity (3, ...) of a particle; `boost(q, -velocity(p))` goes to its rest frame."""
    return np.asarray(p[1:] / p[0])


def from_angles(energy: ArrayLike, mass: ArrayLike, cos_theta: ArrayLike, phi: ArrayLike) -> Floats:
    """Return four-momenta (4, ...) from energy, mass, cosine of the polar angle and azimuth."""
    arguments = (np.asarray(x, dtype=np.float64) for x in (energy, mass, cos_theta, phi))
    e, m, c, f = np.broadcast_arrays(*arguments)
    modulus = np.sqrt(np.maximum((e - m) * (e + m), 0.0))
    transverse = modulus * np.sqrt((1.0 - c) * (1.0 + c))
    return np.stack([e, transverse * np.cos(f), transverse * np.sin(f), modulus * c])


def two_body_momentum(mass: ArrayLike, mass1: ArrayLike, mass2: ArrayLike) -> Floats:
    """Return the momentum of the two products in the rest frame of a particle of mass `mass`, GeV.

    √{[m² - (m1+m2)²][m² - (m1-m2)²]}/2m (PDG review of kinematics, eq. 49.17); zero below threshold.
    """
    m, m1, m2 = (np.asarray(x, dtype=np.float64) for x in (mass, mass1, mass2))
    above = np.maximum((m - m1 - m2) * (m + m1 + m2), 0.0)
    return np.asarray(np.sqrt(above * (m - m1 + m2) * (m + m1 - m2)) / (2.0 * m))


def direction_about(axis: Floats, y: ArrayLike, phi: ArrayLike) -> Floats:
    """Return unit vectors (3, N) at 1 - cosθ = `y` to unit vectors `axis` (3, N), at azimuth `phi`.

    Exact for small angles. The azimuth counts from a direction that depends on the axis.
    """
    first, second = _perpendicular(axis)
    away = np.asarray(y)
    sin = np.sqrt(away * (2.0 - away))
    return np.asarray(sin * np.cos(phi) * first + sin * np.sin(phi) * second + (1.0 - away) * axis)


def onto_axis(v: Floats, axis: Floats) -> Floats:
    """Return three-vectors (3, N) turned by a rotation that takes +z to the unit vectors `axis` (3, N).

    The identity where the axis is +z; else the azimuth about the axis is that of `direction_about`.
    """
    first, second = _perpendicular(axis)
    return np.asarray(v[0] * first + v[1] * second + v[2] * axis)


def from_axis(v: Floats, axis: Floats) -> Floats:
    """Return three-vectors (3, N) turned by the inverse of the rotation of `onto_axis`: `axis` (3, N) goes to +z."""
    first, second = _perpendicular(axis)
    return np.stack([(v * along).sum(axis=0) for along in (first, second, np.broadcast_to(axis, v.shape))])


def _perpendicular(axis: Floats) -> tuple[Floats, Floats]:
    """Return two unit vectors that make a right-handed basis with `axis`.

    T. Duff et al., *Building an orthonormal basis, revisited*, JCGT 6 (2017).
    """
    ax, ay, az = axis
    sign = np.where(az >= 0.0, 1.0, -1.0)
    a = -1.0 / (sign + az)
    b = ax * ay * a
    first = np.stack([1.0 + sign * ax * ax * a, sign * b, -sign * ax])
    return first, np.stack([b, sign + ay * ay * a, -ay])


def _length(v: Floats) -> Floats:
    return np.asarray(np.sqrt((v * v).sum(axis=0)))
