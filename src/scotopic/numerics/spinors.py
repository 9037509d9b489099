"""Spinors, polarisations and their products in light-cone components.

A momentum is (p⁺, p⁻, x, y) with p^± = E ± p_z; a vector is (v⁺, v⁻, v_x + i v_y, v_x - i v_y), four `Pair`; a
Dirac spinor is (ψ_L1, ψ_L2, ψ_R1, ψ_R2) in the Weyl basis, γ^μ = ((0, σ^μ), (σ̄^μ, 0)). A bra stores ψ̄ = ψ†γ⁰ in
the places of the ket's components that it multiplies, so ψ̄χ is the sum of products.

External states are those of G. P. Lepage and S. J. Brodsky (Phys. Rev. D 22 (1980) 2157, appendix A): no angle,
no square root and no difference of large numbers appears. Spinors are left without their factor 1/√p^±; the
squared amplitude is divided by `spinor_norm` for each external fermion instead.
"""

from typing import TypeAlias

from scotopic.numerics.complex_pair import ZERO, Pair, Real, add, multiply, negative, subtract

Momentum: TypeAlias = tuple[Real, Real, Real, Real]
Vector: TypeAlias = tuple[Pair, Pair, Pair, Pair]
Spinor: TypeAlias = tuple[Pair, Pair, Pair, Pair]


def as_vector(p: Momentum) -> Vector:
    """Return a real momentum as a vector."""
    plus, minus, x, y = p
    return Pair(plus), Pair(minus), Pair(x, y), Pair(x, negative(y))


def kets(p: Momentum, mass: float, *, antiparticle: bool, mirrored: bool) -> tuple[Spinor, Spinor]:
    """Return the two kets u(p), or v(p) of an antiparticle, times √p⁺ (`mirrored`: √p⁻).

    u₁ = (-p⊥*, p⁺, 0, m), u₂ = (m, 0, p⁺, p⊥) with p⊥ = x + iy; mirrored u₁ = (p⁻, -p⊥, m, 0),
    u₂ = (0, m, p⊥*, p⁻), regular for p⁺ = 0; v has -m for m.
    """
    plus, minus, x, y = p
    m = Pair((-mass if antiparticle else mass) or None)
    perp, conjugate = Pair(x, y), Pair(x, negative(y))
    if mirrored:
        return (Pair(minus), -perp, m, ZERO), (ZERO, m, conjugate, Pair(minus))
    return (-conjugate, Pair(plus), ZERO, m), (m, ZERO, Pair(plus), perp)


def bra(ket: Spinor) -> Spinor:
    """Return ψ̄ = ψ†γ⁰ of a ket."""
    l1, l2, r1, r2 = ket
    return r1.conjugate(), r2.conjugate(), l1.conjugate(), l2.conjugate()


def spinor_norm(p: Momentum, *, mirrored: bool) -> Real:
    """Return what |amplitude|² must be divided by for a spinor of `kets`."""
    return p[1] if mirrored else p[0]


def photon_polarisations(k: Momentum) -> tuple[Vector, Vector]:
    """Return the two real transverse polarisations with ε⁺ = 0: ε_i = unit vector i, ε⁻ = 2 k_i/k⁺."""
    plus, _, x, y = k
    one, i = Pair(1.0), Pair(None, 1.0)
    return (
        (ZERO, Pair(2.0 * x / plus), one, one),
        (ZERO, Pair(2.0 * y / plus), i, -i),
    )


def longitudinal_polarisation(k: Momentum, mass: float) -> Vector:
    """Return the third polarisation of a massive vector: ε⁺ = k⁺/m, ε⊥ = k⊥/m, ε⁻ = (k⊥² - m²)/(m k⁺).

    k·ε = 0, ε² = -1, orthogonal to the two of `photon_polarisations`.
    """
    plus, _, x, y = k
    minus = (x * x + y * y - mass * mass) / (mass * plus)
    return Pair(plus / mass), Pair(minus), Pair(x / mass, y / mass), Pair(x / mass, -y / mass)


def slash_ket(v: Vector, psi: Spinor) -> Spinor:
    """Return v̸ψ."""
    plus, minus, hat, bar = v
    l1, l2, r1, r2 = psi
    return minus * r1 - bar * r2, plus * r2 - hat * r1, plus * l1 + bar * l2, hat * l1 + minus * l2


def bra_slash(psi: Spinor, v: Vector) -> Spinor:
    """Return ψ̄v̸."""
    plus, minus, hat, bar = v
    l1, l2, r1, r2 = psi
    return r1 * plus + r2 * hat, r1 * bar + r2 * minus, l1 * minus - l2 * hat, l2 * plus - l1 * bar


