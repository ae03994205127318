"""What Keras' own networks are made of, written into a file: ``python -m harness.backends.tensorflow.applications``.

Shapes, parameters and products follow from it for inputs of any size, without Keras.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import keras

from harness.spec.keras_models.fields import NotExpressible, kind_of
from harness.spec.keras_models.graph import Use, graph_of
from harness.spec.keras_models.nesting import Nesting
from harness.spec.keras_models.writing import written
from harness.spec.layers import LAYERS, LayerKind
from harness.spec.layers.composites import CompositeKind, Parallel, Residual
from harness.spec.layers.kernels import Convolution, KernelLayer
from harness.spec.layers.known_applications import FILE, LAYERS_FILE
from harness.spec.layers.reshaping import ZeroPadding2D

NAMES = (
    *("DenseNet121", "DenseNet169", "DenseNet201", "EfficientNetB0", "EfficientNetB1", "EfficientNetB2"),
    *("EfficientNetB3", "EfficientNetV2B0", "InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Large"),
    *("MobileNetV3Small", "ResNet50", "ResNet50V2", "ResNet101", "VGG16", "VGG19", "Xception"),
)
# Those that pad by the size of their input, so that a stride of 2 halves it, rounded up, as padding: same does.
PADDED_BY_SIZE = ("EfficientNetB", "MobileNetV2", "MobileNetV3")
SIZES = range(32, 80)
# What has no weights and changes no shape: operators with a number, dropout of whole examples.
WEIGHTLESS = {"Add", "Multiply", "Dropout"}


class _Counted(Nesting):
    """Layers as far as shapes, parameters and products depend on them."""

    def __init__(self) -> None:
        super().__init__()
        self.normalizes = False

    def read(self, use: Use) -> list[LayerKind]:
        """Return a layer, or nothing for what no count depends on."""
        if use.kind == "Normalization":
            # With numbers of its own it has no weights.
            self.normalizes = use.saved["config"].get("mean") is None
            return []
        if use.kind in WEIGHTLESS:
            return []
        try:
            made: Any = kind_of(LAYERS, use.saved, 4)
        except NotExpressible as reason:
            self.reasons.append(f"{use.name} {reason}")
            return []
        return [made]


def main() -> None:
    """Write what each network is made of, and what Keras calls its layers."""
    for file, made in ((FILE, application), (LAYERS_FILE, layer_list)):
        lines = [f"{json.dumps(name)}: {json.dumps(made(name), separators=(',', ':'))}" for name in NAMES]
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def layer_list(name: str) -> list[list[Any]]:
    """Return Keras' layers in its order: name, trainable weights for three channels, whether it normalizes batches.

    Some names count layers: they are those of the first network that is built.
    """
    keras.utils.clear_session()
    model = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(None, None, 3))
    return [
        [
            layer.name,
            sum(math.prod(weights.shape) for weights in layer.trainable_weights),
            isinstance(layer, keras.layers.BatchNormalization),
        ]
        for layer in model.layers
    ]


def application(name: str) -> dict[str, Any]:
    """Return what a network is made of; raise where a part can't be counted."""
    build = getattr(keras.applications, name)
    counted = _Counted()
    model = build(include_top=False, weights=None, input_shape=(None, None, 3))
    layers = counted.layers(graph_of(json.loads(model.to_json())))
    if counted.reasons:
        raise NotImplementedError("; ".join(counted.reasons))
    plain = [written(layer) for layer in _simple(layers, by_size=name.startswith(PADDED_BY_SIZE))]
    return {"smallest": _smallest(build), "normalizes": counted.normalizes, "layers": plain}


def _simple(layers: Iterable[LayerKind], *, by_size: bool) -> Iterator[LayerKind]:
    """Yield layers without what no count depends on; padding by the input's size is that of the next convolution."""
    padded = False
    for layer in layers:
        if by_size and isinstance(layer, ZeroPadding2D):
            padded = True
            continue
        yield _simplified(layer, padded=padded, by_size=by_size)
        padded = False


def _simplified(layer: LayerKind, *, padded: bool, by_size: bool) -> LayerKind:
    match layer:
        case Residual(layers=inner, projection=projection):
            made = {
                "layers": tuple(_simple(inner, by_size=by_size)),
                "projection": tuple(_simple(projection, by_size=by_size)),
            }
            return layer.model_copy(update=made)
        case Parallel(branches=branches):
            return layer.model_copy(
                update={"branches": tuple(tuple(_simple(one, by_size=by_size)) for one in branches)}
            )
        case CompositeKind():
            raise NotImplementedError(layer.kind)
        case KernelLayer():
            kept = {
                "filters",
                "units",
                "kernel_size",
                "strides",
                "dilation_rate",
                "groups",
                "depth_multiplier",
                "use_bias",
            }
            fields = {name: getattr(layer, name) for name in kept if name in type(layer).model_fields}
            if isinstance(layer, Convolution):
                fields["padding"] = "same" if padded else layer.padding
            return type(layer)(**fields)
    return layer


def _smallest(build: Any) -> int:  # noqa: ANN401 - Keras has no types
    """Return the smallest side of an image that Keras takes."""
    for size in SIZES:
        try:
            build(include_top=False, weights=None, input_shape=(size, size, 3))
        except ValueError:
            continue
        return size
    raise NotImplementedError("no size fits")


if __name__ == "__main__":
    main()
