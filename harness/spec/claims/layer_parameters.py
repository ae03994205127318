"""A claim about the number of parameters of one layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from harness.spec.claims.layer_claim import LayerClaim

if TYPE_CHECKING:
    from harness.spec.cost import LayerCost


class LayerParameters(LayerClaim):
    """One layer has this many parameters."""

    kind: ClassVar[str] = "layer_parameters"

    value: Annotated[int, Field(ge=0, description="The number that the document gives.")]

    @property
    def published(self) -> int:
        """The number of parameters."""
        return self.value

    def measured(self, layer: LayerCost) -> int:
        """Return the layer's parameters, moving averages included."""
        return layer.parameters
