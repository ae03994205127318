"""Figures: the same bytes, a light panel, labels apart, in every state of the records."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import fake_records as fake
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from harness.analysis.findings import Findings
from harness.evaluations.metric import ACCURACY
from harness.reporting.figures.curves import Band, LearningCurve, _draw
from harness.reporting.figures.drawing import CREATOR, PANEL, as_svg, canvas, is_drawn_here, same_figure
from harness.reporting.figures.gallery import gallery
from harness.reporting.figures.headline import headline_figure
from harness.reporting.figures.pareto import MARKER, NUMBER, Point, number_offsets
from harness.reporting.figures.pareto import _draw as draw_points
from harness.reporting.figures.scale import metric_axis, position, share_at
from harness.reporting.ownership import MARK
from harness.reporting.writing import differing, report_files, write_report


@pytest.fixture(scope="module")
def found() -> Findings:
    chosen = fake.architectures()
    return fake.findings(chosen, fake.fake_trials(chosen))


@pytest.fixture(scope="module")
def files(found: Findings) -> dict[str, bytes]:
    return dict(report_files(found, {"mnist": fake.images()}))


def test_every_figure_is_there_and_on_the_page(files: dict[str, bytes]) -> None:
    names = {"accuracy", "pareto", "times", "curves", "hardest", "confusion"}
    names |= {"000_convnet-halves", "000_convnet-sees-more", "002_two_conv_dropout-sees-more"}
    names |= {"001_convnet_8_epochs-better-than", "004_convnet-better-than"}
    # The headline's picture is for the project's own README.
    pages = {"README.md", "index.html"}
    assert set(files) == {*pages, "figures/headline.svg", *(f"figures/{name}.svg" for name in names)}
    for name in names:
        assert f"(figures/{name}.svg)".encode() in files["README.md"]


def test_a_figure_that_is_no_longer_made_differs_and_is_removed_and_a_users_own_stays(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    stale, own = tmp_path / "figures" / "renamed.svg", tmp_path / "figures" / "own.svg"
    stale.parent.mkdir()
    stale.write_bytes(files["figures/headline.svg"])
    own.write_text("<svg/>", encoding="utf-8")
    (tmp_path / "README.md").write_text(f"{MARK}, before.\n", encoding="utf-8")
    page = {"README.md": f"{MARK}, the page.\n".encode()}
    assert differing(tmp_path, page) == (tmp_path / "README.md", stale)
    assert write_report(tmp_path, page) == (tmp_path / "README.md", stale)
    assert (stale.exists(), own.exists()) == (False, True)
    assert differing(tmp_path, page) == ()


def test_every_figure_says_that_it_was_drawn_here(files: dict[str, bytes]) -> None:
    assert all(is_drawn_here(content) for name, content in files.items() if name.endswith(".svg"))


def test_the_same_records_give_the_same_bytes(found: Findings, files: dict[str, bytes]) -> None:
    assert dict(report_files(found, {"mnist": fake.images()})) == files


def test_figures_are_whole_svgs_without_a_date(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".svg"):
            assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314 - our own file
            assert b"<dc:date>" not in content
            assert PANEL.encode() in content or name == "figures/headline.svg"


def test_a_figure_drawn_in_a_notebook_is_the_same_and_is_not_shown(
    found: Findings, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setattr("rich.jupyter.display", lambda *_: pytest.fail("the table was shown"))
    assert headline_figure(found).svg == files["figures/headline.svg"]


def test_a_users_settings_change_no_figure() -> None:
    import matplotlib as mpl  # noqa: PLC0415

    def drawn() -> bytes:
        with canvas(2) as figure:
            figure.subplots().plot([1, 2])
            return as_svg(figure, "data")

    plain = drawn()
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9}):
        assert drawn() == plain


def test_figures_of_another_library_version_are_compared_by_their_data() -> None:
    with canvas(2) as drawn:
        drawn.subplots()
        ours, others = as_svg(drawn, "data"), as_svg(drawn, "other data")
    older = ours.replace(CREATOR.encode(), b"matplotlib 1.0, Pillow 1.0")
    assert same_figure(older + b"<!-- other strokes -->", ours)
    assert not same_figure(older, others)
    assert not same_figure(ours + b" ", ours)


def test_pictures_are_left_out_without_images_or_measurements(found: Findings) -> None:
    assert "figures/hardest.svg" not in {figure.file for figure in gallery(found, {})}
    assert gallery(fake.findings(fake.architectures(), ()), {}) == ()


@pytest.mark.parametrize("seeds", [[0], [0, 1]])
def test_few_seeds_of_one_architecture_draw(seeds: list[int]) -> None:
    chosen = fake.architectures("dense_512")
    figures = gallery(fake.findings(chosen, fake.fake_trials(chosen, seeds)), {"mnist": fake.images()})
    assert len(figures) == 7


def test_perfect_and_hopeless_accuracies_have_a_place() -> None:
    assert np.isfinite(position([1.0, 1.5])).all()
    assert position([0.0, 0.9, 0.99]) == pytest.approx([0, 1, 2], abs=0.01)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True))
def test_a_better_accuracy_stands_higher_and_its_place_leads_back(pair: list[float]) -> None:
    low, high = position(sorted(pair))
    assert low <= high
    assert share_at([low, high]) == pytest.approx(sorted(pair))


@pytest.mark.parametrize("accuracies", [[0.99], [0.1, 1.0], [0.978, 0.9925], [0.9912, 0.9913], [0.0, 0.05]])
def test_ticks_of_the_accuracy_axis_stand_apart(accuracies: list[float]) -> None:
    axis = Canvas().subplots().yaxis
    metric_axis(axis, ACCURACY, accuracies, gap=0.07)
    low, high = position(axis.get_view_interval())
    assert (position(accuracies) >= low).all()
    assert (position(accuracies) <= high).all()
    ticks = position(axis.get_ticklocs())
    assert all(gap >= 0.069 * (high - low) for gap in np.diff(ticks))
    assert len(ticks) >= 4


def test_an_axis_of_accuracies_is_marked_in_per_cent() -> None:
    axis = Canvas().subplots().xaxis
    metric_axis(axis, ACCURACY, [0.9, 0.999])
    ticks = list(axis.get_ticklocs())
    shown = dict(zip(ticks, axis.get_major_formatter().format_ticks(ticks), strict=True))
    assert shown[0.99] == "99"
    assert shown[0.998] == "99.8"


def test_every_line_of_a_learning_curve_is_in_the_legend_once() -> None:
    axes = Canvas().subplots()
    band = Band((0.8, 0.9), (0.85, 0.92), (0.9, 0.95))
    curves = tuple(LearningCurve(name, band, band) for name in "abc")
    _draw(axes, curves[0], curves, "test")
    entries = axes.get_legend_handles_labels()[1]
    assert entries == ["training, running mean over the epoch", "test, after the epoch", "test, other architectures"]


def test_numbers_cover_neither_points_nor_each_other() -> None:
    points = [(100.0, 100.0), (106.0, 98.0), (101.0, 88.0), (150.0, 100.0), (100.0, 112.0)]
    numbers = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(points, number_offsets(points), strict=True)]
    assert all(math.dist(a, b) >= 1.5 * NUMBER for a, b in combinations(numbers, 2))
    assert all(math.dist(number, point) >= MARKER for number in numbers for point in points)


def test_the_numbers_of_points_lie_within_the_picture() -> None:
    points = [Point(("best",), (1e4,), 0.995), Point(("worst",), (1e6,), 0.98)]
    with canvas(2.6) as drawn:
        axes = drawn.subplots()
        draw_points(axes, points, 0, ACCURACY)
        as_svg(drawn, points)  # lays the figure out
        extents = [text.get_window_extent() for text in axes.texts]
    assert len(extents) == 2
    assert min(min(extent.x0, extent.y0) for extent in extents) >= 0
    assert max(extent.x1 for extent in extents) <= drawn.bbox.x1
    assert max(extent.y1 for extent in extents) <= drawn.bbox.y1


def test_writing_twice_changes_nothing_and_a_difference_is_named(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert len(write_report(tmp_path, files)) == len(files)
    assert write_report(tmp_path, files) == ()
    (tmp_path / "README.md").write_text("edited", encoding="utf-8")
    (tmp_path / "figures" / "times.svg").unlink()
    assert set(differing(tmp_path, files)) == {tmp_path / "README.md", tmp_path / "figures" / "times.svg"}
