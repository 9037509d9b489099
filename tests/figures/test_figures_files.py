"""Files of figures: whole or absent, and the same bytes for the same figure."""

import csv
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.figures.files import save
from scotopic.figures.limits import LimitCurves
from scotopic.figures.performance import efficiency
from scotopic.io.csv_file import write_csv


def small_figure():
    mass = np.array([1.0, 2.0])
    return efficiency({r"$M^2_{\gamma\gamma}$": (mass, 0.1 * mass, 0.01 * mass)})


def test_save_writes_png_and_pdf(tmp_path):
    png, pdf = save(small_figure(), tmp_path / "new" / "fig.2a")
    assert (png.name, pdf.name) == ("fig.2a.png", "fig.2a.pdf")
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert pdf.read_bytes()[:5] == b"%PDF-"
    assert sorted(path.name for path in png.parent.iterdir()) == ["fig.2a.pdf", "fig.2a.png"]


def test_same_figure_same_bytes(tmp_path):
    first, second = (save(small_figure(), tmp_path / name) for name in ("a", "b"))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_settings_of_the_user_change_no_figure(tmp_path):
    plain = [path.read_bytes() for path in save(small_figure(), tmp_path / "a")]
    with mpl.rc_context({"savefig.bbox": "tight", "savefig.facecolor": "red", "axes.facecolor": "blue"}):
        assert [path.read_bytes() for path in save(small_figure(), tmp_path / "b")] == plain
        assert mpl.rcParams["axes.facecolor"] == "blue"


def test_unwritable_place_is_the_users_fault(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write there"):
        save(small_figure(), tmp_path / "file" / "figure")
    with pytest.raises(InputError, match="cannot write there"):
        write_csv(tmp_path / "file" / "table.csv", {"x": [1.0]})
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="no regular file"):
        write_csv(tmp_path / "folder.csv", {"x": [1.0]})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.csv"]


def test_csv_equals_the_data(tmp_path):
    mass = np.array([0.1 + 0.2, 1.0, np.pi])
    curves = LimitCurves(
        mass,
        np.array([1e-7, np.nan, 3.0]),
        mass / 3,
        np.stack([mass / 4, mass], 1),
        np.stack([mass / 5, 2 * mass], 1),
    )
    columns = curves.columns("fb")
    path = write_csv(tmp_path / "t.csv", columns, ["first line\nsecond line", "third"])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["# first line", "# second line", "# third"]
    rows = list(csv.reader(lines[3:]))
    assert rows[0] == list(columns)
    read = np.array([[float(field or "nan") for field in row] for row in rows[1:]])
    np.testing.assert_array_equal(read, np.array(list(columns.values())).T)


def test_csv_with_names_and_counts(tmp_path):
    path = write_csv(tmp_path / "t.csv", {"bound": ["LEP, OPAL", "E137"], "points": np.array([2, 3])})
    assert path.read_text(encoding="utf-8") == 'bound,points\n"LEP, OPAL",2\nE137,3\n'


@pytest.mark.parametrize("columns", [{}, {"a": [1.0], "b": [1.0, 2.0]}, {"a": np.ones((2, 2))}])
def test_uneven_columns_are_refused(tmp_path, columns):
    with pytest.raises(InputError, match="one length"):
        write_csv(tmp_path / "t.csv", columns)
    assert not list(tmp_path.iterdir())


def test_rooms_load_no_guests():
    code = (
        "import sys, scotopic.figures, scotopic.bounds;"
        "assert not {'matplotlib', 'jax'} & set(sys.modules);"
        "import scotopic.figures.paper.figure_2b;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("first", ["from scotopic.figures.paper.figure_2b import MASSES;", ""])
def test_a_name_of_the_room_is_the_function_whatever_came_first(first):
    code = (
        f"{first}from scotopic.figures import figure_1, figure_2b, spectrum, limit_bands, LimitCurves;"
        "from scotopic.figures.paper.figure_2b import COMPETITORS, figure_2b as same;"
        "import scotopic.figures as room;"
        "assert figure_2b is same is room.figure_2b;"
        "assert all(callable(getattr(room, name)) for name in room.__all__ if name != 'COMPETITORS');"
        "assert not hasattr(room, 'figure_99')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
