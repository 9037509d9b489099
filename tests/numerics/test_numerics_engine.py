import subprocess
import sys

import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.numerics import engine
from scotopic.numerics.engine import (
    COMPILE_ABOVE_EVENTS,
    COMPILE_VERTICES,
    cache_folder,
    choose_engine,
    compiled,
    run,
)
from scotopic.physics.amplitudes.plan import cost
from scotopic.physics.amplitudes.squared import squared_amplitude
from scotopic.physics.processes import parse_process

ENGINES = ["numpy", "jax"]


def mass2(scale, p):
    """An energy of 10 and a momentum of 10 - 1e-9: single precision would find zero."""
    return scale * (p[0] * p[0] - p[1] * p[1])


def some(n, seed=1):
    p = np.random.default_rng(seed).uniform(5.0, 10.0, (2, n))
    p[1] = p[0] * (1.0 - 1e-9)
    return p


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("n", [1, 63, 64, 65, 200])
def test_chunking_changes_nothing(name, n):
    p = some(n)
    found = run(mass2, (2.0,), p, engine=name, chunk=64)
    assert found.shape == (n,)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, mass2(2.0, p), rtol=1e-6)  # nine of sixteen digits cancel


def test_the_size_of_a_chunk_does_not_change_one_bit():
    p = some(1000)
    whole = run(mass2, (1.0,), p, engine="numpy", chunk=1000)
    for chunk in (1, 7, 999, 5000):
        np.testing.assert_array_equal(run(mass2, (1.0,), p, engine="numpy", chunk=chunk), whole)


@pytest.mark.parametrize("name", ENGINES)
def test_no_events_give_no_values(name):
    assert run(mass2, (1.0,), np.empty((2, 0)), engine=name).shape == (0,)


def test_the_padding_of_the_last_chunk_is_not_seen():
    """Padded with the last event: what comes back for an event does not depend on its neighbours."""
    p = some(100)
    alone = np.concatenate([run(mass2, (1.0,), p[:, i : i + 1], engine="jax", chunk=32) for i in range(100)])
    np.testing.assert_array_equal(run(mass2, (1.0,), p, engine="jax", chunk=32), alone)


def test_the_input_is_left_as_it_was():
    p = some(100)
    kept = p.copy()
    for name in ENGINES:
        run(mass2, (1.0,), p, engine=name, chunk=64)
    np.testing.assert_array_equal(p, kept)


def test_an_amplitude_is_the_same_by_both_engines_and_in_any_chunk():
    process = parse_process("e- e+ > gamma gamma")
    cos = np.random.default_rng(2).uniform(-0.99, 0.99, 150)
    sin = np.sqrt(1.0 - cos**2)
    e = np.full(150, 5.29)
    p = np.sqrt(e**2 - process.masses[0] ** 2)
    zero = np.zeros(150)
    legs = [
        (e, zero, zero, p),
        (e, zero, zero, -p),
        (e, e * sin, zero, e * cos),
        (e, -e * sin, zero, -e * cos),
    ]
    momenta = np.array(legs)
    reference = squared_amplitude(process, momenta, "numpy")
    np.testing.assert_allclose(squared_amplitude(process, momenta, "jax"), reference, rtol=1e-11)
    one_by_one = [squared_amplitude(process, momenta[..., i : i + 1], "numpy")[0] for i in range(0, 150, 10)]
    np.testing.assert_allclose(one_by_one, reference[::10], rtol=1e-13)


def test_a_program_is_compiled_once_for_each_set_of_static_arguments():
    assert compiled(mass2, (2.0,)) is compiled(mass2, (2.0,))
    assert compiled(mass2, (2.0,)) is not compiled(mass2, (3.0,))


def test_double_precision_does_not_leak_into_the_users_jax():
    import jax

    before = jax.numpy.ones(2).dtype
    found = run(mass2, (1.0,), some(10), engine="jax", chunk=16)
    assert found.dtype == np.float64
    assert np.all(found > 0.0)
    assert jax.config.jax_enable_x64 is False
    assert before == jax.numpy.ones(2).dtype == np.float32


def test_double_precision_ends_when_a_function_fails():
    import jax

    def broken(p):
        raise ArithmeticError("in the formula")

    with pytest.raises(ArithmeticError, match="in the formula"):
        run(broken, (), some(4), engine="jax", chunk=4)
    assert jax.config.jax_enable_x64 is False


@pytest.mark.parametrize(
    ("events", "vertices", "expected"),
    [
        (COMPILE_ABOVE_EVENTS, COMPILE_VERTICES[0], "jax"),
        (COMPILE_ABOVE_EVENTS, COMPILE_VERTICES[1], "jax"),
        (COMPILE_ABOVE_EVENTS - 1, COMPILE_VERTICES[1], "numpy"),
        (COMPILE_ABOVE_EVENTS, COMPILE_VERTICES[0] - 1, "numpy"),
        (COMPILE_ABOVE_EVENTS, COMPILE_VERTICES[1] + 1, "numpy"),
        (10**9, 100, "jax"),
        (1, 1, "numpy"),
    ],
)
def test_many_events_of_a_simple_amplitude_are_compiled(events, vertices, expected):
    assert choose_engine("auto", events, vertices) == expected


@pytest.mark.parametrize("name", ENGINES)
def test_the_users_choice_holds_at_every_size(name):
    assert choose_engine(name, 1, 10**6) == name
    assert choose_engine(name, 10**9, 1) == name


def test_an_unknown_engine_is_refused():
    with pytest.raises(InputError, match="engine = 'cuda', expected auto, numpy or jax"):
        choose_engine("cuda", 1, 1)


@pytest.mark.parametrize(
    ("outgoing", "expected"),
    [
        ("gamma gamma", "numpy"),
        ("gamma gamma gamma", "jax"),
        ("e- e+ gamma", "jax"),
        ("e- e+ mu- mu+", "numpy"),
    ],
)
def test_amplitudes_of_three_bodies_are_compiled(outgoing, expected):
    vertices = cost(parse_process(f"e- e+ > {outgoing}").plan)
    assert choose_engine("auto", 10**7, vertices) == expected


def test_the_cache_is_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("SCOTOPIC_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("SCOTOPIC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "scotopic"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "scotopic"


@pytest.fixture
def fresh_jax():
    engine._jax.cache_clear()
    engine._cache.cache_clear()
    compiled.cache_clear()
    import jax

    names = ["jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs"]
    kept = {name: getattr(jax.config, name) for name in names}
    yield jax
    for name, value in kept.items():
        jax.config.update(name, value)
    engine._jax.cache_clear()
    engine._cache.cache_clear()
    compiled.cache_clear()


def test_programs_are_kept_in_the_cache(monkeypatch, tmp_path, fresh_jax):
    monkeypatch.setenv("SCOTOPIC_CACHE", str(tmp_path))
    run(mass2, (1.0,), some(4), engine="jax", chunk=4)
    assert fresh_jax.config.jax_compilation_cache_dir.startswith(str(tmp_path / "jax"))


def test_a_cache_that_cannot_be_written_costs_only_time(monkeypatch, tmp_path, fresh_jax):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCOTOPIC_CACHE", str(tmp_path / "file"))
    p = some(4)
    np.testing.assert_allclose(run(mass2, (1.0,), p, engine="jax", chunk=4), mass2(1.0, p), rtol=1e-6)


def test_jax_is_loaded_only_when_it_is_used():
    code = "import sys, scotopic.physics.amplitudes.squared, scotopic.detector.simulate; print('jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
