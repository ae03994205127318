"""Keras' own networks as a layer: ``keras.applications`` without the top.

Each wants its input on a scale of its own, as Keras' documentation says: what stands before it can bring it there
(``Rescaling: {scale: 255}`` for MobileNetV3 and EfficientNet, where images come divided by 255).
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from harness.declaration.spec_error import refused, shown
from harness.declaration.values import is_whole
from harness.errors import did_you_mean
from harness.spec import other_words
from harness.spec.layers.known_applications import (
    KnownApplication,
    NamedLayer,
    application_layers,
    application_names,
    known_application,
)
from harness.spec.layers.layer import OwnLayer, Shape, image, misfit, text

COLORS = 3


def _known(name: object) -> object:
    known = application_names()
    if name not in known:
        remedy = did_you_mean(str(name), known) or f"available: {', '.join(known)}"
        raise refused("application_unknown", f"there is no application {shown(name)}", remedy)
    return name


def _place_of(value: object, layers: Sequence[NamedLayer]) -> int:
    """Return the place from 0 of a layer that is named, or counted from the beginning or the end."""
    names, count = [layer.name for layer in layers], len(layers)
    if value in names:
        return names.index(str(value))
    if isinstance(value, int) and is_whole(value) and -count <= value < count:
        return value % count
    remedy = did_you_mean(str(value), names) or f"write a name, such as {names[-1]}, or a place from 0 to {count - 1}"
    raise refused("application_layer", f"the network has no layer {shown(value)}", remedy)


def _orders(count: int) -> tuple[range, range]:
    """Return the places forwards and backwards."""
    return range(count), range(count - 1, -1, -1)


class _Names:
    """Tells editors the networks; their file is not read before."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del schema, handler
        return {"type": "string", "enum": list(application_names())}


class Application(OwnLayer):
    """One of Keras' own networks, without its top: it makes a smaller image with many channels."""

    field_words = other_words.APPLICATION

    name: Annotated[
        str,
        BeforeValidator(_known),
        _Names(),
        Field(description="Name of the network in keras.applications, such as MobileNetV3Small."),
    ]
    weights: Annotated[
        Literal["none", "imagenet"],
        Field(description="none: drawn from the seed; imagenet: those that Keras publishes, for images of 3 channels."),
    ] = "none"
    # ``trainable`` is dumped as it was before all layers had it; what came later is not, at its default.
    rare = frozenset({"trainable_from", "normalization_trainable"})
    trainable: Annotated[bool, Field(description="Whether its weights are trained.")] = True
    trainable_from: Annotated[
        int | None,
        WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}),
        Field(
            description="The first of Keras' layers that is trained: its name, such as block5_conv1; its place from 0, "
            "as in layers[100:]; or from the end, as in layers[-20:]."
        ),
    ] = None
    normalization_trainable: Annotated[
        bool,
        Field(description="Whether its batch normalization is trained with the rest; false: it keeps its averages."),
    ] = True

    @field_validator("trainable_from", mode="before")
    @classmethod
    def _place(cls, value: object, info: ValidationInfo) -> object:
        """Return the place from 0, so that the same layers read the same; None where all of them are trained."""
        name = info.data.get("name")
        if value is None or name is None:
            return None
        layers = application_layers(name)
        place = _place_of(value, layers)
        first, last = (next(at for at in order if layers[at].trainable) for order in _orders(len(layers)))
        if place > last:
            what = f"no layer of {name} from {shown(value)} on has weights to train"
            raise refused("application_layer", what, f"write {layers[last].name}, or an earlier one")
        return place if place > first else None

    @model_validator(mode="after")
    def _trains_something(self) -> Self:
        if self.trainable_from is None and self.normalization_trainable:
            return self
        if not self.trainable:
            field = "normalization_trainable" if self.trainable_from is None else "trainable_from"
            what = f"'{field}' stands beside 'trainable: false', which leaves out all of {self.name}"
            raise refused("application_frozen", what, "keep one of the two")
        if not self._trained():
            what = f"no layer of {self.name} from there on has weights to train but for its batch normalization"
            raise refused("application_frozen", what, "begin earlier, or leave out 'normalization_trainable: false'")
        return self

    def _trained(self) -> list[NamedLayer]:
        """Return those of Keras' layers that are trained and have weights for it."""
        layers = application_layers(self.name)[self.trainable_from or 0 :]
        return [one for one in layers if one.trainable and (self.normalization_trainable or not one.normalizes_batches)]

    @property
    def known(self) -> KnownApplication:
        """What it is made of."""
        return known_application(self.name)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape that its layers make."""
        height, width, channels = image(self.kind, input_shape)
        if self.weights != "none" and channels != COLORS:
            what = (
                f"the weights of {self.weights} are for {COLORS} channels, and the input of {self.name} has {channels}"
            )
            raise misfit(what, "write 'weights: none', or put 'Conv2D: {filters: 3, kernel_size: 1}' before it")
        if min(height, width) < self.known.smallest:
            size = text((self.known.smallest, self.known.smallest))
            what = f"{self.name} takes images of {size} or more, but its input is {text(input_shape)}"
            raise misfit(what, "put a Resizing or an UpSampling2D before it, or choose another network")
        return self.known.chain.output_shape(input_shape)

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return its layers' trainable weights, as far as it is trained."""
        if not self.trainable:
            return 0
        every = self.known.chain.total("trainable_parameters", input_shape)
        if self.trainable_from is None and self.normalization_trainable:
            return every
        # The first layer alone has more weights where there are more channels.
        further = every - self.known.chain.total("trainable_parameters", (*input_shape[:2], COLORS))
        return sum(one.trainable for one in self._trained()) + (further if self.trainable_from is None else 0)

    def frozen_parameters(self, input_shape: Shape) -> int:
        """Return its layers' other weights, and those that could be trained and are not."""
        known = self.known
        weights = known.chain.total("frozen_parameters", input_shape) + known.input_parameters(input_shape)
        every = known.chain.total("trainable_parameters", input_shape)
        return weights + every - self.trainable_parameters(input_shape)

    def macs(self, input_shape: Shape) -> int:
        """Return its layers' products."""
        return self.known.chain.total("macs", input_shape)

    def inner_numbers(self, input_shape: Shape) -> int:
        """Return the numbers that its layers make."""
        return self.known.numbers(input_shape)

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the network's output."""
        network = getattr(keras.applications, self.name)
        weights = None if self.weights == "none" else self.weights
        built = network(include_top=False, weights=weights, input_shape=tuple(x.shape[1:]))
        built.trainable = self.trainable
        for place, layer in enumerate(built.layers):
            kept = isinstance(layer, keras.layers.BatchNormalization) and not self.normalization_trainable
            if kept or place < (self.trainable_from or 0):
                layer.trainable = False
        built.pretrained_on = weights
        return built(x)
