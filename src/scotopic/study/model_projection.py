"""What a search would exclude of any model: expected limits on its coupling, from few simulated events."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.searches import any_search
from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.counting_search import CountingResult, CountingSearch
from scotopic.searches.search import Search, SearchResult
from scotopic.searches.signal_process import get_signal
from scotopic.stats import counting_bands
from scotopic.study.counting_simulation import make_windows, simulate_counting
from scotopic.study.model_search import search_in_model
from scotopic.study.model_signal import ModelSignal, SignalGenerator, read_couplings
from scotopic.study.projection import project
from scotopic.study.simulated_luminosity import resolved_luminosity_fb

Floats = NDArray[np.float64]

MASSES = 40
BUMP_EVENTS = (5_000, 100_000)  # of signal per mass, of each leading background
PHOTON_SHARES = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7)  # tested masses over √s
PHOTON_EVENTS = (4_000, 4_000)
COUNTING_EVENTS = (3_000, 40_000)
CHANNEL_EVENTS = (4_000, 80_000)
OBSERVED_ONLY = (
    "pseudo-data",
    "observed limits",
    "luminosity not given",
)  # notes that expected limits do not need
COUNTING_SIGNALS = 9  # simulated masses
MOST_EVENTS = 1e3  # of background in a window: 3 %, where errors of the background are 20 % and more


@dataclass(frozen=True)
class ModelProjection:
    """Expected limits of a search; ours, not published.

    Masses in GeV, cross sections in fb, bands (M, 2); couplings NaN where the search does not apply.
    """

    search: str
    experiment: str
    luminosity_fb: float
    level: float
    model: str
    coupling_symbol: str
    mass: Floats
    efficiency: Floats
    resolution: Floats
    sigma_median: Floats
    sigma_band68: Floats
    sigma_band95: Floats
    coupling_median: Floats
    coupling_band68: Floats
    coupling_band95: Floats
    notes: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object; nothing is observed."""

        def limit(kind: str) -> dict[str, Any]:
            bands = {band: getattr(self, f"{kind}_{band}") for band in ("median", "band68", "band95")}
            return {"observed": None, **bands}

        return {
            "search": self.search,
            "experiment": self.experiment,
            "luminosity_fb": self.luminosity_fb,
            "model": self.model,
            "mass_GeV": self.mass,
            "efficiency": self.efficiency,
            "resolution": self.resolution,
            "sigma_limit_fb": limit("sigma"),
            "coupling_limit": {"symbol": self.coupling_symbol, **limit("coupling")},
            "level": self.level,
            "notes": list(self.notes),
            "settings": dict(self.settings),
        }


def project_in_model(
    name: str,
    signal: ModelSignal,
    *,
    experiment: str,
    luminosity_fb: float | None = None,
    seed: int = 1,
    workers: int = 1,
) -> ModelProjection:
    """Return the expected limits of a search in a model.

    Raises
    ------
    InputError
        Before any long work if the model does not drive the search's process.
    """
    own = any_search(name)
    if isinstance(own, CountingSearch):
        luminosity = luminosity_fb or own.paper_luminosity_fb
        return _of_counts(own, signal, experiment, luminosity, seed, workers)
    if isinstance(own, ChannelSearch):
        return _of_channels(own, signal, experiment, luminosity_fb, seed, workers)
    if isinstance(own, Search):
        few, many = BUMP_EVENTS
        low, high = own.mass_range
        masses = [low, *np.round(np.geomspace(low, high, MASSES + 1)[1:-1], 4).tolist()]
    else:
        few, many = PHOTON_EVENTS
        masses = np.round(np.array(PHOTON_SHARES) * load_experiment(experiment).beams.sqrt_s, 4).tolist()
    found = search_in_model(
        name,
        signal,
        experiment=experiment,
        luminosity_fb=luminosity_fb,
        masses=masses,
        toys=0,
        signal_events=few,
        background_events=many,
        seed=seed,
        workers=workers,
    )
    return _of_result(found, signal, few, many, seed)


def _of_channels(
    own: ChannelSearch,
    signal: ModelSignal,
    experiment: str,
    luminosity_fb: float | None,
    seed: int,
    workers: int,
) -> ModelProjection:
    if signal.name != own.model:
        raise InputError(f"{own.name} is simulated in {own.model} only, not in {signal.name}")
    invisible = signal.at(1.0).branching_fractions().get("invisible", 0.0)
    if invisible == 1.0:
        raise InputError(f"{own.name} looks for decays that {signal.name} does not have")
    low, high = own.mass_range
    few, many = CHANNEL_EVENTS
    found = project(
        own.name,
        luminosities_fb=() if luminosity_fb is None else (luminosity_fb,),
        experiment=experiment,
        parameters={"invisible": invisible},
        masses=np.round(np.geomspace(low, high, MASSES + 1)[1:-1], 4).tolist(),
        signal_events=few,
        background_events=many,
        seed=seed,
        workers=workers,
    ).results[0]
    assert isinstance(found, SearchResult)
    return _of_result(found, signal, few, many, seed)


