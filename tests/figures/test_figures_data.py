"""What the figures plot: lines, labels, ranges; drawn with every warning an error."""

import warnings
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from scotopic.bounds import load_bound
from scotopic.errors import InputError
from scotopic.figures import style
from scotopic.figures.curves import set_mass_axis
from scotopic.figures.exclusions import exclusion_plane
from scotopic.figures.likelihood import likelihood_scan
from scotopic.figures.limits import LimitCurves
from scotopic.figures.p_values import one_sided_p, p_value_scan
from scotopic.figures.paper.figure_1 import figure_1
from scotopic.figures.paper.figure_2a import figure_2a
from scotopic.figures.paper.figure_2b import COMPETITORS, COUPLINGS, MASSES, figure_2b
from scotopic.figures.performance import efficiency, resolution
from scotopic.figures.spectra import pulls, spectrum
from scotopic.figures.toys import toy_distribution

MASS = np.geomspace(0.2, 9.7, 40)


def limits(scale=1.0, observed=True):
    median = scale * (100.0 + 40.0 * MASS)
    band68, band95 = np.stack([0.7 * median, 1.4 * median], 1), np.stack([0.5 * median, 2.0 * median], 1)
    return LimitCurves(MASS, median * 1.1 if observed else None, median, band68, band95)


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def luminance(colour):
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


def draw(figure):
    FigureCanvasAgg(figure).draw()
    return figure


def test_figure_2a_shows_the_arrays_it_was_given():
    curves = limits()
    other = (np.array([1.0, 2.0]), np.array([200.0, 300.0]))
    figure = draw(
        figure_2a(curves, beside={"Belle II 2020": other}, luminosity_fb=0.445, experiment="belle2-2018")
    )
    (axes,) = figure.axes
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["median expected"].get_xydata().T, [curves.mass, curves.median])
    np.testing.assert_array_equal(drawn["observed (95% CL)"].get_ydata(), curves.observed)
    np.testing.assert_array_equal(drawn["Belle II 2020"].get_xydata().T, other)
    outer, inner = (band.get_paths()[0].vertices for band in axes.collections)
    for vertices, band in ((outer, curves.band95), (inner, curves.band68)):
        assert vertices[:, 1].min() == pytest.approx(band.min())
        assert vertices[:, 1].max() == pytest.approx(band.max())
    assert axes.get_xlim() == (0.2, 9.7)
    assert axes.get_ylim()[0] < curves.band95.min()
    assert axes.get_ylim()[1] > curves.band95.max()
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert "(fb)" in axes.get_ylabel()
    assert any("simulated data" in text for text in texts(axes))
    assert any("445 pb" in text and "belle2-2018" in text for text in texts(axes))


def test_projection_has_no_observed_line_and_says_whose_it_is():
    figure = draw(figure_2a(limits(observed=False), sample=style.PROJECTION, luminosity_fb=50_000.0))
    (axes,) = figure.axes
    assert "observed (95% CL)" not in lines(axes)
    assert any("our projection" in text for text in texts(axes))
    assert not any("published" in text for text in texts(axes))
    assert any("50 ab" in text for text in texts(axes))


def test_figure_2b_names_every_bound_once():
    bounds = [load_bound(name) for name in COMPETITORS]
    published = load_bound("alp-belle2-2020")
    figure = draw(figure_2b(limits(1e-5), bounds, lines=[published], luminosity_fb=0.445))
    (axes,) = figure.axes
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    for bound in bounds:
        assert (texts(axes) + legend).count(bound.label) == 1, bound.name
    line = lines(axes)[published.label]
    np.testing.assert_array_equal(line.get_ydata()[:-1], published.pieces[0][1])
    assert (axes.get_xlim(), axes.get_ylim()) == (MASSES, COUPLINGS)
    assert "137.036" in axes.get_legend().get_title().get_text()
    areas = [patch.get_xy() for patch in axes.patches]
    assert len(areas) == sum(len(bound.pieces) for bound in bounds)
    outline = load_bound("alp-nucal").pieces[0]
    assert any(len(xy) > 3 and np.array_equal(xy[: len(outline[0])].T, outline) for xy in areas)


