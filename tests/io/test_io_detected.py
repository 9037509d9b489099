"""Round trip of detected events."""

from dataclasses import fields

import numpy as np

from scotopic.detector.record import Clusters, Detected, Missed, Tracks
from scotopic.io import kind_of, read_detected, write_detected
from scotopic.io.detected import FLAGS, INTEGERS


def part(cls, *shape, rng):
    kinds = {
        f.name: np.int32 if f.name in INTEGERS else bool if f.name in FLAGS else float for f in fields(cls)
    }
    return cls(**{name: rng.integers(0, 2, shape).astype(kind) for name, kind in kinds.items()})


def test_round_trip(tmp_path):
    rng = np.random.default_rng(3)
    detected = Detected(
        part(Clusters, 4, 6, rng=rng),
        part(Tracks, 0, 6, rng=rng),
        part(Missed, 6, rng=rng),
        {"hie": rng.integers(0, 2, 6).astype(bool)},
        rng.random(6),
        np.array([0.0, 0.0, 0.27]),
        10.58,
        "belle2-2018",
        True,
    )
    write_detected(detected, tmp_path / "d.parquet", luminosity_fb=0.445)
    back = read_detected(tmp_path / "d.parquet")
    assert kind_of(tmp_path / "d.parquet") == "detected"
    for name in ("clusters", "tracks", "missed"):
        for f in fields(getattr(detected, name)):
            one, two = getattr(getattr(detected, name), f.name), getattr(getattr(back, name), f.name)
            np.testing.assert_array_equal(one, two)
            assert one.dtype == two.dtype
    np.testing.assert_array_equal(back.trigger["hie"], detected.trigger["hie"])
    np.testing.assert_array_equal(back.weights, detected.weights)
    assert (back.sqrt_s, back.experiment, back.beam_spread) == (10.58, "belle2-2018", True)
