"""Keras' own networks as a layer: ``keras.applications`` without the top.

Each wants its input on a scale of its own, as Keras' documentation says: what stands before it can bring it there
(``Rescaling: {scale: 255}`` for MobileNetV3 and EfficientNet, where images come divided by 255).
"""

from __future__ import annotations

from types import ModuleType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from harness.declaration.spec_error import refused, shown
from harness.errors import did_you_mean
from harness.spec.layers.known_applications import KnownApplication, application_names, known_application
from harness.spec.layers.layer import OwnLayer, Shape, image, misfit, text

COLORS = 3


def _known(name: object) -> object:
    known = application_names()
    if name not in known:
        remedy = did_you_mean(str(name), known) or f"available: {', '.join(known)}"
        raise refused("application_unknown", f"there is no application {shown(name)}", remedy)
    return name


class _Names:
    """Tells editors the networks; their file is not read before."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del schema, handler
        return {"type": "string", "enum": list(application_names())}


class Application(OwnLayer):
    """One of Keras' own networks, without its top: it makes a smaller image with many channels."""

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
    # Dumped as it was before all layers had it.
    rare = frozenset()
    trainable: Annotated[bool, Field(description="Whether its weights are trained.")] = True

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
        """Return its layers' trainable weights, where it is trained."""
        return self.known.chain.total("trainable_parameters", input_shape) if self.trainable else 0

    def frozen_parameters(self, input_shape: Shape) -> int:
        """Return its layers' other weights, or all of them where it is not trained."""
        known = self.known
        frozen = known.chain.total("frozen_parameters", input_shape) + known.input_parameters(input_shape)
        return frozen if self.trainable else frozen + known.chain.total("trainable_parameters", input_shape)

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
        built.pretrained_on = weights
        return built(x)