def half_current(psi: Spinor, chi: Spinor, left: float, right: float) -> Vector:
    """Return ½ ψ̄γ^μ(g_L P_L + g_R P_R)χ."""
    a1, a2, b1, b2 = (
        component.scaled(g) for component, g in zip(psi, (right, right, left, left), strict=True)
    )
    l1, l2, r1, r2 = chi
    return a1 * r1 + b2 * l2, a2 * r2 + b1 * l1, a1 * r2 - b1 * l2, a2 * r1 - b2 * l1


def product(psi: Spinor, chi: Spinor) -> Pair:
    """Return ψ̄χ of a bra and a ket."""
    return psi[0] * chi[0] + psi[1] * chi[1] + psi[2] * chi[2] + psi[3] * chi[3]


def dot_half(half: Vector, field: Vector) -> Pair:
    """Return J·A for a current given as J/2 and a vector A."""
    return half[0] * field[1] + half[1] * field[0] - half[2] * field[3] - half[3] * field[2]


def scaled(components: tuple[Pair, Pair, Pair, Pair], factor: Real) -> tuple[Pair, Pair, Pair, Pair]:
    """Return a vector or spinor times a real factor."""
    a, b, c, d = components
    return a.scaled(factor), b.scaled(factor), c.scaled(factor), d.scaled(factor)


def times(components: tuple[Pair, Pair, Pair, Pair], factor: Pair) -> tuple[Pair, Pair, Pair, Pair]:
    """Return a vector or spinor times a complex factor."""
    a, b, c, d = components
    return a * factor, b * factor, c * factor, d * factor


def total(
    x: tuple[Pair, Pair, Pair, Pair], y: tuple[Pair, Pair, Pair, Pair]
) -> tuple[Pair, Pair, Pair, Pair]:
    """Return the sum of two vectors or spinors."""
    return x[0] + y[0], x[1] + y[1], x[2] + y[2], x[3] + y[3]


def momentum_sum(p: Momentum, q: Momentum) -> Momentum:
    """Return p + q."""
    return add(p[0], q[0]), add(p[1], q[1]), add(p[2], q[2]), add(p[3], q[3])


def momentum_square(p: Momentum) -> Real:
    """Return p⁺p⁻ - x² - y²."""
    plus, minus, x, y = p
    return subtract(multiply(plus, minus), add(multiply(x, x), multiply(y, y)))


def twice_product(p: Momentum, q: Momentum, mass_p: float, mass_q: float) -> Real:
    """Return 2 p·q of two momenta on their mass shells, as a sum of positive terms.

    m_p² q⁺/p⁺ + m_q² p⁺/q⁺ + |p⊥q⁺ - q⊥p⁺|²/(p⁺q⁺).
    """
    ratio = q[0] / p[0]
    result = add(_square_of(p, q), mass_p * mass_p * ratio if mass_p else None)
    return add(result, mass_q * mass_q / ratio if mass_q else None)


def momentum_transfer(p: Momentum, q: Momentum, mass: float) -> Real:
    """Return (p - q)² of two momenta of one mass, -[m²(p⁺ - q⁺)² + |p⊥q⁺ - q⊥p⁺|²]/(p⁺q⁺)."""
    difference = p[0] - q[0]
    return -add(_square_of(p, q), mass * mass * difference * difference / (p[0] * q[0]) if mass else None)


def epsilon_scalar(k1: Vector, a1: Vector, k2: Vector, a2: Vector) -> Pair:
    """Return ε_{μνρσ} k₁^μ a₁^ν k₂^ρ a₂^σ."""
    return dot_half(epsilon_half_vector(k1, a1, k2), a2)


def epsilon_half_vector(k1: Vector, a1: Vector, k2: Vector) -> Vector:
    """Return half of the vector J with J·a = ε(k₁, a₁, k₂, a) for every a.

    The determinant of the components in (+, -, x + iy, x - iy) is -4i times that in (E, x, y, z), up to
    the sign convention of ε.
    """
    pm, ph, pb, mh, mb, hb = (k1[i] * a1[j] - k1[j] * a1[i] for i, j in _PLANES)
    plus, minus, hat, bar = k2
    determinant = (
        ph * bar - pb * hat + hb * plus,
        mb * hat - mh * bar - hb * minus,
        ph * minus - pm * hat - mh * plus,
        pm * bar - pb * minus + mb * plus,
    )
    return times(determinant, Pair(None, 0.25))


_PLANES = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


def _square_of(p: Momentum, q: Momentum) -> Real:
    x = subtract(multiply(p[2], q[0]), multiply(q[2], p[0]))
    y = subtract(multiply(p[3], q[0]), multiply(q[3], p[0]))
    square = add(multiply(x, x), multiply(y, y))
    return None if square is None else square / (p[0] * q[0])
