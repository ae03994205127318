"""The benchmarked networks themselves: their weights, kept or trained again to the same digest; saved, or used."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.analysis.run import Run
from harness.analysis.runs import ArchitectureResults
from harness.app.exporting import check_packages, check_target, put_in_place
from harness.app.inputs import Fetch, read_inputs
from harness.app.progress import SILENT, Progress
from harness.app.training.engine_choice import engine_at
from harness.app.training.trainer import fetch_datasets, train_unrecorded
from harness.app.verification import compared_with_record
from harness.app.workspace import RecordsOptions
from harness.data import fetching
from harness.errors import CannotExport, CannotWrite, NothingRecorded, OtherWeights, Stopped, UntrainedSeed
from harness.evaluations.evaluation import Scored, all_right, label_threshold
from harness.evaluations.metric import TEST
from harness.execute.engine import Engine, EngineOptions, Outcome
from harness.execute.model_process import model_scores
from harness.planning.plan import Plan, PlannedTrial, Status
from harness.planning.settings import Settings
from harness.planning.trial import Trial, trial_computation
from harness.records.environment import Environment, current_environment
from harness.records.record import Record
from harness.records.speeds import measured_forecast
from harness.records.weights import Weights, read_weights, save_weights, weights_digest, weights_file
from harness.reporting.numbers import duration, seed_list
from harness.spec.folder import only_file
from harness.worker.model import FIRST_IMAGES

SUFFIXES = (".keras", ".onnx", "")
ONNX_EXTRA, ONNX_PACKAGES = "onnx", ("onnx", "tf2onnx", "onnxruntime")


@dataclass(frozen=True, kw_only=True)
class ModelOptions(RecordsOptions):
    """Which network: an architecture, by a name or a glob that means one, and a seed; None: the first recorded one."""

    name: str
    seed: int | None = None


@dataclass(frozen=True, kw_only=True)
class ModelExportOptions(ModelOptions):
    """Where to save it: ``FILE.keras``, ``FILE.onnx``, or a folder; ``force`` replaces what is there."""

    to: Path
    force: bool = False


@dataclass(frozen=True)
class TrainedNetwork:
    """A recorded trial up to the epoch at which an architecture reads it, with its weights."""

    entry: ArchitectureResults
    trial: Trial
    run: Run
    weights: Weights


def export_model(
    options: ModelExportOptions,
    *,
    engine: Engine | None = None,
    progress: Progress = SILENT,
    fetch: Fetch = fetching.fetch,
) -> TrainedNetwork:
    """Save the network, once its weights are found to be the record's and what was saved predicts what it predicted.

    Raises:
        BenchError: The target can't be written, nothing is recorded, or the model is another one.
    """
    if options.to.suffix not in SUFFIXES:
        raise CannotExport(f"--to {options.to}: give FILE.keras, FILE.onnx, or a folder for a SavedModel")
    if options.to.suffix == ".onnx":
        check_packages("bench export model to an ONNX file", ONNX_PACKAGES, ONNX_EXTRA)
    check_target(options.to, force=options.force)
    network = NetworkFinder(options, engine, progress, fetch).find(recorded_entry(options, progress))
    with put_in_place(options.to) as target:
        scores = model_scores(network.trial, tuple(network.weights), target=target)
        _check_predictions(network, scored(network, scores))
    return network


@dataclass(frozen=True)
class NetworkFinder:
    """Finds recorded networks; those whose weights were not kept, it trains again."""

    options: ModelOptions
    engine: Engine | None = None
    progress: Progress = SILENT
    fetch: Fetch = fetching.fetch

    def find(self, entry: ArchitectureResults) -> TrainedNetwork:
        """Return the network with its weights: kept, if their digest is the record's, or trained again to it.

        Raises:
            UntrainedSeed: The seed has none.
            OtherWeights: Training it again gives another network.
        """
        store = self.options.store
        run = _chosen_run(entry, self.options.seed)
        computation = trial_computation(entry.architecture, self.options.cut(Settings()))
        trial = Trial(computation, run.seed, entry.epochs, (entry.name,))
        record = store.read(run.environment, trial.name)
        if record is None:
            raise UntrainedSeed(entry.name, run.seed, seed_list(entry.seeds))
        fetch_datasets([trial], self.fetch, self.progress)
        file = weights_file(store, run.environment, trial.name, run.last.epoch)
        kept = read_weights(file, run.last.weights_sha256)
        if kept is not None:
            return TrainedNetwork(entry, trial, run, kept)
        weights = self._trained_again(trial, record, run)
        # For the next time; that the folder takes no files is no reason to keep the model from the user.
        with contextlib.suppress(CannotWrite):
            save_weights(file, weights)
        return TrainedNetwork(entry, trial, run, weights)

    def _trained_again(self, trial: Trial, record: Record, run: Run) -> Weights:
        """Train the trial in a fresh process, as `bench verify` does; return its weights if they are the record's."""
        numerics = record.environment.numerics
        here = current_environment(numerics.threads, deterministic=numerics.deterministic)
        outcome = self._outcome(trial, here)
        if outcome.weights is None:
            reason = outcome.failure.reason if outcome.failure else "it brought no weights"
            raise OtherWeights(trial.label, f"training it again failed: {reason}")
        if weights_digest(outcome.weights) != run.last.weights_sha256:
            found = compared_with_record(trial, record, outcome, here)
            where = f" ({found.mismatch.where}: {found.reason})" if found.mismatch else ""
            raise OtherWeights(trial.label, f"training it again gives other weights than were recorded{where}")
        return outcome.weights

    def _outcome(self, trial: Trial, here: Environment) -> Outcome:
        threads, deterministic = here.numerics.threads, here.numerics.deterministic
        options = EngineOptions(1, threads, deterministic=deterministic, keep_weights=True)
        forecast = measured_forecast(self.options.store.load().records)
        plan = Plan((PlannedTrial(trial, Status.PENDING, forecast.trial_seconds(trial)),), forecast)
        seconds = duration(plan.seconds(1))
        self.progress.say(f"the weights of {trial.label} were not kept: training it again, about {seconds}")
        try:
            for ended in train_unrecorded(plan, self.engine or engine_at(None, options), self.progress):
                return ended.outcome
        except KeyboardInterrupt:
            raise Stopped("the trial was not trained to its end") from None
        return Outcome(None)


