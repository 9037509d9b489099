"""One formula, two engines: NumPy runs it as it stands, jax compiles the same function.

Long arrays are worked on in chunks of one fixed length (the last one padded), so that a function is compiled
once; compiled programs are kept on disk. Double precision holds inside the engine only, not for the whole
process.
"""

import os
import time
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.numerics.compile_cache import CompileCache, open_cache

Engine = Literal["auto", "numpy", "jax"]

CHUNK = 8192
"""Events per call: enough to hide the interpreter, few enough for the caches."""

COMPILE_ABOVE_EVENTS = 200_000
COMPILE_VERTICES = (60, 200)
"""Fewer are soon done without a compiler, once per mass of a scan; more make XLA's programs slower than NumPy's."""


KEPT_ABOVE_SECONDS = 0.2
"""Programs that compile faster are not kept on disk."""


def cache_folder() -> Path:
    """Return where compiled programs are kept: $SCOTOPIC_CACHE, else the user's cache folder."""
    given = os.environ.get("SCOTOPIC_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scotopic"


def choose_engine(engine: Engine, events: int, vertices: int) -> Literal["numpy", "jax"]:
    """Return the engine for an amplitude of so many vertex applications on so many events."""
    if engine not in ("auto", "numpy", "jax"):
        raise InputError(f"engine = {engine!r}, expected auto, numpy or jax")
    if engine != "auto":
        return engine
    smallest, largest = COMPILE_VERTICES
    pays = events >= COMPILE_ABOVE_EVENTS and smallest <= vertices <= largest
    return "jax" if pays else "numpy"


def run(
    function: Callable[..., Any],
    static: tuple[Any, ...],
    arrays: Floats,
    *,
    engine: Literal["numpy", "jax"],
    chunk: int = CHUNK,
) -> Floats:
    """Return ``function(*static, arrays)`` for arrays (..., N), computed chunk by chunk.

    Parameters
    ----------
    function : callable
        Takes the static arguments and one array (..., n), returns (n,); formulas of array operators only.
    static : tuple
        Hashable arguments; a program is compiled for each set of them.
    """
    _keep_freed_memory()
    n = arrays.shape[-1]
    result = np.empty(n)
    for start in range(0, n, chunk):
        part = arrays[..., start : start + chunk]
        size = part.shape[-1]
        if engine == "jax":
            if size < chunk:
                part = np.concatenate([part, np.repeat(part[..., -1:], chunk - size, axis=-1)], axis=-1)
            result[start : start + size] = compiled(function, static)(part)[:size]
        else:
            result[start : start + size] = function(*static, part)
    return result


@lru_cache(maxsize=64)
def compiled(function: Callable[..., Any], static: tuple[Any, ...] = ()) -> Callable[..., Any]:
    """Return the jax-compiled ``function(*static, ...)`` of NumPy arrays in double precision."""
    jax = _jax()
    program = jax.jit(partial(function, *static))

    def call(*arrays: Any) -> Any:
        began = time.perf_counter()
        with jax.enable_x64(True):
            made = jax.tree.map(np.asarray, program(*arrays))
        cache = _cache()
        if cache is not None and time.perf_counter() - began > KEPT_ABOVE_SECONDS:
            cache.publish()  # it may have been compiled
        return made

    return call


def map_lanes(
    function: Callable[..., Any],
    static: tuple[Any, ...],
    stacked: tuple[Any, ...],
    shared: tuple[Any, ...],
    *,
    engine: Literal["numpy", "jax"],
) -> tuple[Any, ...]:
    """Return ``function(xp, *static, one, *shared)`` for each `one` along the leading axis of `stacked`.

    Parameters
    ----------
    function : callable
        Takes the array namespace first and returns a tuple of arrays; no step may depend on the data.
    static : tuple
        Hashable arguments; a program is compiled for each set of them and of shapes.
    stacked : named tuple of arrays
        All with the same leading axis; `one` is of the same type.
    shared : tuple of arrays
        The same in every call.
    """
    if engine == "jax":
        made: tuple[Any, ...] = _compiled_map(function, static)(stacked, shared)
        return made
    with np.errstate(all="ignore"):  # lanes that do not settle
        kind: Any = type(stacked)
        parts = [function(np, *static, kind(*one), *shared) for one in zip(*stacked, strict=True)]
    return tuple(np.stack(values) for values in zip(*parts, strict=True))


@lru_cache(maxsize=64)
def _compiled_map(function: Callable[..., Any], static: tuple[Any, ...]) -> Callable[..., Any]:
    jax = _jax()

    def program(stacked: Any, shared: Any) -> Any:
        return jax.lax.map(lambda one: function(jax.numpy, *static, one, *shared), stacked)

    return compiled(program)


@lru_cache(maxsize=1)
def _keep_freed_memory() -> None:
    # glibc gives back free memory beyond twice the largest block freed so far (of up to 32 MB), and asks for it
    # again for the next chunk: a third of the time of long formulas. A block freed untouched ends that.
    np.empty(31 << 20, dtype=np.uint8)


@lru_cache(maxsize=1)
def _jax() -> Any:
    jax: Any = import_module("jax")

    cache = _cache()
    if cache is not None:
        jax.config.update("jax_compilation_cache_dir", str(cache.work))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", KEPT_ABOVE_SECONDS)
    return jax


@lru_cache(maxsize=1)
def _cache() -> CompileCache | None:
    return open_cache(cache_folder())
