"""Joins architectures with the records of their trials, each read at its own epoch; judges nothing.

An architecture's run is a trial's record up to the architecture's own last epoch: architectures that
compute the same share trials, and a trial that failed later than that is no failure of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from harness.analysis.run import FEWEST_QUIET, FailedRun, Run, TimedRuns
from harness.evaluations.metric import HEADLINE, TEST, PerRun, Quantity
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation, trial_epochs
from harness.records.design import Design
from harness.records.environment import Environment
from harness.records.pooling import Peer, pool
from harness.records.predictions import Classes
from harness.records.record import Record
from harness.spec.architecture import Architecture
from harness.spec.cost import Cost, cost

# A spread needs two runs.
FEWEST_COMMON_SEEDS = 2

ReadPredictions = Callable[[Record, int, str], Classes | None]
"""Returns the predicted classes of a record after an epoch in an evaluation, as `Store.predicted`."""


@dataclass(frozen=True)
class ArchitectureResults:
    """An architecture with what its trials gave, by seed: every seed once, whichever machine recorded it.

    ``machine`` is the id of the environment whose times are shown. ``test_examples`` are how many test images were
    scored; None: all.
    """

    architecture: Architecture
    cost: Cost
    fingerprint: str
    epochs: int
    runs: tuple[Run, ...] = ()
    failures: tuple[FailedRun, ...] = ()
    machine: str = ""
    test_examples: int | None = None

    @property
    def name(self) -> str:
        """The architecture's name."""
        return self.architecture.name

    @property
    def reading(self) -> tuple[str, int]:
        """What identifies the runs: architectures that share it have the same ones."""
        return self.fingerprint, self.epochs

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that were measured, in order."""
        return tuple(run.seed for run in self.runs)

    @property
    def tried(self) -> tuple[int, ...]:
        """The seeds that were trained, those of failed trials too, in order."""
        return tuple(sorted({*self.seeds, *(failed.seed for failed in self.failures)}))

    def on(self, seeds: Collection[int] | None) -> ArchitectureResults:
        """Return the results of these seeds alone; None: of all of them."""
        if seeds is None or set(self.tried) <= set(seeds):
            return self
        return replace(
            self,
            runs=tuple(run for run in self.runs if run.seed in seeds),
            failures=tuple(failed for failed in self.failures if failed.seed in seeds),
        )

    @cached_property
    def timed(self) -> tuple[Run, ...]:
        """The runs that times are about: those of one machine."""
        return tuple(run for run in self.runs if run.environment == self.machine)

    @cached_property
    def timing(self) -> TimedRuns:
        """The machine's quiet runs where there are at least ``FEWEST_QUIET``, else all of the machine."""
        quiet = tuple(run for run in self.timed if run.is_quiet)
        return TimedRuns(quiet, quiet=True) if len(quiet) >= FEWEST_QUIET else TimedRuns(self.timed, quiet=False)

    @cached_property
    def _by_quantity(self) -> dict[PerRun, Mapping[int, float]]:
        """What ``by_seed`` has looked up: every pair of architectures asks for it again."""
        return {}

    @cached_property
    def evaluated(self) -> frozenset[str]:
        """The evaluations that any run has after its last epoch."""
        return frozenset(name for run in self.runs for name in run.last.evaluations)

    def by_seed(self, quantity: PerRun) -> Mapping[int, float]:
        """Return the quantity after the last epoch of every seed for which it is recorded."""
        if quantity not in self._by_quantity:
            runs = self.runs if quantity.evaluations <= self.evaluated else ()
            found = {run.seed: quantity.known_of(run.last) for run in runs}
            self._by_quantity[quantity] = {seed: value for seed, value in found.items() if value is not None}
        return self._by_quantity[quantity]

    def values(self, quantity: PerRun) -> tuple[float, ...]:
        """Return the quantity after the last epoch, one value per seed for which it is recorded, in their order."""
        return tuple(self.by_seed(quantity).values())

    def mean_merit(self, quantity: Quantity) -> float:
        """Return the quantity's mean over seeds, its sign such that higher is better."""
        return quantity.metric.merit(float(np.mean(self.values(quantity))))

    @cached_property
    def predictions(self) -> Classes | None:
        """The predicted classes of the test images, shape (runs, test images).

        Where an image may have several labels, 0 and 1 of each, shape (runs, test images, labels). None where a run
        kept none, or not a known class of each image: records come from anybody.
        """
        kept = [found for run in self.runs if (found := run.predicted(TEST)) is not None]
        data = self.architecture.data
        if not kept or len(kept) < len(self.runs) or len({found.shape for found in kept}) > 1:
            return None
        stacked, classes = np.stack(kept), len(data.classes)
        of_each, values = ((classes,), 2) if data.multi_label else ((), classes)
        fits = stacked.shape[1:] == (self.test_examples or data.test_examples, *of_each)
        return stacked if fits and stacked.max(initial=0) < values else None


