"""The simulated signal of a model that published bounds are carried over to."""

import math
from dataclasses import replace

from scotopic.bounds.carriers import Carrier, PhotonAlp, Vector
from scotopic.physics.model import Decay, Model
from scotopic.physics.models.vector_mediator import vector_mediator
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import ALPHA_0
from scotopic.study.models.model_signal import ModelSignal

SYMBOLS = {"dark-photon:epsilon": "epsilon", "lmu-ltau:gprime": "gprime"}


def carried_signal(carrier: Carrier) -> ModelSignal | None:
    """Return the model as searches simulate it, with its dark decays; None where only its bounds are known."""
    if isinstance(carrier, Vector):
        charges = carrier.charges

        def vector(mass: float, g: float) -> Model:
            made = vector_mediator(carrier.name, charges, mass, g, 0.0, None, "dirac", 1.0 / ALPHA_0)
            return _with_dark_decays(made, carrier.invisible)

        return ModelSignal(carrier.name, SYMBOLS.get(carrier.convention, "g"), vector)
    if isinstance(carrier, PhotonAlp):

        def alp(mass: float, g: float) -> Model:
            return _with_dark_decays(get_model("alp-photon", mass=mass, g=g), carrier.invisible)

        return ModelSignal(carrier.name, "g", alp)
    return None


def _with_dark_decays(model: Model, share: float) -> Model:
    """Return the model with a branching fraction to dark particles.

    Where all decays are dark, the total width, unknown, is that of the others.
    """
    seen = [decay for decay in model.decays if decay.width > 0.0]
    width = math.fsum(decay.width for decay in seen)
    if share == 1.0:
        return replace(model, decays=(Decay(model.mediator, "invisible", width or 1e-30),))
    dark = Decay(model.mediator, "invisible", width * share / (1.0 - share))
    return replace(model, decays=(*seen, dark))
