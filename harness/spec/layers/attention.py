"""Self-attention and the positions that it needs; of Keras' attention layers, what takes one input."""

from math import prod
from types import ModuleType
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from harness.declaration.values import BelowOne, Count
from harness.spec.layers import fields as f
from harness.spec.layers.layer import ROWS_RANK, LayerKind, OwnLayer, Shape, misfit, rows, text
from harness.spec.layers.weights import GlorotUniform, Initializer, RandomUniform, Zeros


class MultiHeadAttention(LayerKind):
    """Multi-head self-attention: each row, or pixel, takes from all of them by how well its query fits their keys."""

    num_heads: Annotated[Count, Field(description="Number of heads.")]
    key_dim: Annotated[Count, Field(description="Size of each head's queries and keys.")]
    value_dim: Annotated[
        Count | None, Field(description="Size of each head's values; key_dim by default.", validate_default=True)
    ] = None
    dropout: Annotated[BelowOne, Field(description="Fraction of the attention that is dropped during training.")] = 0.0
    use_bias: f.UseBias = True
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    bias_initializer: f.VectorInitializer = Zeros()
    kernel_regularizer: f.WeightRegularizer = None
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    kernel_constraint: f.DenseConstraint = None
    bias_constraint: f.VectorConstraint = None

    @field_validator("value_dim")
    @classmethod
    def _as_large_as_the_keys(cls, size: int | None, info: ValidationInfo) -> int | None:
        # Written or not, it is the same computation, and so must have the same dump.
        return size or info.data.get("key_dim")

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        if len(input_shape) < ROWS_RANK:
            what = f"MultiHeadAttention takes rows or images, but its input is {text(input_shape)}"
            raise misfit(what, "put it before what flattens, or put a Reshape before it")
        return input_shape

    @property
    def values(self) -> int:
        """The size of each head's values."""
        return self.value_dim or self.key_dim

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return the four projections with their biases."""
        biases = self.num_heads * (2 * self.key_dim + self.values) + input_shape[-1]
        return self._projections(input_shape[-1]) + self.use_bias * biases

    def macs(self, input_shape: Shape) -> int:
        """Return the projections' sizes times the rows, and the products of all pairs of rows."""
        places = prod(input_shape[:-1])
        pairs = places**2 * self.num_heads * (self.key_dim + self.values)
        return places * self._projections(input_shape[-1]) + pairs

    def inner_numbers(self, input_shape: Shape) -> int:
        """Return queries, keys, values, and each head's scores of all pairs of rows, before and behind softmax."""
        places = prod(input_shape[:-1])
        return self.num_heads * places * (2 * self.key_dim + self.values + 2 * places)

    def _projections(self, features: int) -> int:
        """Return the weights of queries, keys, values and output."""
        return features * self.num_heads * 2 * (self.key_dim + self.values)

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the attention of the tensor to itself."""
        return self.build(keras)(x, x)


class PositionEmbedding(OwnLayer):
    """Adds a trained row of numbers to each row, by its position: attention does not see the order of rows."""

    embeddings_initializer: Annotated[Initializer, Field(description="Initializer of the rows.")] = RandomUniform()

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        rows(self.kind, input_shape)
        return input_shape

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return a number for each of the input's."""
        return prod(input_shape)

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the sum of the tensor and Keras' embedding of its positions, counted along its rows."""
        count, features = x.shape[1:]
        positions = keras.ops.cumsum(keras.ops.ones_like(x[..., 0], dtype="int32"), axis=1) - 1
        initializer = self.embeddings_initializer.build(keras)
        return keras.layers.Add()([x, keras.layers.Embedding(count, features, initializer)(positions)])