def _of_result(
    found: SearchResult | CountingResult, signal: ModelSignal, few: int, many: int, seed: int
) -> ModelProjection:
    assert found.coupling_median is not None
    assert found.coupling_band68 is not None
    assert found.coupling_band95 is not None
    return ModelProjection(
        found.search,
        found.experiment,
        found.luminosity_fb,
        found.settings["level"],
        signal.name,
        found.coupling_symbol,
        found.mass,
        found.efficiency,
        found.resolution,
        found.sigma_median,
        found.sigma_band68,
        found.sigma_band95,
        found.coupling_median,
        found.coupling_band68,
        found.coupling_band95,
        tuple(note for note in found.notes if not any(one in note for one in OBSERVED_ONLY)),
        {"signal_events_per_mass": few, "background_events": many, "seed": seed},
    )


def _of_counts(
    own: CountingSearch,
    signal: ModelSignal,
    experiment: str,
    luminosity_fb: float,
    seed: int,
    workers: int,
) -> ModelProjection:
    """Return the projection of a counting search: its cuts as good as the simulated background can make them."""
    kind = get_signal(own.name)
    card = load_experiment(experiment)
    all_masses = np.array(own.signal_masses)
    signal.check(own.name, kind, all_masses)
    some = np.unique(np.linspace(0, len(all_masses) - 1, COUNTING_SIGNALS).round().astype(int))
    generator = SignalGenerator(signal, kind)
    few, many = COUNTING_EVENTS
    simulation = simulate_counting(
        replace(own, generate_signal=generator, signal_masses=tuple(all_masses[some].tolist())),
        card,
        signal_events=few,
        background_events=many,
        seed=seed,
        workers=workers,
    )
    simulated = resolved_luminosity_fb(simulation.backgrounds)
    tuned = min(luminosity_fb, simulated)
    mass = np.linspace(all_masses[0], all_masses[-1], MASSES)
    windows = make_windows(simulation, tuned, mass)
    per_fb = np.sum(list(windows.expected.values()), axis=0)
    statistical = np.sqrt(np.sum([one**2 for one in windows.expected_error.values()], axis=0))
    error = np.hypot(statistical, own.systematic_error("background") * per_fb)
    # from there on the background's error alone decides, and more luminosity changes nothing
    counted = np.minimum(luminosity_fb, MOST_EVENTS / (per_fb + error))
    bands = counting_bands(
        counted * per_fb,
        background_error=counted * error,
        efficiency=np.maximum(windows.efficiency, 1e-9),
        efficiency_error=np.hypot(
            windows.efficiency_error, own.systematic_error("efficiency") * windows.efficiency
        ),
        luminosity=counted,
        luminosity_error=own.systematic_error("luminosity") * counted,
        level=own.level,
    )
    resolution = windows.half_width / own.window_sigmas / (2.0 * mass)
    sigma = {name: np.asarray(getattr(bands, name)) for name in ("median", "band68", "band95")}
    reading = read_couplings(
        signal, kind, mass, generator.cross_section_fb(mass), sigma, resolution, card.beams.sqrt_s
    )
    if not np.isfinite(reading.couplings["median"]).any():
        raise InputError(f"{own.name} in {signal.name}: {'; '.join(sorted(set(reading.reasons)))}")
    said = (
        f"cuts are those for {tuned:.3g}/fb, as far as the simulated background reaches; its statistical error and "
        "the systematic ones of today are in the limits, which more luminosity then hardly improves"
    )
    g = reading.couplings
    return ModelProjection(
        search=own.name,
        experiment=card.name,
        luminosity_fb=luminosity_fb,
        level=own.level,
        model=signal.name,
        coupling_symbol=f"{signal.coupling} ({signal.name})",
        mass=mass,
        efficiency=windows.efficiency,
        resolution=resolution,
        sigma_median=sigma["median"],
        sigma_band68=sigma["band68"],
        sigma_band95=sigma["band95"],
        coupling_median=g["median"],
        coupling_band68=g["band68"],
        coupling_band95=g["band95"],
        notes=(said, *reading.notes(signal.name, mass)),
        settings={"signal_events_per_mass": few, "background_events": many, "seed": seed},
    )
