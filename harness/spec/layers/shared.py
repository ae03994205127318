"""Layers that are shared: the same weights at several places of a network, by name; it trains none.

The layers stand where the name stands first, in the order of the file; after that the name alone uses them again. In
Keras they are one model that is called several times.
"""

from collections.abc import Iterator, Sequence
from math import prod
from types import ModuleType
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from harness.declaration.spec_error import DataPath, SpecError, refused, shown
from harness.declaration.values import Line
from harness.spec.layers.composites import CompositeKind
from harness.spec.layers.layer import Chain, Layer, LayerKind, Shape, misfit, numbers_made, text
from harness.spec.layers.repeated import MOST_WRITTEN_OUT, Repeat

LONGEST_NAME = 80


class Shared(CompositeKind):
    """Layers with the same weights wherever the name stands; written at the first place, used by name at the others."""

    name: Annotated[Line, Field(min_length=1, max_length=LONGEST_NAME, description="Name that the places share.")]
    layers: Annotated[
        tuple[Layer, ...],
        Field(strict=False, description="Layers, one after another, where the name stands first."),
    ] = ()
    # The place whose weights this one uses; None for the first itself.
    _first: "Shared | None" = PrivateAttr(default=None)
    # The Keras model that all places call, once it is made.
    _made: Any = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _holds_no_other(self) -> Self:
        if any(holds_shared(layer) for layer in self.layers):
            raise refused("shared_in_shared", "layers that are shared hold others that are", "share one of the two")
        return self

    @property
    def chains(self) -> tuple[Chain, ...]:
        """The layers, at the first place alone: they are not written at the others, and have no weights there."""
        return (Chain(("layers",), self.layers),) if self.layers else ()

    @property
    def ways(self) -> tuple[Chain, ...]:
        """The layers, at every place."""
        return self._first.chains if self._first else self.chains

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape behind the layers."""
        if not self.ways:
            raise misfit(*_unwritten(self.name))
        return super().output_shape(input_shape)

    def joined_shape(self, shapes: tuple[Shape, ...], input_shape: Shape) -> Shape:
        """Return the last layer's shape."""
        del input_shape
        return shapes[0]

    def macs(self, input_shape: Shape) -> int:
        """Return the layers' products, which every place makes."""
        return sum(chain.total("macs", input_shape) for chain in self.ways)

    def inner_numbers(self, input_shape: Shape) -> int:
        """Return the numbers that the layers make before the last one, where they have no rows of their own."""
        if self.chains:
            return 0
        made = sum(sum(numbers_made(chain, input_shape)) for chain in self.ways)
        return made - prod(self.output_shape(input_shape))

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the output of the model that all places call."""
        if self._first:
            return self._first._made(x)  # noqa: SLF001 - a Shared too
        inputs = keras.Input(tuple(x.shape[1:]))
        self._made = keras.Model(inputs, self.chains[0].connect(keras, inputs))
        return self._made(x)

    def join(self, keras: ModuleType, outputs: list[Any]) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the layers' output."""
        del keras
        return outputs[0]

    def again(self, first: Self) -> Self:
        """Return a later place, which uses the first one's weights."""
        later = self.model_copy(update={"layers": ()})
        later._first = first  # noqa: SLF001 - a Shared too
        return later


def holds_shared(layer: LayerKind) -> bool:
    """Tell whether a layer is one that is shared, or holds one at any depth."""
    return isinstance(layer, Shared) or any(holds_shared(inner) for chain in layer.chains for inner in chain.layers)


def with_sharing(layers: Sequence[LayerKind]) -> tuple[LayerKind, ...]:
    """Return the layers, each place of a shared name but the first one knowing that one; a repetition is written out.

    The first places are new ones, so that no Keras model made of others is used.

    Raises:
        ValidationError: A name stands where it is not written yet, is written in two ways, or stands once.
    """
    if not any(map(holds_shared, layers)) or Chain((), layers).layer_count > MOST_WRITTEN_OUT:
        return tuple(layers)
    sharing = _Sharing()
    made = sharing.inside(layers, ())
    sharing.report_lonely()
    if sharing.mistakes:
        raise ValidationError.from_exception_data("layers", sharing.mistakes)
    return made


