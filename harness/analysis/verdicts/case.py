"""What the records say of one architecture, as its claims ask for it; knows no kind of claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.verdicts.difference import judge_difference
from harness.analysis.verdicts.equality import judge_equality
from harness.analysis.verdicts.number import judge_number
from harness.analysis.verdicts.share import judge_share
from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import Quantity
from harness.spec.claims import Decision, Ruling, Value
from harness.spec.cost import LayerCost


@dataclass(frozen=True)
class RecordedCase:
    """An architecture's runs within the study that its claims are judged in."""

    entry: ArchitectureResults
    study: Study

    @property
    def layers(self) -> tuple[LayerCost, ...]:
        """The layers as a printed summary counts them: a composite is one."""
        return tuple(layer for layer in self.entry.cost.layers if layer.depth == 0)

    @property
    def built_parameters(self) -> tuple[int, ...]:
        """The parameters of every trained network."""
        return tuple(run.parameters for run in self.entry.runs)

    def values(self, quantity: Quantity) -> tuple[float, ...]:
        """Return the quantity after the last epoch, one value per seed."""
        return self.entry.values(quantity)

    def predictions(self, evaluation: str, image: int) -> tuple[int, ...]:
        """Return the class of an image that each seed predicts, for the seeds whose predictions are recorded."""
        recorded = [run.predictions[evaluation] for run in self.entry.runs if evaluation in run.predictions]
        return tuple(int(classes[image]) for classes in recorded if image < len(classes))

    def equal(self, published: Value, measured: Value, origin: str) -> Ruling:
        """Judge by equality: an untrained network can be judged too."""
        return judge_equality(published, measured, origin, len(self.entry.runs))

    def published_number(self, published: WrittenFloat, values: Sequence[float], margin: float) -> Ruling:
        """Judge a number of one run against ``values``."""
        missing = None if values else "what it is about is not recorded"
        return self._untested(self._obstacle or missing) or judge_number(values, published, margin)

    def most_seeds(self, published: int, predicted: Sequence[int]) -> Ruling:
        """Judge a class by the share of seeds that predict it."""
        missing = None if predicted else "no prediction for this image is recorded"
        return self._untested(self._obstacle or missing) or judge_share(published, predicted)

    def better_than(self, other: str, quantity: Quantity) -> Ruling:
        """Judge whether the quantity is better than that of another architecture of the study."""
        rival = self.study.named(other)
        if rival is None:
            return self.without_numbers("not tested", self._obstacle or f"{other} is not in this report")
        missing = None if rival.runs else f"no trial of {other} is recorded"
        return self._untested(self._obstacle or missing) or judge_difference(self.entry, rival, quantity)

    def without_numbers(self, decision: Decision, reason: str) -> Ruling:
        """Return a ruling that measures nothing."""
        return Ruling(decision, reason, len(self.entry.runs))

    def _untested(self, obstacle: str | None) -> Ruling | None:
        return self.without_numbers("not tested", obstacle) if obstacle else None

    @property
    def _obstacle(self) -> str | None:
        """Why the numbers of training say nothing about any claim, or None where they do."""
        settings = self.study.settings
        if (settings.train_examples, settings.test_examples, settings.max_epochs) != (None, None, None):
            return "smoke results: fewer examples and epochs than the claim is about"
        if self.entry.runs:
            return None
        if self.entry.failures:
            return f"all {len(self.entry.failures)} trials failed"
        return "no trial is recorded"
