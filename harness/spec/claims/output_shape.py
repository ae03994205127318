"""A claim about the output shape of one layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from harness.spec.claims.layer_claim import LayerClaim

if TYPE_CHECKING:
    from harness.spec.cost import LayerCost


class OutputShape(LayerClaim):
    """One layer has this output shape, without the batch: [26, 26, 32]."""

    kind: ClassVar[str] = "output_shape"

    value: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...],
        Field(strict=False, min_length=1, description="The shape, without the batch."),
    ]

    @property
    def published(self) -> tuple[int, ...]:
        """The shape."""
        return self.value

    def measured(self, layer: LayerCost) -> tuple[int, ...]:
        """Return the layer's output shape."""
        return tuple(layer.output_shape)