def test_labels_inside_the_plane_do_not_touch():
    bounds = [load_bound(name) for name in COMPETITORS]
    figure = draw(figure_2b(limits(1e-5), bounds))
    (axes,) = figure.axes
    frame = axes.get_window_extent()
    named = {bound.label for bound in bounds}
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text() in named]
    assert len(boxes) >= 4
    for number, box in enumerate(boxes):
        assert frame.x0 < box.x0 < box.x1 < frame.x1
        assert frame.y0 < box.y0 < box.y1 < frame.y1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_a_label_lies_in_its_own_area():
    bounds = [load_bound(name) for name in COMPETITORS]
    figure = draw(exclusion_plane(bounds, masses=MASSES, couplings=COUPLINGS, y_label="g"))
    (axes,) = figure.axes
    for text in axes.texts:
        for bound in bounds:
            if text.get_text() == bound.label:
                at = axes.transData.inverted().transform(axes.transAxes.transform(text.get_position()))
                assert bound.contains(*at), bound.name


def signatures():
    mass, coupling = np.geomspace(0.01, 10.0, 30), np.geomspace(1e-7, 1e-2, 25)
    length = 1e-8 / (coupling**2 * mass[:, None] ** 4)
    invisible, prompt = np.exp(-1000.0 / length), -np.expm1(-100.0 / length)
    apart = np.clip((mass / 0.2 - 0.5), 0.0, 1.0)[:, None]
    return (
        mass,
        coupling,
        {
            "resolved": prompt * apart,
            "merged": prompt * (1.0 - apart),
            "displaced": 1.0 - prompt - invisible,
            "invisible": invisible,
        },
    )


def test_figure_1_names_the_four_signatures_where_they_are_commonest():
    mass, coupling, fractions = signatures()
    figure = draw(figure_1(mass, coupling, **fractions, experiment="belle2-2018"))
    (axes,) = figure.axes
    stack = np.stack(list(fractions.values()))
    places = {text.get_text().lower(): text for text in axes.texts}
    for number, name in enumerate(fractions):
        at = axes.transData.inverted().transform(axes.transAxes.transform(places[name].get_position()))
        i, j = np.abs(np.log(mass / at[0])).argmin(), np.abs(np.log(coupling / at[1])).argmin()
        assert stack[:, i, j].argmax() == number
    assert axes.get_xlim() == (mass[0], mass[-1])
    assert axes.get_ylim() == (coupling[0], coupling[-1])


def test_spectrum_stacks_components_and_pulls_refer_to_the_fit():
    edges = np.linspace(0.0, 10.0, 21)
    a, b = np.full(20, 30.0), np.linspace(10.0, 50.0, 20)
    observed = a + b
    observed[5] += 20.0
    fit = np.where(np.arange(20) < 10, a + b, np.nan)
    figure = draw(spectrum(edges, observed, components={"A": a, "B": b}, fit=fit, window=(0.0, 5.0)))
    above, below = figure.axes
    stacks = {patch.get_label(): patch for patch in above.patches}
    np.testing.assert_array_equal(stacks["B"].get_data().values, a + b)
    np.testing.assert_array_equal(stacks["B"].get_data().baseline, a)
    shown = next(p for p in below.patches if hasattr(p, "get_data")).get_data().values
    assert shown[5] == pytest.approx(20.0 / np.sqrt(a[5] + b[5]))
    assert np.count_nonzero(shown) == 1
    points = above.containers[0].lines[0]
    np.testing.assert_array_equal(points.get_ydata(), observed)
    assert "0.5 GeV" in above.get_ylabel()
    assert above.get_xlim() == below.get_xlim() == (0.0, 10.0)


def test_pulls_are_unknown_where_nothing_is_expected():
    values = pulls(np.array([4.0, 1.0, 2.0]), np.array([1.0, 0.0, np.nan]))
    assert values[0] == 3.0
    assert np.isnan(values[1:]).all()


