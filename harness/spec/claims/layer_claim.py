"""What claims about one layer share; it is no kind by itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from harness.declaration.spec_error import SpecError
from harness.spec.claims.claim import Basis, Case, Claim, Ruling, Value

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile
    from harness.spec.cost import LayerCost

FROM_SPEC = "follows from the spec"


class LayerClaim(Claim):
    """One layer has a property that follows from the spec."""

    basis: ClassVar[Basis] = "spec"

    layer: Annotated[int, Field(ge=1, description="Which layer, counted from 1.")]

    @abstractmethod
    def measured(self, layer: LayerCost) -> Value:
        """Return what the claim states of the layer, as it follows from the spec."""

    def judge(self, case: Case) -> Ruling:
        """Compare with what follows from the spec."""
        if self.layer > len(case.layers):
            return case.without_numbers("refuted", f"the network has {len(case.layers)} layers only")
        return case.equal(self.published, self.measured(case.layers[self.layer - 1]), FROM_SPEC)

    def check(self, spec: SpecFile, dataset: Dataset | None) -> Iterator[SpecError]:
        """Find a layer that is not there."""
        del dataset
        yield from beyond_last_layer("layer", self.layer, spec)

    @property
    def subject(self) -> str:
        """The layer."""
        return f"layer {self.layer}"


def beyond_last_layer(field: str, number: int, spec: SpecFile) -> Iterator[SpecError]:
    """Yield the field if its number is beyond the spec's last layer."""
    last = len(spec.layers)
    if number > last:
        yield SpecError((field,), f"the network has {last} layers, and this is about {number}", f"write {last} or less")
