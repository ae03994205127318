"""What every kind of layer is, the shapes between them, and layers one after another; holds no kind.

Left out of all kinds is what cannot change what is computed (name, dtype), what the harness decides
(seeds, the channels' place), and what training here does not support (LoRA, quantization).
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.spec_error import DataPath, SpecError
from harness.errors import BenchError
from harness.spec import other_words

Shape = tuple[int, ...]
PaddingName = Literal["valid", "same"]
Cost = Literal["trainable_parameters", "frozen_parameters", "macs"]

IMAGE_RANK = 3
ROWS_RANK = 2
# What TensorFlow takes minutes for, gigabytes, or can't run: windows that go farther at a step, or that reach farther
# beyond the border than networks do whose windows are larger than small images.
MOST_STEP = 1_000
MOST_REACH = 64


class ShapeError(BenchError):
    """The layers of a network that their inputs don't fit: at least the first of every chain."""

    def __init__(self, mistakes: Iterable[SpecError]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))

    def below(self, *path: str | int) -> "ShapeError":
        """Return the same mistakes, seen from further up."""
        return ShapeError(mistake.below(*path) for mistake in self.mistakes)


def misfit(what: str, remedy: str) -> ShapeError:
    """Return the error for the layer at hand; what holds the layer puts the path to it in front."""
    return ShapeError([SpecError((), what, remedy)])


def text(shape: Shape) -> str:
    """Write a shape as people do: 26×26×32."""
    return "×".join(map(str, shape))


def image(kind: str, shape: Shape) -> tuple[int, int, int]:
    """Return height, width and channels, or raise that ``kind`` takes images only."""
    if len(shape) != IMAGE_RANK:
        what = f"{kind} takes images (height × width × channels), but its input is {text(shape)}"
        raise misfit(what, "move it before what flattens, or put a Reshape before it")
    return shape[0], shape[1], shape[2]


def rows(kind: str, shape: Shape) -> tuple[int, int]:
    """Return how many rows there are and how many numbers each has, or raise that ``kind`` takes rows only."""
    if len(shape) != ROWS_RANK:
        what = f"{kind} takes rows of numbers (rows × features), but its input is {text(shape)}"
        raise misfit(what, "put 'Reshape: {target_shape: [rows, features]}' before it; one of the two may be -1")
    return shape[0], shape[1]