def recorded_entry(options: ModelOptions, progress: Progress) -> ArchitectureResults:
    """Return the architecture's results.

    Raises:
        NothingRecorded: It has none.
    """
    file = only_file(options.name, options.specs)
    inputs = read_inputs(options, progress, None, needed=(file,))
    entry = inputs.findings(options.environment).study.named(file.stem)
    if entry is None or not entry.runs:
        raise NothingRecorded(f"of {file.stem} in {options.folder}")
    return entry


def _chosen_run(entry: ArchitectureResults, seed: int | None) -> Run:
    for run in entry.runs:
        if seed in {None, run.seed}:
            return run
    raise UntrainedSeed(entry.name, seed or 0, seed_list(entry.seeds))


def scored(network: TrainedNetwork, scores: npt.NDArray[np.float32]) -> Scored:
    """Return what a network's scores of examples predict, whatever their labels are."""
    architecture = network.entry.architecture
    labels = np.zeros(scores.shape if architecture.data.multi_label else len(scores), np.uint8)
    logits = getattr(architecture.recipe.loss, "from_logits", False)
    return Scored(scores, labels, 0.0, threshold=label_threshold(logits=logits))


def _check_predictions(network: TrainedNetwork, found: Scored) -> None:
    """Hold the saved model's classes of the first test examples against those that were recorded."""
    recorded = network.run.predicted(TEST)
    if recorded is None:
        return
    differing = int((~all_right(found.classes, recorded[: len(found.classes)])).sum())
    if differing:
        what = f"the saved model predicts {differing} of the first {FIRST_IMAGES:,} test examples differently"
        raise OtherWeights(network.trial.label, what)