@dataclass(frozen=True)
class Study:
    """Everything that one report is about: the runs of one environment's numerics, ranked by ``headline``.

    Times are those of ``environment``; ``peers`` are the machines that claim its numerics. ``others`` counts the
    records of all other environments, by id. ``commits`` are the versions of the harness that made the records that
    count, ``+`` where there were uncommitted changes. ``entries`` have every recorded seed; what is ranked or compared
    uses the preset ones, which ``design`` declares. ``apart`` are architectures that are never ranked, such as
    ablations: claims may be about them. ``parents`` are what any of them is derived from.
    """

    settings: Settings
    entries: tuple[ArchitectureResults, ...]
    environment: Environment | None = None
    peers: tuple[Peer, ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    commits: tuple[str, ...] = ()
    headline: Quantity = HEADLINE
    design: Design | None = None
    parents: tuple[ArchitectureResults, ...] = ()
    apart: tuple[ArchitectureResults, ...] = ()

    def on(self, seeds: Collection[int] | None) -> Study:
        """Return the study with the runs of these seeds alone; None: of all of them."""
        entries, parents, apart = (
            tuple(one.on(seeds) for one in listed) for listed in (self.entries, self.parents, self.apart)
        )
        return replace(self, entries=entries, parents=parents, apart=apart)

    @cached_property
    def judged(self) -> Study:
        """The study on the seeds that verdicts use."""
        return self.on(self.design.claim_seeds) if self.design else self

    def preset(self, dataset: str) -> frozenset[int] | None:
        """Return the seeds that are compared on a data set, or None where these are all that are recorded.

        Without a design they are those that all of its measured entries have in common, if there are two or more.
        """
        if self.design is not None:
            return frozenset(self.design.seeds)
        tried = [set(entry.tried) for entry in self.entries if entry.runs and entry.architecture.dataset == dataset]
        common = frozenset[int]().union(*tried[:1]).intersection(*tried)
        return common if len(common) >= FEWEST_COMMON_SEEDS and not self.settings.is_cut else None

    @cached_property
    def compared(self) -> tuple[ArchitectureResults, ...]:
        """The entries with the preset seeds alone: what is summarized, ranked, compared and drawn."""
        return self._preset(self.entries)

    @cached_property
    def compared_apart(self) -> tuple[ArchitectureResults, ...]:
        """What is never ranked, with the preset seeds alone."""
        return self._preset(self.apart)

    def _preset(self, entries: tuple[ArchitectureResults, ...]) -> tuple[ArchitectureResults, ...]:
        datasets = {entry.architecture.dataset for entry in entries}
        preset = {dataset: self.preset(dataset) for dataset in datasets}
        return tuple(entry.on(preset[entry.architecture.dataset]) for entry in entries)

    @property
    def measured(self) -> tuple[ArchitectureResults, ...]:
        """The compared entries with at least one run."""
        return tuple(entry for entry in self.compared if entry.runs)

    @property
    def rivals(self) -> tuple[tuple[ArchitectureResults, ...], ...]:
        """The measured entries, those on one data set together."""
        found: dict[str, list[ArchitectureResults]] = {}
        for entry in self.measured:
            found.setdefault(entry.architecture.dataset, []).append(entry)
        return tuple(map(tuple, found.values()))

    def named(self, name: str) -> ArchitectureResults | None:
        """Return the entry of that name, if it takes part."""
        return next((entry for entry in (*self.entries, *self.apart) if entry.name == name), None)


def no_predictions(record: Record, epoch: int, evaluation: str) -> None:
    """Read no predictions: for callers that need none."""


def make_study(  # noqa: PLR0913 - all that a study joins
    architectures: Iterable[Architecture],
    records: Sequence[Record],
    settings: Settings,
    environment: Environment | None = None,
    read_predictions: ReadPredictions = no_predictions,
    *,
    apart: Iterable[Architecture] = (),
) -> Study:
    """Join the architectures with the environment's records and those of other machines with the same bits.

    ``environment`` is the one that the report is about; see `choose_environment`. ``apart`` are never ranked.
    """
    pooled = pool(records, environment) if environment else None
    counted = pooled.records if pooled else ()
    by_fingerprint: dict[str, list[Record]] = {}
    for record in sorted(counted, key=lambda found: found.seed):
        by_fingerprint.setdefault(record.fingerprint, []).append(record)
    machine = environment.id if environment else ""
    ranked, others_apart = tuple(architectures), tuple(apart)
    chosen = (*ranked, *others_apart)
    found = tuple(_entries((*chosen, *_parents(chosen)), by_fingerprint, settings, machine, read_predictions))
    entries, beside, parents = found[: len(ranked)], found[len(ranked) : len(chosen)], found[len(chosen) :]
    alike = pooled.machines if pooled else ()
    others = Counter(record.environment.id for record in records if record.environment.id not in alike)
    peers = pooled.peers if pooled else ()
    counts = tuple(sorted(others.items()))
    return Study(settings, entries, environment, peers, counts, _commits(counted), parents=parents, apart=beside)


def _parents(architectures: Iterable[Architecture]) -> Iterable[Architecture]:
    """Return what the architectures are derived from, each once."""
    derivations = [one.derivation for one in architectures if one.derivation]
    return {derivation.parent.path: derivation.parent for derivation in derivations}.values()


def _commits(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the versions that made the records, of one trial that of the first."""
    first = {record.name: record for record in reversed(records)}
    return tuple(sorted({record.environment.short_commit for record in first.values()}))


def _entries(
    architectures: Iterable[Architecture],
    records: Mapping[str, Sequence[Record]],
    settings: Settings,
    machine: str,
    read_predictions: ReadPredictions,
) -> Iterator[ArchitectureResults]:
    """Yield each architecture's results; those that read the same trials at the same epoch share their runs."""
    read: dict[tuple[str, int], tuple[tuple[Run, ...], tuple[FailedRun, ...]]] = {}
    for architecture in architectures:
        fingerprint = trial_computation(architecture, settings).fingerprint
        epochs = trial_epochs(architecture, settings)
        if (fingerprint, epochs) not in read:
            read[fingerprint, epochs] = _read(records.get(fingerprint, ()), epochs, machine, read_predictions)
        runs, failures = read[fingerprint, epochs]
        costs, most = cost(architecture), architecture.data.test_examples
        scored = min(settings.test_examples or most, most)
        yield ArchitectureResults(architecture, costs, fingerprint, epochs, runs, failures, machine, scored)


def _read(
    records: Iterable[Record], epochs: int, machine: str, read_predictions: ReadPredictions
) -> tuple[tuple[Run, ...], tuple[FailedRun, ...]]:
    """Return what the records of one computation gave up to ``epochs``, and the trials that ended before.

    Each seed counts once: as ``machine`` recorded it, a failure too; else as the first other one that measured it.
    """
    found: dict[int, Run | FailedRun] = {}
    for record in records:
        given = _run(record, epochs, read_predictions) or _failed(record)
        known = found.get(record.seed)
        # The machine's own failure stands, but not against a later training of its own.
        stands = isinstance(known, Run) or (known and known.environment == machine != record.environment.id)
        if given and (known is None or (isinstance(given, Run) and not stands)):
            found[record.seed] = given
    runs = tuple(one for one in found.values() if isinstance(one, Run))
    return runs, tuple(one for one in found.values() if isinstance(one, FailedRun))


def _run(record: Record, epochs: int, read_predictions: ReadPredictions) -> Run | None:
    """Return the record up to ``epochs``, or None where the trial did not get there or lacks the headline."""
    measured = record.measurement
    if measured is None or not measured.epochs or not (measured.at(epochs) or measured.stopped):
        return None
    own = measured.until(epochs)
    counted = record.computation.counted(own.epochs)
    if HEADLINE.known_of(own.epochs[counted - 1]) is None:
        return None
    read, where = partial(read_predictions, record, counted), record.environment
    chosen = counted if counted < len(own.epochs) else None
    return Run(record.seed, own, record.concurrent_trials, read, where.id, where.numerics.threads, chosen)


def _failed(record: Record) -> FailedRun | None:
    return FailedRun(record.seed, record.failure, record.environment.id) if record.failure else None
