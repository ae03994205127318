"""Claims about parameters and shapes, which follow from the spec; a trained network's own count comes first."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from harness.declaration.spec_error import SpecError
from harness.spec.claims.claim import Case, Ruling, Value, ValueClaim

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile
    from harness.spec.cost import LayerCost

FROM_SPEC = "follows from the spec"
ParameterCount = Annotated[int, Field(ge=0, description="The number that the document gives.")]


class Parameters(ValueClaim):
    """The network, or its first layers, have this many parameters."""

    basis = "spec"

    value: ParameterCount
    layers: int | None = Field(default=None, ge=1, description="Count the first n layers only.")

    def judge(self, case: Case) -> Ruling:
        """Compare the count of the whole network, as Keras built it if it was trained, or of its first layers."""
        counted = sum(layer.parameters for layer in case.layers[: self.layers])
        if self.layers is None and case.built_parameters:
            built = min(set(case.built_parameters) - {self.value}, default=self.value)
            return case.equal(self.value, built, "counted in the trained network")
        if (self.layers or 0) > len(case.layers):
            return case.without_numbers("refuted", f"the network has {len(case.layers)} layers only")
        return case.equal(self.value, counted, FROM_SPEC)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find layers that are not there."""
        del dataset
        yield from beyond_last_layer("layers", self.layers or 0, spec)

    @property
    def subject(self) -> str:
        """The first layers, if only those are counted."""
        return f"first {self.layers} layers" if self.layers else ""


class TrainableParameters(ValueClaim):
    """The network has this many parameters that are trained: not moving averages, nor those of frozen layers."""

    basis = "spec"

    value: ParameterCount

    def judge(self, case: Case) -> Ruling:
        """Compare with the spec's count."""
        return case.equal(self.value, case.trainable_parameters, FROM_SPEC)


class LayerClaim(ValueClaim):
    """One layer has a property that follows from the spec."""

    basis = "spec"

    layer: Annotated[int, Field(ge=1, description="Which layer, counted from 1.")]

    @abstractmethod
    def measured(self, layer: "LayerCost") -> Value:
        """Return what the claim states of the layer, as it follows from the spec."""

    def judge(self, case: Case) -> Ruling:
        """Compare with what follows from the spec."""
        if self.layer > len(case.layers):
            return case.without_numbers("refuted", f"the network has {len(case.layers)} layers only")
        return case.equal(self.value, self.measured(case.layers[self.layer - 1]), FROM_SPEC)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find a layer that is not there."""
        del dataset
        yield from beyond_last_layer("layer", self.layer, spec)

    @property
    def subject(self) -> str:
        """The layer."""
        return f"layer {self.layer}"


class LayerParameters(LayerClaim):
    """One layer has this many parameters."""

    value: ParameterCount

    def measured(self, layer: "LayerCost") -> int:
        """Return the layer's parameters, moving averages included."""
        return layer.parameters


class OutputShape(LayerClaim):
    """One layer has this output shape, without the batch: [26, 26, 32]."""

    value: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...],
        Field(strict=False, min_length=1, description="The shape, without the batch."),
    ]

    def measured(self, layer: "LayerCost") -> tuple[int, ...]:
        """Return the layer's output shape."""
        return layer.output_shape


def beyond_last_layer(field: str, number: int, spec: "SpecFile") -> Iterator[SpecError]:
    """Yield the field if its number is beyond the spec's last layer."""
    last = len(spec.layers)
    if number > last:
        yield SpecError((field,), f"the network has {last} layers, and this is about {number}", f"write {last} or less")
