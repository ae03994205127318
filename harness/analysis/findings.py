"""All that is derived from one study, together, as reports read it; formats nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.analysis.comparison import Comparison, Standing, compare_all, standings
from harness.analysis.crosscheck import CrossCheck
from harness.analysis.hardest import HardImage, hardest_images
from harness.analysis.pareto import dominated_by
from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.summary import Labels, Summary, summarize
from harness.analysis.verdicts import Judgement, judge
from harness.records.times import Times


@dataclass(frozen=True)
class Findings:
    """A study and what follows from it; the mappings are by an architecture's name.

    ``labels`` are the true test labels by data set, as far as they are at hand. ``standings`` and
    ``dominated`` hold measured architectures only.
    """

    study: Study
    labels: Labels
    summaries: Mapping[str, Summary]
    comparisons: tuple[Comparison, ...]
    standings: Mapping[str, Standing]
    dominated: Mapping[str, tuple[str, ...]]
    judgement: Judgement
    hardest: tuple[HardImage, ...] = ()
    crosschecks: tuple[CrossCheck, ...] = ()
    times: Times = field(default_factory=Times)

    @property
    def ranking(self) -> tuple[ArchitectureResults, ...]:
        """The entries from the best mean accuracy to the worst; those without a run come last."""
        return tuple(sorted(self.study.entries, key=self._place))

    def _place(self, entry: ArchitectureResults) -> float:
        accuracy = self.summaries[entry.name].test_accuracy
        return -accuracy.mean if accuracy else 1.0


def derive_findings(study: Study, labels: Labels) -> Findings:
    """Return everything that follows from the study's records: the same records give the same findings."""
    comparisons = compare_all(study)
    return Findings(
        study=study,
        labels=labels,
        summaries={one.name: summarize(one, labels) for one in study.entries},
        comparisons=comparisons,
        standings=standings(study, comparisons),
        dominated=dominated_by(study),
        judgement=judge(study),
        hardest=hardest_images(study, labels),
    )
