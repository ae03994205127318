"""A claim about the number of parameters of the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from harness.declaration.spec_error import SpecError
from harness.spec.claims.claim import Basis, Case, Claim, Ruling
from harness.spec.claims.layer_claim import FROM_SPEC, beyond_last_layer

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile


class Parameters(Claim):
    """The network, or its first layers, have this many parameters."""

    kind: ClassVar[str] = "parameters"
    basis: ClassVar[Basis] = "spec"

    value: Annotated[int, Field(ge=0, description="The number that the document gives.")]
    layers: int | None = Field(default=None, ge=1, description="Count the first n layers only.")

    @property
    def published(self) -> int:
        """The number of parameters."""
        return self.value

    def judge(self, case: Case) -> Ruling:
        """Compare the count of the whole network, as Keras built it if it was trained, or of its first layers."""
        counted = sum(layer.parameters for layer in case.layers[: self.layers])
        if self.layers is None and case.built_parameters:
            built = min(set(case.built_parameters) - {self.value}, default=self.value)
            return case.equal(self.value, built, "counted in the trained network")
        if (self.layers or 0) > len(case.layers):
            return case.without_numbers("refuted", f"the network has {len(case.layers)} layers only")
        return case.equal(self.value, counted, FROM_SPEC)

    def check(self, spec: SpecFile, dataset: Dataset | None) -> Iterator[SpecError]:
        """Find layers that are not there."""
        del dataset
        yield from beyond_last_layer("layers", self.layers or 0, spec)

    @property
    def subject(self) -> str:
        """The first layers, if only those are counted."""
        return f"first {self.layers} layers" if self.layers else ""
