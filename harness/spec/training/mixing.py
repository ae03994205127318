"""Training on blends of images and of their labels; blends none."""

from types import ModuleType
from typing import Annotated, Any

from pydantic import Field

from harness.declaration.kinds import Kind
from harness.declaration.values import Positive


class MixUp(Kind):
    """Blends each image of a batch, and its label, with another one of the batch: Keras' MixUp layer."""

    alpha: Annotated[Positive, Field(description="How strongly: shares are drawn from Beta(alpha, alpha).")] = 0.2

    def build(self, keras: ModuleType) -> Any:  # noqa: ANN401 (Keras' own layer)
        """Return Keras' layer, its seed drawn from the global one."""
        return keras.layers.MixUp(alpha=self.alpha)
