"""How large a part of the image one value of each layer depends on, exactly and from the spec alone; trains nothing.

A window of k pixels at every s-th place, over values that see r pixels each and stand j pixels apart: its values see
r + (k - 1) j pixels and stand j s apart. None sees more than the image. After training: what acts at random during
training alone does nothing then. Source: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural
Networks, Distill (2019).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.spec.layers import LayerKind, Shape, colors, randomized
from harness.spec.layers.activations import PReLU
from harness.spec.layers.composites import CompositeKind
from harness.spec.layers.kernels import Conv2DTranspose, Convolution, Dense
from harness.spec.layers.layer import IMAGE_RANK, Chain, SameShape
from harness.spec.layers.normalization import GroupNormalization
from harness.spec.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D, MaxPooling2D
from harness.spec.layers.reshaping import Cropping2D, Flatten, ZeroPadding2D

Pair = tuple[int, int]
LAST_AXIS = (-1,)
# What they make of a place depends on this place alone.
PLACE_BY_PLACE = (SameShape, PReLU, Flatten, ZeroPadding2D, Cropping2D)


@dataclass(frozen=True)
class ReceptiveField:
    """How many pixels a value depends on, down and across, and how far apart such values stand; None: unknown."""

    size: Pair | None = (1, 1)
    step: Pair = (1, 1)

    def through(self, window: Pair, strides: Pair) -> ReceptiveField:
        """Return what the values behind a window see."""
        if self.size is None:
            return self
        (high, wide), (down, across) = self.size, self.step
        size = high + (window[0] - 1) * down, wide + (window[1] - 1) * across
        return ReceptiveField(size, (down * strides[0], across * strides[1]))

    def within(self, image: Pair) -> Pair | None:
        """Return height and width of what is seen of an image of this size."""
        return (min(self.size[0], image[0]), min(self.size[1], image[1])) if self.size else None


UNKNOWN = ReceptiveField(None)


def receptive_fields(layers: tuple[LayerKind, ...], inputs: Shape) -> tuple[Pair | None, ...]:
    """Return the height and width that each layer sees, in the order of the rows of its cost; None: unknown.

    It is unknown behind what enlarges, rearranges or reads images in turn, and where the inputs are no images.
    """
    if len(inputs) != IMAGE_RANK:
        return tuple(None for _ in _rows(Chain((), layers), inputs, UNKNOWN, UNKNOWN))
    image = inputs[0], inputs[1]
    rows = _rows(Chain((), layers), inputs, ReceptiveField(), ReceptiveField(image))
    return tuple(sight.within(image) for sight in rows)


def layer_steps(layers: tuple[LayerKind, ...], inputs: Shape) -> tuple[Pair | None, ...]:
    """Return how many pixels, down and across, the values of each layer stand apart; None: not rows and columns."""
    if len(inputs) != IMAGE_RANK:
        return tuple(None for _ in layers)
    sight, shape, whole = ReceptiveField(), inputs, ReceptiveField((inputs[0], inputs[1]))
    found: list[Pair | None] = []
    for layer in layers:
        behind = _behind(layer, shape, sight, whole)
        # What depends on all of the image stands where it stood.
        sight, shape = replace(behind, step=sight.step) if behind is whole else behind, layer.output_shape(shape)
        found.append(sight.step if sight.size and len(shape) == IMAGE_RANK else None)
    return tuple(found)


def _rows(chain: Chain, shape: Shape, sight: ReceptiveField, whole: ReceptiveField) -> Iterator[ReceptiveField]:
    """Yield what each layer of a chain sees, a composite before its layers; ``whole`` is the sight of everything."""
    for layer in chain:
        inner = [list(_rows(part, shape, sight, whole)) for part in layer.chains]
        yield _behind(layer, shape, sight, whole)
        for rows in inner:
            yield from rows
        sight, shape = _behind(layer, shape, sight, whole), layer.output_shape(shape)


def _behind(layer: LayerKind, shape: Shape, sight: ReceptiveField, whole: ReceptiveField) -> ReceptiveField:
    """Return what the layer's values see, of an input of this shape whose values have this sight."""
    if isinstance(layer, CompositeKind):
        return _widest([_end(part, shape, sight, whole) for part in layer.ways])
    if isinstance(layer, Convolution):
        reach = tuple(gap * (size - 1) + 1 for gap, size in zip(layer.dilation_rate, layer.kernel_size, strict=True))
        known = not isinstance(layer, Conv2DTranspose)
        return sight.through((reach[0], reach[1]), layer.strides) if known else UNKNOWN
    if isinstance(layer, MaxPooling2D | AveragePooling2D):
        return sight.through(layer.pool_size, layer.strides or layer.pool_size)
    if isinstance(layer, GlobalAveragePooling2D | GlobalMaxPooling2D | GroupNormalization):
        return whole
    if isinstance(layer, Dense) or hasattr(layer, "axis"):
        return _along_last_axes(layer, shape, sight, whole)
    augmenting = {colors.__name__, randomized.__name__}
    in_training = layer.__module__ in augmenting and not isinstance(layer, randomized.RandomCrop)
    return sight if in_training or isinstance(layer, PLACE_BY_PLACE) else UNKNOWN


def _along_last_axes(layer: LayerKind, shape: Shape, sight: ReceptiveField, whole: ReceptiveField) -> ReceptiveField:
    """Return what is seen by values made of all numbers along the last axis, or along those that the layer names."""
    if len(shape) == 1:
        return whole
    if len(shape) != IMAGE_RANK:
        return UNKNOWN
    return sight if getattr(layer, "axis", LAST_AXIS) == LAST_AXIS else whole


def _end(chain: Chain, shape: Shape, sight: ReceptiveField, whole: ReceptiveField) -> ReceptiveField:
    """Return what the last of the chain's layers sees; an empty chain passes its input through."""
    for layer in chain:
        sight, shape = _behind(layer, shape, sight, whole), layer.output_shape(shape)
    return sight


def _widest(found: list[ReceptiveField]) -> ReceptiveField:
    """Return what values that are joined from several see together; their windows lie about the same middle."""
    sizes = [sight.size for sight in found if sight.size]
    if len(sizes) < len(found):
        return UNKNOWN
    return ReceptiveField((max(high for high, _ in sizes), max(wide for _, wide in sizes)), found[0].step)
