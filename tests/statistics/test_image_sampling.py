"""What the choice of images adds to a difference: against statsmodels' analysis of variance, and by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import special
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from harness.statistics.comparisons import welch
from harness.statistics.image_sampling import ImageMeans, for_such_images, image_error, image_means
from harness.statistics.samples import Interval

Right = NDArray[np.bool_]
IMAGES = 500


def chances(generator: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return of how many runs two architectures misclassify images: most of them none, and the same ones."""
    hard = generator.normal(-3, 2, IMAGES)
    first, second = special.expit(hard + generator.normal(0, 1, (2, IMAGES)))
    return first, second


def run(generator: np.random.Generator, missed: NDArray[np.float64], runs: int) -> Right:
    return np.asarray(generator.random((runs, IMAGES)) >= missed)


def means_of(right: Right) -> ImageMeans:
    found = image_means(right)
    assert found is not None
    return found


def test_the_variance_components_are_those_of_an_analysis_of_variance() -> None:
    generator = np.random.default_rng(1)
    table = generator.random((4, 12)) < generator.random(12)
    runs, images = np.indices(table.shape)
    flat = pd.DataFrame({"x": table.ravel().astype(float), "run": runs.ravel(), "image": images.ravel()})
    squares = anova_lm(ols("x ~ C(run) + C(image)", flat).fit())["mean_sq"]
    found = means_of(table)
    assert found.residual_variance == pytest.approx(squares["Residual"] / 48)
    assert image_error(found) ** 2 == pytest.approx((squares["C(image)"] - squares["Residual"]) / 48)


def test_what_is_missed_alike_cancels_in_a_difference() -> None:
    generator = np.random.default_rng(2)
    first, second = chances(generator)
    a, b = means_of(run(generator, first, 50)), means_of(run(generator, second, 50))
    assert image_error(a, b) < 0.8 * np.hypot(image_error(a), image_error(b))
    assert image_error(a, a) == 0


def test_one_run_tells_nothing_of_images() -> None:
    assert image_means(np.ones((1, 10), dtype=bool)) is None


def test_the_squared_error_is_what_redrawn_images_give_on_average() -> None:
    generator = np.random.default_rng(3)
    squares, gaps = [], []
    for _ in range(400):
        first, second = chances(generator)
        a, b = means_of(run(generator, first, 5)), means_of(run(generator, second, 8))
        squares.append(image_error(a, b) ** 2)
        gaps.append((second - first).mean())
    assert np.mean(squares) == pytest.approx(np.var(gaps), rel=0.2)


def coverage(runs: int, studies: int = 400) -> tuple[float, float]:
    """Return how often 0, the truth, lies in the interval for these images and in that for such images."""
    generator = np.random.default_rng(runs)
    these, such = [], []
    for _ in range(studies):
        a, b = (run(generator, missed, runs) for missed in chances(generator))
        found = welch(a.mean(axis=1).tolist(), b.mean(axis=1).tolist())
        assert found is not None
        assert found.interval is not None
        these.append(0 in found.interval)
        such.append(0 in for_such_images(found.interval, image_error(means_of(a), means_of(b)), 0.95))
    return float(np.mean(these)), float(np.mean(such))


@pytest.mark.parametrize("runs", [5, 20])
def test_the_interval_for_such_images_holds_the_truth_as_often_as_promised_and_that_for_these_does_not(
    runs: int,
) -> None:
    these, such = coverage(runs)
    assert 0.93 <= such <= 0.99
    assert these < such - 0.03


def test_the_interval_for_such_images_is_never_narrower() -> None:
    these = Interval(-0.1, 0.3)
    same = for_such_images(these, 0.0, 0.95)
    assert (same.low, same.high) == pytest.approx((these.low, these.high))
    wider = for_such_images(these, 0.1, 0.95)
    assert wider.half_width == pytest.approx(np.hypot(0.2, 0.196), abs=1e-4)
    assert wider.low + wider.high == pytest.approx(0.2)


def test_the_error_agrees_with_a_bootstrap_of_images_where_runs_agree_on_each() -> None:
    """Without disagreement between runs there is no residual, and resampling images is unbiased."""
    generator = np.random.default_rng(5)
    a, b = (np.tile(generator.random(IMAGES) < share, (3, 1)) for share in (0.95, 0.9))
    weights = generator.multinomial(IMAGES, [1 / IMAGES] * IMAGES, 4_000) / IMAGES
    resampled = weights @ (a[0].astype(float) - b[0])
    assert image_error(means_of(a), means_of(b)) == pytest.approx(resampled.std(), rel=0.05)
