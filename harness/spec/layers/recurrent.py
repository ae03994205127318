"""Recurrent layers over rows of numbers, such as an image's, under Keras' names.

Left out are states that outlast a batch or are outputs of their own, and how the loop is carried out.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from harness.declaration.spec_error import refused
from harness.declaration.values import BelowOne, Outputs
from harness.spec.layers import fields as f
from harness.spec.layers.layer import Layer, LayerKind, Shape, rows
from harness.spec.layers.weights import GlorotUniform, Orthogonal, Zeros

Dropped = Annotated[BelowOne, Field(description="Fraction of the inputs that is dropped during training.")]
DroppedState = Annotated[BelowOne, Field(description="Fraction of the state that is dropped during training.")]
GateActivation = Annotated[f.Activation, Field(description="Activation function of the gates.")]


class _Recurrent(LayerKind):
    """A layer that goes through the rows one after another; ``gates`` is how many products it makes of each."""

    gates: ClassVar[int] = 1

    units: Annotated[Outputs, Field(description="Number of outputs; classes: one for each class of the data set.")]
    activation: f.Activation = "tanh"
    use_bias: f.UseBias = True
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    recurrent_initializer: f.KernelInitializer = Orthogonal()
    bias_initializer: f.VectorInitializer = Zeros()
    kernel_regularizer: f.WeightRegularizer = None
    recurrent_regularizer: f.WeightRegularizer = None
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    kernel_constraint: f.DenseConstraint = None
    recurrent_constraint: f.DenseConstraint = None
    bias_constraint: f.VectorConstraint = None
    dropout: Dropped = 0.0
    recurrent_dropout: DroppedState = 0.0
    return_sequences: Annotated[
        bool, Field(description="Whether the output has a row for each of the input's, not for the last alone.")
    ] = False
    go_backwards: Annotated[bool, Field(description="Whether it starts at the last row.")] = False

    @property
    def biases(self) -> int:
        """How many biases there are for each unit of each gate."""
        return 1

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the units, in a row for each of the input's where sequences are returned."""
        count, _ = rows(self.kind, input_shape)
        return (count, self.units) if self.return_sequences else (self.units,)

    def kernels(self, features: int) -> int:
        """Return the weights that multiply a row and the state."""
        return self.gates * self.units * (features + self.units)

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return kernels and biases."""
        return self.kernels(input_shape[-1]) + self.use_bias * self.biases * self.gates * self.units

    def macs(self, input_shape: Shape) -> int:
        """Return the kernels' sizes times the rows."""
        return input_shape[0] * self.kernels(input_shape[-1])

    def inner_numbers(self, input_shape: Shape) -> int:
        """Return each row's gates, before and behind their activations."""
        return 2 * input_shape[0] * self.gates * self.units


class SimpleRNN(_Recurrent):
    """Fully connected recurrent layer: each row's output is added to the next row's product."""


class LSTM(_Recurrent):
    """Long short-term memory."""

    gates = 4

    recurrent_activation: GateActivation = "sigmoid"
    unit_forget_bias: Annotated[bool, Field(description="Whether the forget gate's bias starts at 1.")] = True


class GRU(_Recurrent):
    """Gated recurrent unit."""

    gates = 3

    recurrent_activation: GateActivation = "sigmoid"
    reset_after: Annotated[bool, Field(description="Whether the reset gate acts after the product with the state.")] = (
        True
    )

    @property
    def biases(self) -> int:
        """Two where the state's product has one of its own."""
        return 1 + self.reset_after


def _recurrent(layer: LayerKind) -> LayerKind:
    if not isinstance(layer, _Recurrent):
        raise refused("recurrent", f"Bidirectional can't go through {layer.kind}", "give it an LSTM, GRU or SimpleRNN")
    if not layer.trainable:
        what = "'trainable' stands inside Bidirectional"
        raise refused("recurrent", what, "write 'trainable: false' beside 'layer', for both directions")
    return layer


class Bidirectional(LayerKind):
    """Goes through the rows in both directions, each with weights of its own."""

    layer: Annotated[
        Layer, AfterValidator(_recurrent), Field(description="Recurrent layer: an LSTM, GRU or SimpleRNN.")
    ]
    merge_mode: Annotated[
        Literal["concat", "sum", "mul", "ave"], Field(description="How the two directions' outputs are joined.")
    ] = "concat"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the layer's shape, with twice the features where they are concatenated."""
        shape = self.layer.output_shape(input_shape)
        return (*shape[:-1], shape[-1] * (1 + (self.merge_mode == "concat")))

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return those of both directions."""
        return 2 * self.layer.trainable_parameters(input_shape)

    def macs(self, input_shape: Shape) -> int:
        """Return those of both directions."""
        return 2 * self.layer.macs(input_shape)

    def inner_numbers(self, input_shape: Shape) -> int:
        """Return those of both directions."""
        return 2 * self.layer.inner_numbers(input_shape)
