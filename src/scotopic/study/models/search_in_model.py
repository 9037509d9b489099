"""A search in another model than its own: signal, width and branching fraction are the model's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scotopic.analysis.coupling import ByMass, Reading
from scotopic.analysis.search import Search
from scotopic.analysis.signal_process import SignalProcess
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.searches import get_search, searches
from scotopic.study.models.model_signal import ModelSignal, SignalGenerator, read_couplings, signal_of

MASSES = (1e-3, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97)
"""In units of √s, where a search does not say at which masses it simulates."""


@dataclass(frozen=True)
class ModelCoupling:
    """The coupling of another model, on which widths and branching fractions depend.

    Attributes
    ----------
    signal, process, generator
        The model, what the search sees of it, and its cross sections.
    masses : tuple of float
        Where these are computed (GeV), if the simulated signal is that of the search's own model.
    parameters : mapping
        Of the model, as they were asked for.
    """

    signal: ModelSignal
    process: SignalProcess
    generator: SignalGenerator
    masses: tuple[float, ...]
    parameters: Mapping[str, float | str]
    column: str = "coupling"

    @property
    def symbol(self) -> str:
        """Return the coupling with its model."""
        return f"{self.signal.coupling} ({self.signal.name})"

    @property
    def label(self) -> str:
        """Return the same."""
        return self.symbol

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return model and parameters."""
        return {"model": self.signal.name, "parameters": dict(self.parameters)}

    def cross_section_fb(self, mass: Floats, sqrt_s: float) -> Floats:
        """Return σ at a coupling of one in fb, log-linear between `masses`."""
        sigma = [self.generator.tree_cross_section_pb((one,), sqrt_s=sqrt_s) for one in self.masses]
        return np.asarray(1e3 * np.exp(np.interp(mass, self.masses, np.log(sigma))))

    def read(
        self,
        limits_fb: Mapping[str, Floats],
        points: Floats,
        resolution: Floats,
        *,
        sqrt_s: float,
        simulated_fb: ByMass,
        parameters: Mapping[str, Any],
    ) -> Reading:
        """Return couplings, NaN where the particle is not what was simulated.

        Raises
        ------
        InputError
            If there is none at any mass.
        """
        mass = points[:, 0]
        unit = self.cross_section_fb(mass, sqrt_s) if self.masses else simulated_fb(mass)
        positive = {name: np.where(values > 0.0, values, np.nan) for name, values in limits_fb.items()}
        found = read_couplings(self.signal, self.process, mass, unit, positive, resolution[:, 0], sqrt_s)
        if not np.isfinite(found.couplings["median"]).any():
            raise InputError(f"in {self.signal.name}: {'; '.join(sorted(set(found.reasons)))}")
        name = self.signal.name
        first = f"signal, width and branching fraction of the model {name}, {self.signal.coupling} scanned"
        return Reading(found.couplings, (first, *found.notes(name, mass)))


def in_model(
    search: Search,
    model: str | ModelSignal,
    parameters: Mapping[str, float | str],
    sqrt_s: float,
) -> Search:
    """Return a search as it is run and read in a model; √s in GeV.

    Where the model makes its particle as the search's own does, with the same spin and angles, the search's signal is
    used; everything else is simulated with the model's amplitudes. Masses at which the particle would be wider than the
    resolution, or fly before it decays to what must be seen, get no limit on the coupling, and a note.

    Parameters
    ----------
    search : Search
        Makes one new particle.
    model : str or ModelSignal
        A model's name, the path of its file or card, or the model itself.
    parameters : mapping
        Of the model, without its mass and the coupling that is scanned.

    Raises
    ------
    InputError
        If the model does not drive the search's process, or not with one coupling squared.
    """
    process = search.signal.process
    if process is None:
        raise InputError(
            f"{search.name} makes two new particles and is read in its own model; in another model work "
            + ", ".join(name for name in searches() if get_search(name).signal.process)
        )
    other = model if isinstance(model, ModelSignal) else signal_of(model, parameters)
    masses = known_masses(search, sqrt_s)
    other.check(search.name, process, masses)
    generator = SignalGenerator(other, process)
    own = search.signal.coupling is not None and other.is_made_like(
        signal_of(search.model, {}), process, float(masses[len(masses) // 2])
    )
    divided = search.signal.fractions is not None
    if divided and not own:
        raise InputError(
            f"{search.name} simulates a vector that the beams radiate as a dark photon, with its angles; the "
            f"particle of {other.name} is made in another way"
        )
    coupling = ModelCoupling(other, process, generator, tuple(masses.tolist()) if own else (), parameters)
    signal = replace(search.signal, model=other.name, coupling=coupling)
    if divided:
        signal = replace(signal, fractions=generator.shares)
    if not own:
        signal = replace(signal, generate=generator, tree_pb=generator.tree_cross_section_pb)
    return replace(search, signal=signal)


def known_masses(search: Search, sqrt_s: float) -> Floats:
    """Return masses at which the signal's cross section is known, GeV."""
    if search.signal.fractions is not None or not search.regions:
        return np.array(MASSES) * sqrt_s
    return np.unique([coordinates[0] for region in search.regions for coordinates in region.grid])