def windows(size: int, window: int, stride: int, padding: PaddingName, dilation: int = 1) -> int:
    """Return how many windows fit into ``size`` pixels (0: none), as TensorFlow counts them.

    Source: https://www.tensorflow.org/api_docs/python/tf/nn/convolution
    """
    reach = dilation * (window - 1) + 1
    places = size if padding == "same" else max(size - reach + 1, 0)
    return -(-places // stride)


@dataclass(frozen=True)
class Window:
    """A window that slides over an image: (down, across) each."""

    size: tuple[int, int]
    strides: tuple[int, int]
    padding: PaddingName
    dilation: tuple[int, int] = (1, 1)

    def check_runs(self, kind: str, shape: Shape) -> None:
        """Raise where TensorFlow can't be expected to slide the window of a layer of this kind over an image."""
        if max(*self.strides, *self.dilation) > MOST_STEP:
            what = f"{kind}'s window goes {max(*self.strides, *self.dilation):,} pixels at a step"
            raise misfit(what, f"write strides and dilation_rate of {MOST_STEP:,} at most")
        reaches = (gap * (size - 1) + 1 for size, gap in zip(self.size, self.dilation, strict=True))
        if any(reach > max(MOST_REACH, 2 * side) for reach, side in zip(reaches, shape, strict=False)):
            what = f"most of {kind}'s window of {text(self.size)} never meets its input of {text(shape)}"
            raise misfit(what, "use a smaller window or a smaller dilation_rate")

    def positions(self, kind: str, shape: Shape) -> tuple[int, int]:
        """Return the height and width behind the window of a layer of this kind, or raise that it does not fit."""
        height, width, _ = image(kind, shape)
        across = zip((height, width), self.size, self.strides, self.dilation, strict=True)
        rows, columns = (windows(size, reach, step, self.padding, gap) for size, reach, step, gap in across)
        if rows < 1 or columns < 1:
            spread = "" if max(self.dilation) == 1 else f" with dilation {text(self.dilation)}"
            what = f"{kind}'s window of {text(self.size)}{spread} is larger than its input of {text(shape)}"
            raise misfit(what, "use a smaller one, padding: same, or less pooling before it")
        self.check_runs(kind, shape)
        return rows, columns


class LayerKind(KerasKind):
    """One layer: its fields, its output shape, its cost, and its Keras call."""

    keras_module = "layers"
    field_words = other_words.FIELDS
    rare = frozenset({"trainable"})

    trainable: Annotated[
        bool, Field(description="Whether its weights are trained; false: they, and those inside it, stay as they are.")
    ] = True

    @model_serializer(mode="wrap")
    def _without_rare_defaults(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        unsaid = {name for name in self.rare if getattr(self, name) == fields[name].default}
        return {name: value for name, value in dump(self).items() if name not in unsaid}

    def arguments(self, keras: ModuleType) -> dict[str, Any]:
        """Return the fields as Keras takes them; ``place`` says which weights are not trained."""
        return {name: value for name, value in super().arguments(keras).items() if name not in self.rare}

    @property
    def chains(self) -> "tuple[Chain, ...]":
        """The layers inside, which all start at this one's input, in the order of their weights."""
        return ()

    @property
    def layer_count(self) -> int:
        """How many layers this one stands for, itself included."""
        return 1 + sum(chain.layer_count for chain in self.chains)

    def counted(self, cost: Cost, input_shape: Shape) -> int:
        """Return what the layer costs: where it is not trained, none of its weights are."""
        if self.trainable or cost == "macs":
            return int(getattr(self, cost)(input_shape))
        trained, frozen = self.trainable_parameters(input_shape), self.frozen_parameters(input_shape)
        return 0 if cost == "trainable_parameters" else trained + frozen

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the output shape without the batch; raise ShapeError where the input does not fit."""

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return the number of trainable weights."""
        return sum(chain.total("trainable_parameters", input_shape) for chain in self.chains)

    def frozen_parameters(self, input_shape: Shape) -> int:
        """Return the number of weights that are not trained, such as moving averages."""
        return sum(chain.total("frozen_parameters", input_shape) for chain in self.chains)

    def macs(self, input_shape: Shape) -> int:
        """Return the multiply-accumulates for one example: convolutions and dense products, nothing else."""
        return sum(chain.total("macs", input_shape) for chain in self.chains)

    def inner_numbers(self, input_shape: Shape) -> int:
        """Return how many numbers the layer keeps of one example for the backward pass, beside its output."""
        del input_shape
        return 0

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors, and Keras is not imported)
        """Return the layer's Keras output for the Keras tensor ``x``."""
        return self.build(keras)(x)

    def place(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the output, all Keras layers between frozen where this one is not trained."""
        output = self.connect(keras, x)
        if not self.trainable:
            for layer in keras.Model(x, output).layers:
                layer.trainable = False
        return output


class OwnLayer(LayerKind):
    """A layer that is not one class of Keras, but made of several of its layers."""


class SameShape:
    """Mixed into layers that keep the shape."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        return input_shape


LAYERS = Family("layer", LayerKind, "harness.spec.layers", other_words.LAYERS)
Layer = Annotated[LayerKind, LAYERS]

MAX_NUMBERS = 2**40
# Beside the examples' own.
MOST_AXES = 4


@dataclass(frozen=True)
class Chain:
    """Layers one after another, ``times`` times; ``path`` leads from what holds them to their list.

    The list in the file may be one of several ``turns``, whose layers are all here.
    """

    path: DataPath
    layers: Sequence[LayerKind]
    times: int = 1
    turns: int = 1

    def __iter__(self) -> Iterator[LayerKind]:
        for _ in range(self.times):
            yield from self.layers

    @property
    def written(self) -> int:
        """How many layers the list in the file has."""
        return len(self.layers) // self.turns

    @property
    def layer_count(self) -> int:
        """How many layers there are once every repetition is written out."""
        return self.times * sum(layer.layer_count for layer in self.layers)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the last layer's output shape; raise ShapeError with the path to the first layer that does not fit."""
        for position, layer in enumerate(self):
            try:
                shape = _in_bounds(layer, layer.output_shape(shape), shape)
            except ShapeError as error:
                raise error.below(*self.path, position % self.written) from None
        return shape

    def total(self, cost: Cost, shape: Shape) -> int:
        """Return the sum of what the layers cost for an input of this shape."""
        total = 0
        for layer in self:
            total += layer.counted(cost, shape)
            shape = layer.output_shape(shape)
        return total

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the Keras output of the last layer."""
        for layer in self:
            x = layer.place(keras, x)
        return x


def numbers_made(chain: Chain, shape: Shape) -> Iterator[int]:
    """Yield how many numbers each layer makes of one example, those inside others before these."""
    for layer in chain:
        for inner in layer.chains:
            yield from numbers_made(inner, shape)
        shape = layer.output_shape(shape)
        yield prod(shape)


def _in_bounds(layer: LayerKind, shape: Shape, input_shape: Shape) -> Shape:
    if len(shape) > MOST_AXES:
        what = f"{layer.kind} makes {len(shape)} dimensions of its input of {text(input_shape)}"
        raise misfit(what, f"make {MOST_AXES} at most: TensorFlow trains no more, such as by Softmax")
    if prod(shape) > MAX_NUMBERS:
        what = f"{layer.kind} makes over {MAX_NUMBERS:.0e} numbers of its input of {text(input_shape)}"
        raise misfit(what, "make it smaller")
    return shape
