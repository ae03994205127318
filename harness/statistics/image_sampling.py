"""How far a difference depends on which test images were taken; its dependence on the seeds is the comparisons'."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.statistics.samples import Interval, normal_quantile


@dataclass(frozen=True)
class ImageMeans:
    """The mean over runs for each test image, shape (images,), and what run × image adds to the variance of all."""

    by_image: NDArray[np.float64]
    residual_variance: float


def image_means(table: NDArray[np.bool_] | NDArray[np.int8]) -> ImageMeans | None:
    """Return the means by image of ``table``, shape (runs, images); None below two runs, which leave no residual.

    ``table`` is of 0 and 1 or of differences of these, so that all its sums are exact as integers. The residual
    variance is MSE / (runs · images), MSE being the mean square of x - run mean - image mean + mean.
    """
    runs, images = table.shape
    if runs < 2:  # noqa: PLR2004 - a residual needs two runs
        return None
    values = table.view(np.int8)
    by_run, by_image = values.sum(axis=1, dtype=np.int32) / images, values.sum(axis=0, dtype=np.int32) / runs
    mean = by_image.mean()
    total = np.count_nonzero(values) - runs * images * mean**2
    explained = images * np.square(by_run - mean).sum() + runs * np.square(by_image - mean).sum()
    squares = max(0.0, total - float(explained))
    return ImageMeans(by_image, squares / ((runs - 1) * (images - 1)) / (runs * images))


def image_error(first: ImageMeans, second: ImageMeans | None = None) -> float:
    """Return the standard error of mean(first) - mean(second) that another draw of as many such images would cause.

    The variance component of the images in the two-way analysis of variance: the variance of the images' differences
    over their number, less what the runs' disagreement on single images puts into it. A ``second`` of the same images
    is independent in its runs; without one, ``first`` is of differences already. What is hard for both cancels.
    A bootstrap over runs and images estimates the same with a bias: it counts that disagreement three times, and its
    95 % intervals hold the truth in 99 % of cases. Source: Owen, The pigeonhole bootstrap, Ann. Appl. Stat. 1 (2007).
    """
    differences = first.by_image if second is None else first.by_image - second.by_image
    residual = first.residual_variance + (second.residual_variance if second else 0.0)
    return math.sqrt(max(0.0, float(np.var(differences, ddof=1)) / len(differences) - residual))


def for_such_images(these: Interval, error: float, level: float) -> Interval:
    """Return ``these`` images' interval at ``level``, widened to such images in general by their ``error``.

    Half-widths of independent parts add in squares, which keeps the level without common degrees of freedom.
    Source: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702.
    """
    return these.widened(math.hypot(these.half_width, normal_quantile(level) * error) - these.half_width)
