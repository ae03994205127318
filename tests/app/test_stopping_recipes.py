"""Trials that end before their last planned epoch, from the plan to the page; only the backend trains nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fake_architectures import architecture
from fake_backend import NAME, FakeBackend, forking_engine

from harness.analysis.findings import Findings
from harness.analysis.pareto import time_to_target
from harness.analysis.runs import make_study
from harness.app.record_checks import CHECKS, AuditContext
from harness.app.record_index import index_records
from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.app.training.sentences import plan_sentences
from harness.execute.engine import EngineOptions
from harness.planning.plan import Plan, Status
from harness.planning.settings import Settings
from harness.records.content import record_files
from harness.records.environment import current_environment
from harness.records.record import Record
from harness.records.record_cache import KnownRecords
from harness.records.store import Store
from harness.reporting.figures.curves import curves_figure
from harness.reporting.page import page
from harness.spec.architecture import Architecture
from harness.spec.training.monitoring import EarlyStopping

pytest_plugins = ["fake_training"]
STOPPING = EarlyStopping(monitor="loss", patience=2, restore_best_weights=True)


def stopping(name: str, epochs: int) -> Architecture:
    read = architecture(name, epochs=epochs)
    return read.model_copy(update={"training": read.training.model_copy(update={"early_stopping": STOPPING})})


LONG, SHORT = stopping("long", 30), stopping("short", 3)


def benchmark(folder: Path, chosen: Sequence[Architecture] = (LONG, SHORT), *evaluations: str) -> Benchmark:
    settings = Settings(seeds=(0, 1), backend=NAME, evaluations=evaluations)
    return Benchmark(tuple(chosen), settings, current_environment(threads=1, backend=NAME), Store(folder))


def run(of: Benchmark) -> Plan:
    """Train what is pending, and return what was."""
    decided = plan_benchmark(of)
    list(run_benchmark(of, decided, forking_engine(EngineOptions(2))))
    return decided


def records(of: Benchmark) -> tuple[Record, ...]:
    return of.store.load().records


@pytest.fixture
def trained(fake_backend: FakeBackend, tmp_path: Path) -> Benchmark:
    """Return a benchmark whose trials stopped after the fourth epoch, the second being the best."""
    fake_backend.losses.update({1: 0.5, 2: 0.3, 3: 0.4, 4: 0.45, 5: 0.2})
    of = benchmark(tmp_path)
    run(of)
    return of


def test_a_trial_that_stopped_is_complete_and_not_trained_again(trained: Benchmark) -> None:
    assert [(len(record.measurement.epochs), record.epochs) for record in records(trained) if record.measurement] == [
        (4, 4)
    ] * 2
    assert {planned.status for planned in plan_benchmark(trained).trials} == {Status.RECORDED}
    known = KnownRecords(trained.store.folder)
    reaches = [known.reach(file.path) for file in record_files(trained.store.folder)]
    assert all(reach.includes(30) and reach.epochs == 4 for reach in reaches)
    assert not any(Store(trained.store.results).checkpoints(trained.environment.id).glob("*.npz"))


def test_its_record_passes_the_checks_and_another_end_is_found_out(trained: Benchmark) -> None:
    record = records(trained)[0]
    context = AuditContext(trained.environment.id, {}, None, None)
    assert not list(CHECKS["stops"](record, context))
    assert not list(CHECKS["epochs"](record, context))
    assert record.measurement is not None
    shorter = record.measurement.model_copy(update={"epochs": record.measurement.epochs[:3]})
    (fault,) = CHECKS["stops"](record.model_copy(update={"measurement": shorter}), context)
    assert fault == "ended after epoch 3, and its recipe says otherwise"


def test_a_trial_that_was_cut_before_it_stopped_is_extended(fake_backend: FakeBackend, tmp_path: Path) -> None:
    fake_backend.losses.update({1: 0.5, 2: 0.3, 3: 0.4, 4: 0.45})
    short = benchmark(tmp_path, [SHORT])
    run(short)
    assert {planned.status for planned in plan_benchmark(short).trials} == {Status.RECORDED}
    both = benchmark(tmp_path)
    assert {planned.status for planned in run(both).trials} == {Status.EXTEND}
    assert not plan_benchmark(both).pending


def test_what_counts_is_the_test_of_the_restored_weights(trained: Benchmark) -> None:
    study = make_study(trained.architectures, records(trained), trained.settings, trained.environment)
    long, short = study.entries
    assert [[epoch.epoch for epoch in run.epochs] for run in long.runs] == [[1, 2, 3, 4]] * 2
    assert [run.last.epoch for run in (*long.runs, *short.runs)] == [2] * 4
    assert [len(run.epochs) for run in short.runs] == [3, 3]
    assert long.failures == ()
    assert long.runs[0].train_seconds == sum(epoch.train_seconds for epoch in long.runs[0].epochs)


def test_runs_of_different_lengths_make_one_page(fake_backend: FakeBackend, tmp_path: Path) -> None:
    fake_backend.losses.update({1: 0.5, 2: 0.3, 3: 0.4, 4: 0.45})
    of = benchmark(tmp_path)
    run(replace(of, settings=replace(of.settings, seeds=(0,))))
    fake_backend.losses.clear()
    fake_backend.losses.update({1: 0.5, 2: 0.6, 3: 0.7})
    run(of)
    study = make_study(of.architectures, records(of), of.settings, of.environment)
    assert [len(run.epochs) for run in study.entries[0].runs] == [4, 3]
    findings = Findings(study, {}, records(of))
    shown = page(findings)
    assert "≤ 30" in shown
    assert "≤: at most; long and short may stop early." in shown
    assert "Of long and short the weights of the best epoch count" in shown
    assert curves_figure(findings).name == "curves"
    reached = time_to_target(study.entries[0], study.headline, 0.0)
    assert (reached.reached, reached.seeds) == (2, 2)


def test_an_evaluation_asked_for_later_is_of_the_weights_that_count(trained: Benchmark) -> None:
    later = benchmark(trained.store.results, (LONG, SHORT), "train_set")
    assert {planned.status for planned in run(later).trials} == {Status.EVALUATE}
    assert not plan_benchmark(later).pending
    for record in records(later):
        assert record.measurement is not None
        evaluated = [epoch.epoch for epoch in record.measurement.epochs if "train_set" in epoch.evaluations]
        assert evaluated == [2]


def test_the_plan_says_at_most(tmp_path: Path) -> None:
    (shared, needed, early) = plan_sentences(plan_benchmark(benchmark(tmp_path)), jobs=1)
    assert shared == "long, short share trials."
    assert "one at a time: at most about " in needed
    assert early == "2 of them may stop early, by their recipe."


def test_a_list_shows_the_seeds_of_trials_that_stopped(trained: Benchmark) -> None:
    record = records(trained)[0]
    found = index_records(trained.store.results)
    every = found.files[record.fingerprint]
    assert [file.seed for file in every if found.known.reach(file.path).includes(LONG.epochs)] == [0, 1]


def test_a_phase_that_stopped_leaves_a_whole_record_and_a_whole_page(fake_backend: FakeBackend, tmp_path: Path) -> None:
    fake_backend.losses.update({1: 0.5, 2: 0.3, 3: 0.4, 4: 0.45})
    read = architecture("phased", epochs=3)
    first = read.training.model_copy(update={"early_stopping": STOPPING, "epochs": 6})
    of = benchmark(tmp_path, [read.model_copy(update={"phases": (first, read.training)})])
    run(of)
    assert {planned.status for planned in plan_benchmark(of).trials} == {Status.RECORDED}
    for record in records(of):
        assert (len(record.measurement.epochs) if record.measurement else 0, record.epochs) == (7, 7)
        context = AuditContext(of.environment.id, {}, None, None)
        assert not [*CHECKS["stops"](record, context), *CHECKS["epochs"](record, context)]
    study = make_study(of.architectures, records(of), of.settings, of.environment)
    assert [run.last.epoch for run in study.entries[0].runs] == [7, 7]
    assert "≤: at most; phased may stop early." in page(Findings(study, {}, records(of)))
