"""The test images moved by 1 to 8 pixels up, down, left and right; those that keep all their ink apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from harness.arrays import Values
from harness.evaluations.evaluation import Scored
from harness.evaluations.metric import ACCURACY, PERCENT, Metric
from harness.evaluations.transformed import Transformed, as_pictures, background, shifted

# Over the images that lose nothing at the edge alone.
WHOLE_ACCURACY = Metric("whole_accuracy", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2)
WHOLE = Metric("whole", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2)
DIRECTIONS = ((-1, 0), (1, 0), (0, -1), (0, 1))


class Shift(Transformed):
    """Accuracy at each distance, over the four directions; beside it that of the images which keep all their ink.

    Ink is what differs from the background, the most frequent value at the images' edges. ``whole`` is the share of
    the images that keep all of it. Where there are none, their accuracy is not known, and left out.
    """

    levels: ClassVar[tuple[float, ...]] = (1, 2, 3, 4, 5, 6, 7, 8)
    unit: ClassVar[str] = "pixels"
    variants: ClassVar[int] = len(DIRECTIONS)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The accuracy at each level, then the share of whole images and their accuracy."""
        apart = (metric.at(level, self.unit) for level in self.levels for metric in (WHOLE, WHOLE_ACCURACY))
        return (*super().metrics, *apart)

    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the pictures moved in each direction."""
        fill = background(pictures)
        for down, right in DIRECTIONS:
            yield shifted(pictures, int(level) * down, int(level) * right, fill)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the accuracies."""
        right = self.by_level(scored.right)
        found = {ACCURACY.at(self.unchanged, self.unit).name: float(right[0].mean())}
        apart: dict[str, float] = {}
        for level, hits, whole in zip(self.levels, right[1:], self._whole(scored.images)[1:], strict=True):
            found[ACCURACY.at(level, self.unit).name] = float(hits.mean())
            apart[WHOLE.at(level, self.unit).name] = float(whole.mean())
            if whole.any():
                apart[WHOLE_ACCURACY.at(level, self.unit).name] = float(hits[whole].mean())
        return {**found, **apart}

    def _whole(self, images: Values) -> tuple[Values, ...]:
        """Return by level which of the images have as much ink as the unchanged one, shape (variants, n)."""
        pictures = as_pictures(images)
        fill = background(pictures[: len(pictures) // (1 + self.variants * len(self.levels))])
        ink = (pictures != fill).any(axis=-1).sum(axis=(1, 2))
        blocks = ink.reshape(1 + self.variants * len(self.levels), -1)
        return self.by_level((blocks == blocks[0]).ravel())