def test_empty_and_sparse_spectra_draw():
    edges = np.linspace(0.0, 1.0, 6)
    draw(spectrum(edges, np.zeros(5)))
    draw(spectrum(edges, np.array([0.0, 1.0, 0.0, 0.0, 2.0]), components={"A": np.zeros(5)}, log_y=False))


def test_efficiency_and_resolution_show_values_with_errors():
    mass = np.array([0.5, 2.0, 6.0])
    curves = {"low": (mass, np.array([0.2, 0.25, 0.3]), np.full(3, 0.01))}
    (axes,) = draw(efficiency(curves, experiment="belle2-2018")).axes
    line, _, (bars,) = axes.containers[0].lines
    np.testing.assert_array_equal(line.get_ydata(), curves["low"][1])
    np.testing.assert_allclose(bars.get_segments()[0][:, 1], [0.19, 0.21])
    assert axes.get_ylim()[0] == 0.0
    (axes,) = draw(resolution(curves, crossing=3.0)).axes
    assert "3.00 GeV " in texts(axes)
    with pytest.raises(InputError, match="no curve to draw"):
        efficiency({})


def test_p_value_scan_marks_the_largest_excess():
    p = np.full(len(MASS), 0.3)
    p[7] = 1e-5
    (axes,) = draw(p_value_scan(MASS, p, p_global=0.01)).axes
    largest = next(line for line in axes.lines if str(line.get_label()).startswith("largest"))
    assert (largest.get_xdata()[0], largest.get_ydata()[0]) == (MASS[7], 1e-5)
    assert "global $p$ = 0.01" in largest.get_label()
    assert axes.get_ylim()[0] < 1e-5
    # one-sided tail areas of the normal distribution
    assert one_sided_p(3.0) == pytest.approx(1.349898e-3)
    assert one_sided_p(5.0) == pytest.approx(2.866516e-7)


@pytest.mark.parametrize("lowest", [0.5, 1e-300, 0.0])
def test_p_value_scan_of_any_depth(lowest):
    p = np.full(len(MASS), 0.6)
    p[3] = lowest
    draw(p_value_scan(MASS, p))


def test_missing_limits_leave_gaps():
    curves = limits()
    observed = curves.observed.copy()
    observed[10:15] = np.nan
    figure = draw(figure_2a(LimitCurves(MASS, observed, curves.median, curves.band68, curves.band95)))
    drawn = lines(figure.axes[0])["observed (95% CL)"].get_ydata()
    assert np.isnan(drawn[10:15]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"median": np.ones(3)}, r"median has shape \(3,\), must be \(40,\)"),
        ({"band68": np.ones((40, 3))}, r"band68 has shape \(40, 3\), must be \(40, 2\)"),
        ({"mass": MASS[::-1]}, "masses must be finite, rising"),
        ({"median": np.full(40, np.nan)}, "median is nowhere finite"),
        ({"band95": np.stack([np.full(40, 2.0), np.ones(40)], 1)}, "band95 has a lower edge above"),
    ],
)
def test_wrong_limits_are_refused(change, message):
    curves = limits()
    fields = {name: getattr(curves, name) for name in ("mass", "observed", "median", "band68", "band95")}
    with pytest.raises(InputError, match=message):
        LimitCurves(**(fields | change))


def test_shapes_are_checked():
    mass, coupling, fractions = signatures()
    with pytest.raises(InputError, match="Merged has shape"):
        figure_1(mass, coupling, **(fractions | {"merged": np.ones(3)}))
    with pytest.raises(InputError, match="observed has shape"):
        spectrum(np.linspace(0, 1, 4), np.ones(4))
    with pytest.raises(InputError, match="luminosity -1"):
        figure_2a(limits(), luminosity_fb=-1.0)


