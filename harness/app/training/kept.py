"""Finds the weights that were kept of recorded trials, with which evaluations that they lack need no training."""

from __future__ import annotations

from functools import cached_property

from harness.app.training.benchmark import Benchmark
from harness.planning.plan import Status, trial_status
from harness.planning.trial import Trial
from harness.records.content import names_in
from harness.records.plan_facts import recorded
from harness.records.weights import WEIGHTS_MARK, read_weights, weights_file
from harness.worker.messages import KeptWeights


class KeptWeightsFinder:
    """Finds what this machine recorded of a trial and, of all that is due, the weights that were kept."""

    def __init__(self, benchmark: Benchmark) -> None:
        self._store = benchmark.store
        self._environment = benchmark.environment.id

    def __call__(self, trial: Trial) -> KeptWeights | None:
        """Return them; None where more than evaluations is due, or weights were not kept that the record has."""
        record = self._store.read(self._environment, trial.name) if trial.name in self._trials else None
        if record is None or trial_status(trial, recorded(record)) is not Status.EVALUATE:
            return None
        epochs = record.finished_epochs
        weights = {}
        for counted in {record.computation.counted(epochs[: due.epoch]) for due in trial.due}:
            file = weights_file(self._store, self._environment, trial.name, counted)
            found = read_weights(file, epochs[counted - 1].weights_sha256)
            if found is None:
                return None
            weights[counted] = found
        return KeptWeights(self._environment, epochs, weights)

    @cached_property
    def _trials(self) -> frozenset[str]:
        """The trials of which any weights were kept: the folder may have thousands of files, and is listed once."""
        names = names_in(self._store.folder / self._environment)
        return frozenset(name.partition(".")[0] for name in names if WEIGHTS_MARK in name)