class _Sharing:
    """One walk through a network, in the order of the file."""

    def __init__(self) -> None:
        self.mistakes: list[InitErrorDetails] = []
        self.places: dict[str, DataPath] = {}
        self.again: set[str] = set()
        self._firsts: dict[str, Shared] = {}
        self._trained: dict[str, bool] = {}
        self._inside_trained = True

    def report(self, path: DataPath, what: str, remedy: str) -> None:
        self.mistakes.append(InitErrorDetails(type=refused("shared", what, remedy), loc=path, input=None))

    def report_lonely(self) -> None:
        """Report the names that stand once."""
        for name, path in self.places.items():
            if name not in self.again:
                what = f"{shown(name)} is shared with no other place"
                self.report(path, what, "write its name at another place too, or its layers without Shared")

    def inside(self, value: Sequence[Any], path: DataPath, written: int | None = None) -> tuple[Any, ...]:
        """Return a list of layers, or of lists of them; the list in the file may be the first ``written`` alone."""
        places = [(*path, index % (written or len(value))) for index in range(len(value))]
        return tuple(
            self.inside(item, place) if isinstance(item, tuple) else self.layer(item, place)
            for item, place in zip(value, places, strict=True)
        )

    def layer(self, layer: LayerKind, path: DataPath) -> LayerKind:
        """Return a layer with what it holds."""
        if isinstance(layer, Shared):
            return self.shared(layer, path)
        if not holds_shared(layer):
            return layer
        before, self._inside_trained = self._inside_trained, self._inside_trained and layer.trainable
        made = self._composite(layer, path)
        self._inside_trained = before
        return made

    def _composite(self, layer: LayerKind, path: DataPath) -> LayerKind:
        if isinstance(layer, Repeat):
            chain = layer.chains[0]
            return layer.with_turns(self.inside(tuple(chain), (*path, layer.kind, "layers"), chain.written))
        fields = {name: getattr(layer, name) for name in type(layer).model_fields}
        made = {
            name: self.inside(value, (*path, layer.kind, name))
            for name, value in fields.items()
            if isinstance(value, tuple)
        }
        return layer.model_copy(update=made)

    def shared(self, layer: Shared, path: DataPath) -> LayerKind:
        """Return a place of a shared name."""
        first = self._firsts.get(layer.name)
        if first is None:
            if not layer.layers:
                self.report(path, *_unwritten(layer.name))
                self.again.add(layer.name)
                return layer
            self.places[layer.name] = path
            self._firsts[layer.name] = made = layer.model_copy(update={"layers": layer.layers})
            made._first = made._made = None  # noqa: SLF001 - a Shared too
            self._trained[layer.name] = layer.trainable and self._inside_trained
            return made
        self.again.add(layer.name)
        if self._trained[layer.name] and not (layer.trainable and self._inside_trained):
            what = f"{shown(layer.name)} is trained where it stands first, and not here"
            self.report(path, what, "write 'trainable: false' there")
        if layer.layers and layer.layers != first.layers:
            what = f"{shown(layer.name)} has other layers here than where it stands first"
            self.report(path, what, "write the name alone, or choose another one")
        return layer.again(first)


def _unwritten(name: str) -> tuple[str, str]:
    what = f"{shown(name)} has no layers yet where it stands first"
    return what, "write them here: Shared: {name: …, layers: […]}"


def numbered_names(layers: Sequence[LayerKind]) -> tuple[LayerKind, ...]:
    """Return the layers with numbers for the shared names, in their order: a name changes nothing that is computed."""
    names: dict[str, str] = {}

    def renamed(value: Any) -> Any:  # noqa: ANN401 - a layer, a list of layers, or a list of such lists
        if isinstance(value, tuple):
            return tuple(map(renamed, value))
        if not isinstance(value, LayerKind) or not holds_shared(value):
            return value
        if isinstance(value, Shared):
            return value.model_copy(update={"name": names.setdefault(value.name, str(len(names) + 1))})
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return value.model_copy(update={name: renamed(one) for name, one in fields.items() if isinstance(one, tuple)})

    return with_sharing(renamed(tuple(layers)))


def sharing_mistakes(layers: Sequence[LayerKind], inputs: Shape) -> Iterator[SpecError]:
    """Yield the places whose input has another shape than the first place's, for which the weights are not made."""
    shapes: dict[str, Shape] = {}
    for path, place, shape in _places(Chain(("layers",), layers), inputs, ()):
        first = shapes.setdefault(place.name, shape)
        if shape != first:
            what = f"{shown(place.name)} takes {text(first)} where it stands first, and {text(shape)} here"
            yield SpecError(path, what, "bring both inputs to one shape, or share less")


def _places(chain: Chain, shape: Shape, path: DataPath) -> Iterator[tuple[DataPath, Shared, Shape]]:
    for position, layer in enumerate(chain):
        here = (*path, *chain.path, position % chain.written)
        if isinstance(layer, Shared):
            yield here, layer, shape
        for inner in layer.chains:
            yield from _places(inner, shape, (*here, layer.kind))
        shape = layer.output_shape(shape)


# The layers of a network.
Network = Annotated[tuple[Layer, ...], Field(strict=False), AfterValidator(with_sharing)]
