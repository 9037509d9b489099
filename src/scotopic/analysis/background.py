"""The noun `Background`, and the usual way to generate one."""

from collections.abc import Callable
from dataclasses import dataclass

from scotopic.analysis.radiation import RADIATION
from scotopic.analysis.smoothing import Histogram, Smoothing
from scotopic.detector.experiment import Experiment
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.events.sampler import Bias


@dataclass(frozen=True)
class Background:
    """A background process.

    Attributes
    ----------
    name, label : str
        Key in results and text in figures.
    generate : callable (n, *, experiment, seed, workers) -> Events
        In the centre of mass, or in the laboratory with the beams' energy spread as the card has it; weights sum to
        the cross section in pb. `generated` makes one of a process.
    share : float
        Number of generated events relative to the leading background.
    copies : int
        How often each generated event goes through the detector.
    by_region : bool
        Whether events are generated anew for each region, of which `generate` is told: ``region=``.
    lost_track_boost, least_loss : float
        Factor on the probability to lose a track, and least probability of losses in the calorimeter; weights undo
        them.
    smoothing : Smoothing
        Of its spectra.
    kernel : (float, float), optional
        In a plane: standard deviations of the kernel that spreads its events, in units of the observables.
    cross_section : str
        Where its cross section is not that of the generator: what stands for it.
    mark, source : str
        Provenance of the cross section.
    """

    name: str
    label: str
    generate: Callable[..., Events]
    share: float = 1.0
    copies: int = 1
    by_region: bool = False
    lost_track_boost: float = 1.0
    least_loss: float = 0.0
    smoothing: Smoothing = Histogram()
    kernel: tuple[float, float] | None = None
    cross_section: str = "generated"
    mark: str = "D"
    source: str = "own events"


def generated(
    n: int,
    *,
    process: str,
    cuts: tuple[str, ...] = (),
    unweighted: bool = False,
    bias: Bias | None = None,
    experiment: Experiment,
    seed: int,
    workers: int,
) -> Events:
    """Return events of a process of the Standard Model; with `functools.partial` the generator of a `Background`.

    All radiate. `bias`: as `generate` takes it.
    """
    return generate(
        process,
        n,
        sqrt_s=experiment.beams.sqrt_s,
        cuts=cuts,
        seed=seed,
        unweighted=unweighted,
        workers=workers,
        **RADIATION.options,
        bias=bias,
    )
