"""The trigger measurement: what it returns is what the card puts in."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.paper import figure_6
from scotopic.study.trigger.measurement import TriggerMeasurement, energy_bins, measure_trigger
from scotopic.study.trigger.probes import tag_and_probe_lines


@pytest.fixture(scope="module")
def measured() -> TriggerMeasurement:
    return measure_trigger(events=120_000, seed=11)


def test_fits_return_the_card(measured: TriggerMeasurement) -> None:
    assert [one.name for one in measured.lines] == ["lml1", "lml6", "lml13", "single_photon"]
    pulls = [one.fit.pull(name, truth) for one in measured.lines for name, truth in one.put_in.items()]
    assert np.abs(pulls).max() < 3.5
    assert sum(pull**2 for pull in pulls) < 32.9  # χ² of 12, probability 1e-3
    for one in measured.lines:
        assert one.fit.p_value > 1e-3
        assert one.fit.width < one.plain.width  # which has prediction and calorimeter in it


def test_counts_are_consistent(measured: TriggerMeasurement) -> None:
    for one in measured.lines:
        assert (one.passed <= one.found).all()
        assert (one.taken <= one.predicted).all()
        filled = one.found > 0.0
        assert (one.low <= np.nan_to_num(one.efficiency))[filled].all()
        assert (np.nan_to_num(one.efficiency) <= one.high)[filled].all()
        assert 0.9 < one.found.sum() / one.predicted.sum() < 1.0  # conversions, lost clusters
        assert one.found.sum() > 3_000
    assert measured.line("lml6").line.threshold_cm_GeV == 1.0
    with pytest.raises(InputError, match="lml6"):
        measured.line("lml99")


def test_bins_rise_and_are_fine_at_the_threshold() -> None:
    for threshold in (0.5, 1.0, 2.0):
        edges = energy_bins(threshold, 5.29)
        assert (np.diff(edges) > 0.0).all()
        assert edges[0] == pytest.approx(0.3)
        assert edges[-1] == pytest.approx(5.29)
        near = np.abs(edges[:-1] - threshold) < 0.2
        np.testing.assert_allclose(np.diff(edges)[near], 0.05, rtol=1e-9)


def test_a_card_without_lines_is_refused() -> None:
    with pytest.raises(InputError, match="belle has no"):
        measure_trigger("belle", events=10)
    card = load_experiment("belle2-phase3")
    with pytest.raises(InputError, match="track line"):
        tag_and_probe_lines(replace(card, trigger=replace(card.trigger, ffo=None)))


def test_figure_6_has_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(figure_6, "QUICK_EVENTS", 40_000)
    report = figure_6.make(tmp_path, quick=True, seed=3, workers=1)["fig6"]
    names = {Path(path).name for path in report["files"]}
    assert {"fig6.png", "fig6.pdf", "fig6_lines.png", "fig6_lml6.csv", "submission.yaml"} <= names
    assert all(Path(path).is_file() for path in report["files"])
    (first, *others) = report["checks"]
    assert first["published"] == 1.0
    assert abs(first["ratio"] - 1.0) < 0.03
    assert all(one["published"] is None and one["ratio"] is None for one in others)
    text = (tmp_path / "fig6_lml6.csv").read_text()
    assert "not published" in text
    assert "put in 0.99" in text


@pytest.mark.study
def test_pulls_over_seeds() -> None:
    """Threshold, width and plateau of each line, of ten samples, two cards."""
    pulls = {name: [] for name in ("plateau", "threshold", "width")}
    for card, seeds in (("belle2-phase3", range(10)), ("babar", range(100, 105))):
        for seed in seeds:
            for one in measure_trigger(card, events=200_000, seed=seed).lines:
                for name, truth in one.put_in.items():
                    pulls[name].append(one.fit.pull(name, truth))
    for name, values in pulls.items():
        number = len(values)
        assert abs(np.mean(values)) < 3.0 / np.sqrt(number) + 0.15, (name, values)
        assert 0.65 < np.std(values) < 1.4, (name, values)
