"""Failures are values: each becomes a record with stage, reason and log, and the others go on."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from child_processes import still_alive
from program_processes import start_fresh
from real_trials import engine_for, numbers, real_benchmark, records, spec, train
from slice_program import train_slice

from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.execute.engine import EpochEnded, TrialEnded, TrialStarted
from harness.records.record import Failure
from harness.records.store import Store
from harness.spec.architecture import Architecture
from harness.spec.layers.kernels import Dense
from harness.spec.training.losses import MeanSquaredError
from harness.spec.training.optimizers import SGD

if TYPE_CHECKING:
    from settable_clock import SettableClock

pytest_plugins = ["real_mnist", "settable_clock"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]


def variant(**changes: object) -> Architecture:
    read = spec("dense_512")
    return read.model_copy(update={"training": read.training.model_copy(update=changes)})


def only_failure(benchmark: Benchmark) -> Failure:
    (failure,) = [record.failure for record in records(benchmark).values() if record.failure]
    return failure


def trial_processes() -> list[psutil.Process]:
    """The processes that are forked from this one's server."""
    return [grandchild for child in psutil.Process().children() for grandchild in child.children()]


def test_nan_is_a_failure_and_the_others_go_on(tmp_path: Path) -> None:
    diverging = variant(optimizer=SGD(learning_rate=1000.0), loss=MeanSquaredError())
    wild = diverging.model_copy(update={"name": "wild", "layers": (*diverging.layers[:-1], Dense(units=10))})
    benchmark = real_benchmark(tmp_path, [wild, variant(epochs=1)])
    train(benchmark)
    assert len(records(benchmark)) == 2
    failure = only_failure(benchmark)
    assert (failure.stage, failure.kind) == ("train", "nan")
    assert "epoch 1" in failure.reason


def test_a_trial_past_its_deadline_is_ended_and_keeps_its_epochs(tmp_path: Path, settable_clock: SettableClock) -> None:
    benchmark = real_benchmark(tmp_path, [variant(epochs=10_000)])
    limited = engine_for(benchmark, timeout_seconds=3600)
    for event in run_benchmark(benchmark, plan_benchmark(benchmark), limited):
        settable_clock.ahead += 3600 if isinstance(event, EpochEnded) else 0
    failure = only_failure(benchmark)
    assert failure.kind == "deadline"
    assert "3600 seconds" in failure.reason
    (record,) = records(benchmark).values()
    assert record.measurement is not None
    assert record.measurement.epochs
    assert not trial_processes()


@pytest.mark.parametrize(("number", "kind"), [(signal.SIGSEGV, "crash"), (signal.SIGKILL, "crash")])
def test_a_killed_process_is_a_failure_with_the_signals_name(tmp_path: Path, number: int, kind: str) -> None:
    benchmark = real_benchmark(tmp_path, [variant(epochs=10_000)])
    for event in run_benchmark(benchmark, plan_benchmark(benchmark), engine_for(benchmark, jobs=1)):
        if isinstance(event, EpochEnded) and event.measurement.epoch == 1:
            (process,) = trial_processes()
            process.send_signal(number)
    failure = only_failure(benchmark)
    assert failure.kind == kind
    assert signal.Signals(number).name in failure.reason


def test_an_error_in_training_is_a_failure_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "no-such-cache"))
    benchmark = real_benchmark(tmp_path, [variant(epochs=1)])
    train(benchmark)
    failure = only_failure(benchmark)
    assert (failure.stage, failure.kind) == ("data", "error")
    assert any("Traceback" in line for line in failure.log)


def test_the_users_own_keras_settings_reach_no_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"backend": "jax", "floatx": "float16", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    train_slice(tmp_path / "plain", "dense_512")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    program = start_fresh(train_slice, tmp_path / "own", "dense_512")
    program.join()
    assert program.exitcode == 0
    plain, own = ([numbers(one) for one in Store(tmp_path / name).load().records] for name in ("plain", "own"))
    assert plain == own
    assert len(plain) == 1


def test_closing_the_run_leaves_no_process_behind(tmp_path: Path) -> None:
    benchmark = real_benchmark(tmp_path, [variant(epochs=10_000)])
    run = run_benchmark(benchmark, plan_benchmark(benchmark), engine_for(benchmark))
    for event in run:
        if isinstance(event, EpochEnded):
            break
    run.close()
    assert not still_alive(trial_processes())


def test_a_killed_trial_goes_on_from_its_last_epoch_with_the_same_bits(tmp_path: Path) -> None:
    epochs = 6
    network = spec("002_two_conv_dropout")
    long = network.model_copy(update={"training": network.training.model_copy(update={"epochs": epochs})})
    whole, broken = real_benchmark(tmp_path / "whole", [long]), real_benchmark(tmp_path / "broken", [long])
    train(whole)
    for event in run_benchmark(broken, plan_benchmark(broken), engine_for(broken)):
        if isinstance(event, EpochEnded) and event.measurement.epoch == 3:
            os.kill(trial_processes()[0].pid, signal.SIGKILL)
    events = train(broken)
    retrained = [event.measurement.epoch for event in events if isinstance(event, EpochEnded)]
    built = next(event for event in events if hasattr(event, "resumed_epochs"))
    assert built.resumed_epochs >= 2
    assert retrained[-1] == epochs
    assert [numbers(one) for one in records(broken).values()] == [numbers(one) for one in records(whole).values()]
    assert not list(broken.store.checkpoints(broken.environment.id).glob("*.npz"))


def test_a_damaged_checkpoint_is_not_trusted(tmp_path: Path) -> None:
    benchmark = real_benchmark(tmp_path, [variant(epochs=2)])
    name = plan_benchmark(benchmark).trials[0].trial.name
    checkpoint = benchmark.store.checkpoint(benchmark.environment.id, name)
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"PK\x03\x04 and then nothing")
    events = train(benchmark)
    assert [type(event) for event in events][:1] == [TrialStarted]
    assert isinstance(events[-1], TrialEnded)
    assert events[-1].outcome.failure is None
