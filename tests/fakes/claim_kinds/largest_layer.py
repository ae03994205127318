"""A kind of claim as someone would add it: this file and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from harness.data.dataset import Dataset
from harness.declaration.spec_error import SpecError
from harness.spec.architecture import SpecFile
from harness.spec.claims import Basis, Case, Ruling, ValueClaim


class LargestLayer(ValueClaim):
    """The largest layer has this many parameters."""

    basis: ClassVar[Basis] = "spec"

    value: int

    def check(self, spec: SpecFile, dataset: Dataset | None) -> Iterator[SpecError]:
        """Find a number that is too large for the spec."""
        del dataset
        if self.value > len(spec.layers) * 1_000_000:
            yield SpecError(("value",), "no layer here is that large", "write less")

    def judge(self, case: Case) -> Ruling:
        """Compare with what follows from the spec."""
        return case.equal(self.value, max(layer.parameters for layer in case.layers), "follows from the spec")