def test_styles_stay_apart_in_grey():
    bands = [
        luminance("white"),
        luminance(style.BAND_95),
        luminance(style.BAND_68),
        luminance(style.OBSERVED),
    ]
    assert (np.diff(bands) < -0.12).all()
    assert len(set(style.HATCHES)) == len(style.HATCHES) >= len(COMPETITORS)
    assert len({str(dash) for dash in style.DASHES}) == len(style.DASHES)


@pytest.mark.parametrize(
    ("luminosity", "text"), [(0.445, "445 pb"), (20.0, "20 fb"), (50_000.0, "50 ab"), (1e-6, "0.001 pb")]
)
def test_luminosity_is_written_in_the_unit_that_suits_it(luminosity, text):
    assert style.luminosity_text(luminosity).startswith(text)


def test_settings_and_pyplot_stay_untouched():
    before = dict(mpl.rcParams)
    draw(figure_2a(limits()))
    assert dict(mpl.rcParams) == before


def test_user_settings_do_not_reach_the_figures():
    with warnings.catch_warnings(), mpl.rc_context({"font.family": "serif", "xtick.direction": "out"}):
        (axes,) = figure_2a(limits()).axes
    assert axes.xaxis.get_major_ticks()[0].label1.get_fontfamily() == ["DejaVu Sans"]


@pytest.mark.parametrize(
    "sample", ["simulated data", "candidates of a file with a long name, selected by somebody"]
)
def test_headline_sides_do_not_meet(sample):
    figure = draw(figure_2a(limits(), sample=sample, luminosity_fb=0.445, experiment="belle2-2018"))
    left, right = figure.axes[0].texts[:2]
    assert left.get_window_extent().x1 < right.get_window_extent().x0


@pytest.mark.parametrize("low", [1e-9, 1e-3, 1e-2, 0.2, 8.0])
def test_labels_of_the_mass_axis_do_not_touch(low):
    figure, axes = style.new_axes()
    set_mass_axis(axes, low, 10.0, "m")
    draw(figure)
    ticks = axes.xaxis.get_major_ticks()
    boxes = [t.label1.get_window_extent() for t in ticks if low * 0.999 <= t.get_loc() <= 10.01]
    assert boxes
    assert all(one.x1 < two.x0 for one, two in pairwise(boxes))


def test_likelihood_scan_shows_the_arrays_it_was_given():
    yields = np.linspace(-10.0, 50.0, 61)
    q = np.where(yields < -5.0, np.nan, ((yields - 15.0) / 8.0) ** 2)
    given = {"best": 15.0, "interval": (7.0, np.nan), "limit": 28.2, "level": 0.9, "text": "mass 3 GeV"}
    (axes,) = draw(likelihood_scan(yields, q, **given)).axes
    (curve,) = (line for line in axes.lines if len(line.get_xdata()) == 61)
    np.testing.assert_array_equal(curve.get_xydata().T, [yields, q])
    drawn = lines(axes)
    assert drawn["upper limit (90% CL): 28.2"].get_xdata()[0] == 28.2
    assert drawn["best fit: 15.00"].get_xdata()[0] == 15.0
    assert axes.get_legend().get_title().get_text() == "mass 3 GeV"
    with pytest.raises(InputError, match="finite"):
        likelihood_scan(yields, np.full(61, np.nan), best=1.0, interval=(0.0, 2.0))


def test_toy_distribution_counts_every_toy():
    toys = np.abs(np.random.default_rng(1).normal(2.0, 0.5, 300))
    figure = draw(toy_distribution(toys, 4.1, p_value=0.0033, interval=(0.0, 0.006)))
    (axes,) = figure.axes
    (patch,) = (one for one in axes.patches if hasattr(one, "get_data"))
    assert patch.get_data().values.sum() == 300
    (line,) = axes.lines
    assert (line.get_xdata()[0], "0.0033" in line.get_label()) == (4.1, True)
    assert axes.get_xlim()[1] > 4.1
    with pytest.raises(InputError, match="finite"):
        toy_distribution(np.array([]), 1.0, p_value=1.0, interval=(0.0, 1.0))
