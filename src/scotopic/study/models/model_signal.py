"""A model as a simulated search reads it: cross section, branching fraction, width and flight against one coupling."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from scotopic.analysis.radiation import RADIATION, Radiation
from scotopic.analysis.signal import Point
from scotopic.analysis.signal_process import SignalProcess
from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.decays.two_body_decay import decay_evenly
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats
from scotopic.numerics.units import HBARC_GEV_MM
from scotopic.physics.amplitudes.squared import squared_amplitude
from scotopic.physics.model import Model
from scotopic.physics.processes import Process, parse_process
from scotopic.physics.registry import get_model, model_parameters
from scotopic.stats.limit_curve import along

REFERENCE = 1e-3
"""Coupling of the simulated signal: weak, so that it is made once and nothing else is exchanged."""

INVISIBLE = ("invisible", "nu_", "chi")
NODES = 120  # masses at which widths are computed
PRECISION = 0.01  # of cross sections, half of that in the coupling
STABLE = 1e-30  # GeV, of a particle without decays: all of it is missing
MOST = 1e8  # times the coupling of a decay that is always seen


@dataclass(frozen=True)
class ModelSignal:
    """A model with one coupling that a search scans.

    Attributes
    ----------
    name : str
    coupling : str
        Name of the coupling.
    make : callable (mass in GeV, coupling) -> Model
    """

    name: str
    coupling: str
    make: Callable[[float, float], Model]

    def at(self, mass: float) -> Model:
        """Return the model at the coupling of the simulated signal."""
        return self.make(mass, REFERENCE)

    def process(self, kind: SignalProcess, mass: float) -> Process:
        """Return what a search looks for, at a mass.

        Raises
        ------
        InputError
            If the model does not drive it.
        """
        model = self.at(mass)
        if not model.mediator:
            raise InputError(f"model {self.name} has no new particle to search for")
        text = kind.process(model.mediator)
        try:
            return parse_process(text, model)
        except InputError as fault:
            raise InputError(f"model {self.name} does not drive {text}: {fault}") from None

    def check(self, search: str, kind: SignalProcess, masses: Floats) -> None:
        """Refuse, before any long work, what a search cannot be read in.

        Raises
        ------
        InputError
            If the model does not drive the signal, never decays to what is searched for, or if the production does not
            go with the square of the coupling.
        """
        middle = float(masses[len(masses) // 2])
        self.process(kind, middle)
        if not any(decays_seen(self.at(float(mass)), kind)[0] > 0.0 for mass in masses):
            raise InputError(
                f"{search} looks for decays to {' or '.join(kind.products)}, which the particle of {self.name} "
                f"does not have from {masses[0]:g} to {masses[-1]:g} GeV"
            )
        momenta = self.momenta(kind, middle)
        weak = squared_amplitude(self.process(kind, middle), momenta, "numpy")
        twice = replace(self, make=lambda mass, g: self.make(mass, 2.0 * g))
        strong = squared_amplitude(twice.process(kind, middle), momenta, "numpy")
        if not np.allclose(strong, 4.0 * weak, rtol=1e-2, atol=0.0):
            raise InputError(
                f"model {self.name}: the production does not go with {self.coupling} squared; other couplings that "
                f"make the particle must be given in units of {self.coupling}, in a model file of your own"
            )

    def momenta(self, kind: SignalProcess, mass: float, sqrt_s: float = 10.58) -> Floats:
        """Return momenta (legs, 4, 16) of some events of the signal, the beams first."""
        made = generate(self.process(kind, mass), 16, sqrt_s=sqrt_s, cuts=kind.cuts, seed=1)
        beams = np.zeros((2, 4, len(made)))
        beams[:, 0], beams[0, 3], beams[1, 3] = (0.5 * made.sqrt_s * sign for sign in (1.0, 1.0, -1.0))
        return np.concatenate([beams, made.momenta])

    def is_made_like(self, other: "ModelSignal", kind: SignalProcess, mass: float) -> bool:
        """Return whether both models make their particle, of one spin, with the same angles.

        And at a smaller energy, as after radiation, as often.
        """
        mine, its = self.process(kind, mass), other.process(kind, mass)
        spins = {one.model.particle(one.model.mediator).spin2 for one in (mine, its)}
        if len(spins) > 1 or len(mine.outgoing) > 2:
            return False
        momenta = np.concatenate([self.momenta(kind, mass, energy) for energy in (10.58, 8.5)], axis=2)
        ratio = squared_amplitude(mine, momenta, "numpy") / squared_amplitude(its, momenta, "numpy")
        return bool(np.ptp(ratio) < 0.02 * ratio.mean())


def signal_of(model: str, parameters: Mapping[str, float | str]) -> ModelSignal:
    """Return a model by name or path; `parameters` are all but its mass and the scanned coupling.

    The first parameter of the model is the mass, the second the coupling.

    Raises
    ------
    InputError
        If there is no such model or parameter, or the model has not one mass and one coupling to scan.
    """
    names = model_parameters(model)
    if len(names) < 2 or names[0] != "mass":
        raise InputError(
            f"model {model}: its parameters are {', '.join(names) or 'none'}; expected the mass of a new particle as "
            "the first, as mass, and the coupling as the second"
        )
    coupling = names[1]
    for scanned in ("mass", coupling):
        if scanned in parameters:
            raise InputError(f"model {model}: {scanned} is scanned and cannot be set")

    def make(mass: float, value: float) -> Model:
        return get_model(model, **{"mass": mass, coupling: value, **parameters})

    return ModelSignal(make(1.0, REFERENCE).name, coupling, make)


@dataclass
class SignalGenerator:
    """Makes the signal of a search in a model, at a coupling of one, and keeps the cross sections (pb) by mass.

    The cross sections are those at tree level.
    """

    signal: ModelSignal
    kind: SignalProcess
    cross_sections: dict[float, float] = field(default_factory=dict)

    def __call__(
        self,
        point: Point,
        n: int,
        *,
        sqrt_s: float,
        seed: int,
        radiation: Radiation = RADIATION,
        workers: int = 1,
    ) -> Events:
        """Return n events; a particle that must be seen has decayed."""
        (mass,) = point
        process = self.signal.process(self.kind, mass)
        made = generate(
            process,
            n,
            sqrt_s=sqrt_s,
            cuts=self.kind.cuts_at(mass, sqrt_s),
            seed=seed,
            **radiation.options,
            unweighted=True,
            workers=workers,
        )
        sigma, error = (
            (one or 0.0) / REFERENCE**2 for one in (made.cross_section_pb, made.cross_section_error_pb)
        )
        made = replace(
            made,
            weights=made.weights / REFERENCE**2,
            cross_section_pb=sigma,
            cross_section_error_pb=error,
        )
        if not self.kind.prompt:
            return made
        return decay_evenly(
            made, len(process.outgoing) - 1, mass, _channels(process.model, self.kind), seed=seed
        )

    def tree_cross_section_pb(self, point: Point, *, sqrt_s: float) -> float:
        """Return σ at a coupling of one in pb, without radiation, and keep it."""
        (mass,) = point
        if mass not in self.cross_sections:
            process = self.signal.process(self.kind, mass)
            found = cross_section(process, sqrt_s=sqrt_s, cuts=self.kind.cuts, rel_error=PRECISION)
            self.cross_sections[mass] = found.value_pb / REFERENCE**2
        return self.cross_sections[mass]

    def shares(self, masses: Floats) -> Floats:
        """Return the fractions of what is searched for that go to each of its decays (D, M).

        Where the particle has none of them all is said to go to the first; `read_couplings` gives no limit there.
        """
        widths = [self.signal.at(float(mass)).widths() for mass in masses]
        parts = np.array([[one.get(decay, 0.0) for one in widths] for decay in self.kind.products])
        parts[0, parts.sum(axis=0) == 0.0] = 1.0
        return np.asarray(parts / parts.sum(axis=0))


def _channels(model: Model, kind: SignalProcess) -> list[tuple[tuple[str, str], float, float]]:
    widths = model.widths()
    found = []
    for products in kind.products:
        if widths.get(products, 0.0) > 0.0:
            first, second = products.split()
            found.append(((first, second), model.particle(first).mass, widths[products]))
    return found


def decays_seen(model: Model, kind: SignalProcess) -> tuple[float, float]:
    """Return the width to what a search looks for, and the total width, GeV; a stable particle is all missing."""
    widths = model.widths()
    total = math.fsum(widths.values())
    if kind.prompt:
        return math.fsum(widths.get(one, 0.0) for one in kind.products), total
    if total == 0.0:
        return STABLE, STABLE
    return math.fsum(w for to, w in widths.items() if _is_invisible(to)), total


def _is_invisible(products: str) -> bool:
    return all(one.startswith(INVISIBLE) for one in products.split())


@dataclass(frozen=True)
class Reading:
    """Couplings of limits at masses (M,), NaN where there is no limit for the reason that stands in `reasons`."""

    couplings: dict[str, Floats]
    reasons: tuple[str, ...]

    def notes(self, name: str, mass: Floats) -> list[str]:
        """Return one line for each range of masses without a limit."""
        found: list[str] = []
        begin = 0
        for at in range(1, len(mass) + 1):
            if at == len(mass) or self.reasons[at] != self.reasons[begin]:
                if self.reasons[begin]:
                    span = f"from {mass[begin]:.4g} to {mass[at - 1]:.4g} GeV"
                    found.append(f"{name}: no limit on the coupling {span}: {self.reasons[begin]}")
                begin = at
        return found


def read_couplings(
    signal: ModelSignal,
    kind: SignalProcess,
    mass: Floats,
    per_square_fb: Floats,
    limits_fb: Mapping[str, Floats],
    resolution: Floats,
    sqrt_s: float,
) -> Reading:
    """Return the couplings g of limits on σ × B: g² σ(1) B(g) = limit.

    Parameters
    ----------
    mass : (M,)
        GeV.
    per_square_fb : (M,)
        σ at a coupling of one, fb.
    limits_fb : mapping of name to (M,) or (M, 2)
        Must have ``"median"``, at which width and flight are judged.
    resolution : (M,)
        Of the mass, GeV: a wider particle is not what was simulated.
    sqrt_s : float
        GeV.
    """
    with np.errstate(invalid="ignore"):
        always = {name: np.sqrt(along(values, 1.0 / per_square_fb)) for name, values in limits_fb.items()}
    chosen = np.unique(np.linspace(0, len(mass) - 1, min(len(mass), NODES)).round().astype(int))
    seen, total = _width_laws(signal, kind, mass[chosen], always["median"][chosen])
    laws = [
        np.stack([np.interp(mass, mass[chosen], column) for column in law.T], axis=1) for law in (seen, total)
    ]
    couplings = {name: _solve(values, *laws) for name, values in always.items()}
    median = couplings["median"]
    width = _at(laws[1], median)
    open_ = _at(laws[0], always["median"]) > 0.0
    reasons = [""] * len(mass)
    momentum = (sqrt_s**2 - mass**2) / (2.0 * sqrt_s)
    with np.errstate(divide="ignore", invalid="ignore"):
        flight = momentum / mass * HBARC_GEV_MM / width
    for at in range(len(mass)):
        if not open_[at]:
            reasons[at] = f"no decays to {' or '.join(kind.products)}"
        elif not np.isfinite(median[at]):
            reasons[at] = "no coupling makes enough of them"
        elif width[at] > resolution[at]:
            reasons[at] = "it would be wider than the resolution"
        elif flight[at] > kind.flight_mm:
            reasons[at] = f"it would fly further than {kind.flight_mm:g} mm"
    bad = np.array([bool(reason) for reason in reasons])
    for values in couplings.values():
        values[bad] = np.nan
    return Reading(couplings, tuple(reasons))


def _width_laws(
    signal: ModelSignal, kind: SignalProcess, mass: Floats, coupling: Floats
) -> tuple[Floats, Floats]:
    """Return coefficients (M, 3) of the searched and the total width as polynomials of second degree in the coupling.

    At tree level an amplitude is linear in a coupling, and widths are quadratic.
    """
    start = np.where(np.isfinite(coupling) & (coupling > 0.0), coupling, REFERENCE)
    factors = np.array([1.0, 2.0, 4.0])
    values = np.array(
        [
            [decays_seen(signal.make(float(m), float(f * g)), kind) for f in factors]
            for m, g in zip(mass, start, strict=True)
        ]
    )
    inverse = np.linalg.inv(np.vander(factors, 3, increasing=True))
    scaled = np.einsum("kf,mfw->mkw", inverse, values)
    # what is left of terms that cancel is rounding
    scaled[np.abs(scaled) < 1e-12 * np.abs(scaled).max(axis=1, keepdims=True)] = 0.0
    laws = scaled / start[:, None, None] ** np.arange(3)[None, :, None]
    return laws[:, :, 0], laws[:, :, 1]


def _at(law: Floats, coupling: Floats) -> Floats:
    extra = (slice(None),) + (None,) * (coupling.ndim - 1)
    a, b, c = (law[:, i][extra] for i in range(3))
    return np.asarray(a + coupling * (b + coupling * c))


def _solve(always: Floats, seen: Floats, total: Floats) -> Floats:
    """Return g with g² B(g) = g₁², by halves of ln g; NaN where there is none."""

    def rate(coupling: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return coupling**2 * np.clip(_at(seen, coupling) / _at(total, coupling), 0.0, 1.0)

    low, high = np.log(always), np.log(always * MOST)
    reached = rate(np.exp(high)) >= always**2
    for _ in range(60):
        middle = 0.5 * (low + high)
        over = rate(np.exp(middle)) >= always**2
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return np.asarray(np.where(reached, np.exp(high), np.nan))
