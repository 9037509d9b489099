"""Random streams that depend on their key only, never on the order in which they are asked for.

A stream is the counter-based generator Philox-4x64 (J. K. Salmon et al., *Parallel random numbers: as easy
as 1, 2, 3*, SC11) keyed by a BLAKE2b hash of the seed and of the key's parts: the same (seed, key) gives the
same bits with one worker or forty.
"""

from hashlib import blake2b
from typing import SupportsIndex

import numpy as np

from scotopic.errors import InputError


def _digest(seed: SupportsIndex, key: tuple[str | SupportsIndex, ...], size: int) -> bytes:
    number = seed.__index__()
    if number < 0:
        raise InputError(f"seed = {number}, must be an integer that is not negative")
    parts = [f"s{len(part)}:{part}" if isinstance(part, str) else f"i{part.__index__()}" for part in key]
    return blake2b("/".join([f"i{number}", *parts]).encode(), digest_size=size, person=b"scotopic").digest()


def stream(seed: SupportsIndex, *key: str | SupportsIndex) -> np.random.Generator:
    """Return the random generator that belongs to a seed and a key.

    Parameters
    ----------
    seed : int
        The study's seed, not negative.
    key : str or int
        Names the stream, for instance ``("generate", process, chunk)``; texts and integers differ
        (``"1"`` is not ``1``), and so do keys with their parts in another order.
    """
    digest = _digest(seed, key, 16)
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, dtype="<u8").astype(np.uint64)))


def seed_of(seed: SupportsIndex, *key: str | SupportsIndex) -> int:
    """Return a seed (63 bits) for a part of a study that takes a seed and makes its own streams."""
    return int.from_bytes(_digest(seed, ("seed", *key), 8), "little") >> 1
