"""The registry of models: those of the package by name, a user's own by path.

A model is one file with a function ``model`` and one line in `_MODELS`; a user's own model is such a file,
named by its path. The arguments of the function are the model's parameters, as in ``def model(mass,
g=1e-3)``, or any with ``def model(**parameters)``; it returns a `Model`.
"""

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scotopic.cards.values import is_number
from scotopic.errors import InputError
from scotopic.physics.model import Model
from scotopic.physics.models.charge_card import read_card
from scotopic.user_code import run_file, told

_MODELS: Mapping[str, str] = {
    "sm": "scotopic.physics.models.sm",
    "alp-photon": "scotopic.physics.models.alp_photon",
    "dark-photon": "scotopic.physics.models.dark_photon",
    "dark-higgs": "scotopic.physics.models.dark_higgs",
    "lmu-ltau": "scotopic.physics.models.lmu_ltau",
    "lfv-zprime": "scotopic.physics.models.lfv_zprime",
    "b-minus-l": "scotopic.physics.models.b_minus_l",
    "baryon-number": "scotopic.physics.models.baryon_number",
    "le-lmu": "scotopic.physics.models.le_lmu",
    "le-ltau": "scotopic.physics.models.le_ltau",
    "protophobic": "scotopic.physics.models.protophobic",
    "alp-lepton": "scotopic.physics.models.alp_lepton",
    "leptophilic-scalar": "scotopic.physics.models.leptophilic_scalar",
    "dark-scalar": "scotopic.physics.models.dark_scalar",
    "inelastic-dark-matter": "scotopic.physics.models.inelastic_dark_matter",
}


def models() -> tuple[str, ...]:
    """Return the names of the models that come with the package."""
    return tuple(_MODELS)


def get_model(name: str, **parameters: float | str) -> Model:
    """Return a model by name, or by the path of a Python file with a function ``model``.

    Parameters
    ----------
    name : str
        One of `models()`, or a path that ends in ``.py``, or in ``.toml``: `scotopic.physics.models.charge_card`.
    parameters
        The arguments of the function ``model``: the model's parameters. `alpha_inv`, 1/α, is one of every
        model of the package.

    Raises
    ------
    InputError
        If there is no such model or file, a parameter is unknown, missing or no finite number, or the
        function in a user's file fails or returns no `Model`.
    """
    build = _builder(name)
    arguments = inspect.signature(build).parameters.values()
    accepted = [a for a in arguments if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD)]
    names = [a.name for a in accepted]
    texts = {a.name for a in accepted if isinstance(a.default, str)}  # such as "standard" or "dark"
    any_name = any(a.kind == a.VAR_KEYWORD for a in arguments)
    for parameter, value in parameters.items():
        if parameter not in names and not any_name:
            raise InputError(f"model {name} has no parameter {parameter!r}; it has: {', '.join(names)}")
        if parameter in texts:
            continue
        if not is_number(value):
            raise InputError(f"model {name}: {parameter} = {value!r}, expected a finite number")
    missing = [a.name for a in accepted if a.default is a.empty and a.name not in parameters]
    if missing:
        raise InputError(f"model {name} needs a value for: {', '.join(missing)}")
    made = build(**{p: value if p in texts else float(value) for p, value in parameters.items()})
    if not isinstance(made, Model):
        raise InputError(
            f"model {name}: its function model() returned {type(made).__name__}, expected a Model"
        )
    return made


def model_parameters(name: str) -> tuple[str, ...]:
    """Return the names of a model's parameters, in the order of its function ``model``: mass first, coupling second."""
    arguments = inspect.signature(_builder(name)).parameters.values()
    return tuple(a.name for a in arguments if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD))


def _builder(name: str) -> Callable[..., object]:
    if name in _MODELS:
        build: Callable[..., object] = model_module(name).model
        return build
    if name.endswith(".py"):
        return _from_file(Path(name))
    if name.endswith(".toml"):
        return read_card(Path(name))
    raise InputError(
        f"unknown model {name[:100]!r}; there are: {', '.join(_MODELS)}, or the path of a .py file "
        "or of a .toml card of charges"
    )


def model_module(name: str) -> Any:
    """Return the module of a model by name, or by the path of a Python file.

    Raises
    ------
    InputError
        If there is no such model or file, or the file cannot be run.
    """
    if name in _MODELS:
        return importlib.import_module(_MODELS[name])
    if not name.endswith(".py"):
        raise InputError(
            f"unknown model {name[:100]!r}; there are: {', '.join(_MODELS)}, or the path of a .py file"
        )
    return run_file(Path(name), "model")


def _from_file(path: Path) -> Callable[..., object]:
    module = model_module(str(path))
    user_model: Any = getattr(module, "model", None)
    try:
        inspect.signature(user_model)
    except (TypeError, ValueError):
        raise InputError(
            f"model file {path} defines no function model; expected def model(mass, ...)"
        ) from None

    @functools.wraps(user_model)
    def build(**parameters: float) -> object:
        try:
            return user_model(**parameters)
        except (Exception, SystemExit) as fault:
            raise InputError(f"model file {path}: its function model() failed: {told(fault)}") from fault

    return build
