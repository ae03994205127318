"""One architecture as `list` and `show` give it in JSON; the keys are a contract, and it prints nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.cli.recorded import RecordedSeeds
    from harness.spec.architecture import Architecture
    from harness.spec.cost import Cost
    from harness.spec.mistakes import InvalidSpec


@dataclass(frozen=True)
class Described:
    """An architecture with what can be said of it without training."""

    architecture: Architecture
    cost: Cost
    fingerprint: str
    recorded_seeds: list[int]

    def row(self) -> dict[str, Any]:
        """Return the object of `list --json`."""
        architecture = self.architecture
        return {
            "name": architecture.name,
            "title": architecture.title,
            "document": architecture.document,
            "source": architecture.source,
            "parameters": self.cost.parameters,
            "macs": self.cost.macs,
            "epochs": architecture.training.epochs,
            "batch_size": architecture.training.batch_size,
            "fingerprint": self.fingerprint,
            "recorded_seeds": self.recorded_seeds,
        }

    def details(self) -> dict[str, Any]:
        """Return the object of `show --json`: the row, and all that the file says."""
        layers = [
            {
                "kind": layer.kind,
                "output_shape": list(layer.output_shape),
                "parameters": layer.parameters,
                "macs": layer.macs,
                "depth": layer.depth,
            }
            for layer in self.cost.layers
        ]
        said = self.architecture.model_dump(mode="json", include={"dataset", "training", "claims", "assumptions"})
        return {**self.row(), "layers": layers, **said}


def describe(architecture: Architecture, recorded: RecordedSeeds) -> Described:
    """Return the architecture with its cost, its address under the default protocol and its recorded seeds."""
    from harness.plan.protocol import Protocol
    from harness.plan.trial import trial_computation
    from harness.spec.cost import cost

    address = trial_computation(architecture, Protocol()).address
    seeds = recorded.of(address, architecture.training.epochs)
    return Described(architecture, cost(architecture), address, seeds)


def broken_row(name: str, error: InvalidSpec) -> dict[str, Any]:
    """Return the row of a file that is no architecture: its name and its mistakes, all else unknown."""
    unknown = dict.fromkeys(
        ("title", "document", "source", "parameters", "macs", "epochs", "batch_size", "fingerprint")
    )
    mistakes = [str(mistake) for mistake in error.mistakes]
    return {"name": name, **unknown, "recorded_seeds": [], "mistakes": mistakes}
