"""The layers that a spec can name: one small class per kind; imports no Keras, which is handed to them."""

from harness.spec.layers.layer import LAYERS, Layer, LayerKind, Shape, ShapeError

__all__ = ["LAYERS", "Layer", "LayerKind", "Shape", "ShapeError"]
