"""All that is derived from one study, together, as reports read it; formats nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from harness.analysis.ablations import Ablation, ablations
from harness.analysis.comparison import Comparison, compare_all
from harness.analysis.crosscheck import CrossCheck, cross_check
from harness.analysis.elsewhere import Elsewhere, here_and_elsewhere
from harness.analysis.images import HardImage, ImageErrors, Labels, hardest_images
from harness.analysis.judging import judge_by_design
from harness.analysis.pareto import dominated_by
from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.standings import Standing, standings
from harness.analysis.summary import Summary, summarize
from harness.analysis.verdicts import Judgement
from harness.records.record import Record
from harness.records.times import Times
from harness.statistics.samples import Estimate


@dataclass(frozen=True)
class Findings:
    """A study and what follows from it, each part when it is first asked for; mappings are by an architecture's name.

    ``labels`` are the true test labels by data set, as far as they are at hand. ``records`` are those of all
    environments. ``other_data`` are the findings on other data sets, each from a folder of its own.
    """

    study: Study
    labels: Labels
    records: tuple[Record, ...] = field(default=(), repr=False)
    times: Times = field(default_factory=Times)
    other_data: tuple[Findings, ...] = field(default=(), repr=False)

    @cached_property
    def summaries(self) -> Mapping[str, Summary]:
        """Every architecture's runs by themselves."""
        study = self.study
        return {entry.name: summarize(entry, self.labels) for entry in (*study.compared_apart, *study.compared)}

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every pair of measured architectures."""
        return compare_all(self.study, ImageErrors(self.labels))

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """The ranks of the measured architectures."""
        return standings(self.study, self.comparisons)

    @cached_property
    def dominated(self) -> Mapping[str, tuple[str, ...]]:
        """What beats each measured architecture in the headline, by more than chance, and costs no more."""
        return dominated_by(self.study, self.comparisons)

    @cached_property
    def judgement(self) -> Judgement:
        """The verdicts on all claims."""
        return judge_by_design(self.study)

    @cached_property
    def hardest(self) -> tuple[HardImage, ...]:
        """The test images that are missed most often."""
        return hardest_images(self.study, self.labels)

    @cached_property
    def crosschecks(self) -> tuple[CrossCheck, ...]:
        """The study beside the records on other numbers of threads and without determinism."""
        return cross_check(self.study, self.records)

    @cached_property
    def ablations(self) -> tuple[Ablation, ...]:
        """The derived architectures beside their parents."""
        return ablations(self.study)

    @cached_property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """The study's machine beside others of the same numerics."""
        return here_and_elsewhere(self.study)

    @cached_property
    def classes(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the classes, by data set."""
        entries = (*self.study.apart, *self.study.entries)
        return {entry.architecture.dataset: entry.architecture.data.classes for entry in entries}

    @property
    def ranking(self) -> tuple[ArchitectureResults, ...]:
        """The entries from the best mean of the headline to the worst; those without a run come last."""
        return tuple(sorted(self.study.compared, key=self._place))

    def headline_of(self, entry: ArchitectureResults) -> Estimate | None:
        """Return centre and spread of the study's headline, or None where nothing was measured."""
        return self.summaries[entry.name].of(self.study.headline)

    def _place(self, entry: ArchitectureResults) -> float:
        found = self.headline_of(entry)
        return math.inf if found is None else -self.study.headline.metric.merit(found.mean)
