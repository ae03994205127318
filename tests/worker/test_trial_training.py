"""A trial's life, in this process and with a backend that trains nothing: its reports, its checkpoint, its numbers."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_backend import FakeBackend, fake_backend_trial
from fake_trials import ENVIRONMENT
from honest_records import dataset_arrays
from hostile_files import array_of, npy, packed_member, patched

from harness.planning.trial import Trial
from harness.records.environment import Environment
from harness.records.predictions import digest
from harness.records.record import EpochMeasurement, Measurement
from harness.spec.training import Training
from harness.worker import clocks, training
from harness.worker.checkpoint import MAGIC, Checkpoint, read_checkpoint, write_checkpoint
from harness.worker.evaluating import NotANumber
from harness.worker.examples import epoch_order
from harness.worker.messages import Built, EpochDone, Finished, Job, Message, StageBegan, Started
from harness.worker.training import run_trial

pytest_plugins = ["fake_training"]
TRIAL = fake_backend_trial(epochs=3)


def job(folder: Path, trial: Trial = TRIAL) -> Job:
    return Job(
        trial=trial,
        cores=(),
        threads=1,
        deterministic=True,
        cache=folder,
        checkpoint=folder / "checkpoint.npz",
        log=folder / "trial.log",
        spawned=time.time(),
    )


def run(what: Job, backend: FakeBackend) -> list[Message]:
    reported: list[Message] = []
    run_trial(what, backend, reported.append, lambda: ENVIRONMENT)
    return reported


def built(messages: Sequence[Message]) -> Measurement:
    (measurement,) = [message.measurement for message in messages if isinstance(message, Built)]
    return measurement


def bits(messages: Sequence[Message]) -> list[EpochMeasurement]:
    """The epochs without their seconds."""
    epochs = [message.measurement for message in messages if isinstance(message, EpochDone)]
    still = {"seconds": 0.0, "cpu_seconds": 0.0}
    return [
        epoch.model_copy(
            update={
                "train_seconds": 0.0,
                "train_cpu_seconds": 0.0,
                "evaluations": {name: one.model_copy(update=still) for name, one in epoch.evaluations.items()},
            }
        )
        for epoch in epochs
    ]


def interrupt() -> None:
    raise InterruptedError


def interrupted(backend: FakeBackend, folder: Path, epochs: int = 2) -> Job:
    """Train a trial that ends within the epoch after these."""
    backend.actions[epochs + 1] = interrupt
    with pytest.raises(InterruptedError):
        run(job(folder), backend)
    backend.actions.clear()
    return job(folder)


def test_each_step_is_reported_in_its_order(fake_backend: FakeBackend, tmp_path: Path) -> None:
    messages = run(job(tmp_path), fake_backend)
    kinds = [message.stage if isinstance(message, StageBegan) else type(message) for message in messages]
    assert kinds == [Started, "data", "build", "compile", Built, "train", EpochDone, EpochDone, EpochDone, Finished]
    assert messages[0] == Started(ENVIRONMENT)
    assert built(messages).resumed_epochs == 0


def test_an_epochs_numbers_are_those_of_its_scores(fake_backend: FakeBackend, tmp_path: Path) -> None:
    messages = run(job(tmp_path), fake_backend)
    for done in (message for message in messages if isinstance(message, EpochDone)):
        classes, test = done.predictions["test"], done.measurement.evaluations["test"]
        assert test.metrics["accuracy"] == (classes == dataset_arrays().test_labels).mean()
        assert test.metrics["loss"] == 0.25
        assert test.predictions_sha256 == digest(classes)
        assert done.measurement.train_metrics == {"loss": 0.5, "accuracy": 0.75}
        order = epoch_order(TRIAL.seed, done.measurement.epoch, len(dataset_arrays().train_labels))
        assert done.measurement.order_sha256 == digest(order)


def test_only_the_examples_that_the_computation_uses_are_trained_on(fake_backend: FakeBackend, tmp_path: Path) -> None:
    fewer = TRIAL.computation.model_copy(update={"train_examples": 50, "test_examples": 20})
    (first, *_) = [
        message
        for message in run(job(tmp_path, replace(TRIAL, computation=fewer)), fake_backend)
        if isinstance(message, EpochDone)
    ]
    assert first.measurement.order_sha256 == digest(epoch_order(TRIAL.seed, 1, 50))
    assert first.predictions["test"].shape == (20,)


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_trial_in_its_epoch(
    fake_backend: FakeBackend, tmp_path: Path, loss: float
) -> None:
    fake_backend.losses[2] = loss
    with pytest.raises(NotANumber, match="train loss of epoch 2"):
        run(job(tmp_path), fake_backend)


def test_an_interrupted_trial_goes_on_after_its_last_epoch_with_the_same_bits(
    fake_backend: FakeBackend, tmp_path: Path
) -> None:
    whole = run(job(tmp_path / "whole"), fake_backend)
    trained: list[int] = []
    again = interrupted(fake_backend, tmp_path / "broken")
    fake_backend.actions.update({epoch: partial(trained.append, epoch) for epoch in (1, 2, 3)})
    messages = run(again, fake_backend)
    assert trained == [3]
    assert built(messages).resumed_epochs == 2
    assert bits(messages) == bits(whole)


PHASE = Training.model_validate({**TRIAL.computation.recipe.model_dump(mode="json"), "epochs": 2})
PHASED = replace(TRIAL, epochs=5, computation=TRIAL.computation.model_copy(update={"earlier": (PHASE,)}))


@pytest.mark.parametrize("finished", [1, 2, 3, 4])
def test_a_trial_interrupted_in_any_phase_goes_on_with_the_same_bits(
    fake_backend: FakeBackend, tmp_path: Path, finished: int
) -> None:
    whole = run(job(tmp_path / "whole", PHASED), fake_backend)
    fake_backend.actions[finished + 1] = interrupt
    with pytest.raises(InterruptedError):
        run(job(tmp_path / "broken", PHASED), fake_backend)
    fake_backend.actions.clear()
    messages = run(job(tmp_path / "broken", PHASED), fake_backend)
    assert built(messages).resumed_epochs == finished
    assert bits(messages) == bits(whole)
    orders = [digest(epoch_order(TRIAL.seed, epoch, len(dataset_arrays().train_labels))) for epoch in range(1, 6)]
    assert [one.order_sha256 for one in bits(whole)] == orders


def measurements(text: bytes) -> bytes:
    return packed_member(array_of(f"({len(text)},)", text), "measurements.npy")


# Files whose digest holds, whatever is in them.
SIGNED = {
    "a plain array": array_of("(3,)", b"abc"),
    "brackets for a header": packed_member(npy("(" * 3000), "measurements.npy"),
    "encrypted": patched(packed_member(npy("("), "measurements.npy"), 6, b"\x01\x00"),
    "measurements that are no list": measurements(b"3"),
    "measurements nested too deep": measurements(b"[" * 100_000),
}


def damage(path: Path, kind: str) -> None:  # noqa: C901 - a line for each way
    """Change a checkpoint's file: each way must be found out."""
    checkpoint = read_checkpoint(path)
    assert checkpoint is not None
    whole = path.read_bytes()
    values, momentum, epochs = checkpoint.state
    match kind:
        case "nothing but a start":
            path.write_bytes(b"PK\x03\x04 and then nothing")
        case "cut off":
            path.write_bytes(whole[: len(whole) // 2])
        case "another network's state":
            write_checkpoint(path, replace(checkpoint, state=(np.zeros(3), momentum, epochs)))
        case "other weights":
            write_checkpoint(path, replace(checkpoint, state=(values + 1, momentum, epochs)))
        case "arrays missing":
            write_checkpoint(path, replace(checkpoint, state=(values,)))
        case "other predictions":
            write_checkpoint(path, with_other_predictions(checkpoint))
        case "no epoch":
            write_checkpoint(path, replace(checkpoint, epochs=()))
        case "an epoch left out":
            write_checkpoint(path, replace(checkpoint, epochs=checkpoint.epochs[1:]))
        case "an edited accuracy":
            # As long as the number before: all else of the file is as it was written.
            accuracy = repr(checkpoint.epochs[0].measurement.evaluations["test"].metrics["accuracy"]).encode()
            assert accuracy in whole
            path.write_bytes(whole.replace(accuracy, b"0.999"[: len(accuracy)].ljust(len(accuracy), b"9"), 1))
        case "a changed byte":
            path.write_bytes(whole[:-300] + bytes([whole[-300] ^ 1]) + whole[-299:])
        case _ if kind in SIGNED:
            path.write_bytes(MAGIC + hashlib.sha256(SIGNED[kind]).hexdigest().encode() + b"\n" + SIGNED[kind])
        case _:
            path.unlink()
            {"a folder": os.mkdir, "a pipe": os.mkfifo}[kind](path)


def with_other_predictions(checkpoint: Checkpoint) -> Checkpoint:
    first, *rest = checkpoint.epochs
    other = {name: 9 - classes for name, classes in first.predictions.items()}
    return replace(checkpoint, epochs=(replace(first, predictions=other), *rest))


@pytest.mark.parametrize(
    "kind",
    [
        "nothing but a start",
        "cut off",
        "another network's state",
        "other weights",
        "arrays missing",
        "other predictions",
        "no epoch",
        "an epoch left out",
        "an edited accuracy",
        "a changed byte",
        *SIGNED,
        "a folder",
        "a pipe",
    ],
)
def test_a_damaged_checkpoint_is_not_trusted_and_changes_no_bit(
    fake_backend: FakeBackend, tmp_path: Path, kind: str
) -> None:
    whole = run(job(tmp_path / "whole"), fake_backend)
    again = interrupted(fake_backend, tmp_path / "broken")
    assert again.checkpoint is not None
    damage(again.checkpoint, kind)
    messages = run(again, fake_backend)
    assert built(messages).resumed_epochs == 0
    assert bits(messages) == bits(whole)
    (warning,) = [message.warning for message in messages if isinstance(message, Built)]
    assert warning is not None
    assert "it was moved to checkpoint.npz.unusable, and the trial starts from its beginning" in warning
    assert os.path.lexists(again.checkpoint.with_name("checkpoint.npz.unusable"))


def test_a_checkpoint_comes_back_as_it_was_written(fake_backend: FakeBackend, tmp_path: Path) -> None:
    path = interrupted(fake_backend, tmp_path).checkpoint
    assert path is not None
    checkpoint = read_checkpoint(path)
    assert checkpoint is not None
    assert [done.measurement.epoch for done in checkpoint.epochs] == [1, 2]
    assert {digest(done.predictions["test"]) for done in checkpoint.epochs} == {
        done.measurement.evaluations["test"].predictions_sha256 for done in checkpoint.epochs
    }
    assert read_checkpoint(tmp_path / "none.npz") is None


def test_a_checkpoint_that_can_not_be_written_stops_no_trial(fake_backend: FakeBackend, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    messages = run(replace(job(tmp_path), checkpoint=tmp_path / "file" / "checkpoint.npz"), fake_backend)
    assert isinstance(messages[-1], Finished)


def test_without_a_place_for_it_no_checkpoint_is_kept(fake_backend: FakeBackend, tmp_path: Path) -> None:
    run(replace(job(tmp_path), checkpoint=None), fake_backend)
    assert not list(tmp_path.iterdir())


class StandingTime:
    """A clock that stands still unless it is set."""

    now = 0.0

    def read(self) -> float:
        return self.now

    time = perf_counter = process_time = read


def test_the_environment_is_described_while_no_clock_runs(
    fake_backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = StandingTime()
    monkeypatch.setattr(training, "time", standing)
    monkeypatch.setattr(clocks, "time", standing)
    monkeypatch.setattr(clocks, "calibrate", lambda: 100.0)

    def describe_for_an_hour() -> Environment:
        standing.now += 3600
        return ENVIRONMENT

    messages: list[Message] = []
    run_trial(replace(job(tmp_path), spawned=0.0), fake_backend, messages.append, describe_for_an_hour)
    assert standing.now == 3600
    assert set(built(messages).clocks.model_dump().values()) == {0.0}


def test_order_is_the_documented_permutation() -> None:
    expected = np.random.default_rng((3, 2)).permutation(1_000)
    assert np.array_equal(epoch_order(seed=3, epoch=2, examples=1_000), expected)


def test_order_changes_with_seed_and_with_epoch() -> None:
    orders = [epoch_order(seed, epoch, 100).tolist() for seed in (0, 1) for epoch in (1, 2)]
    assert len({tuple(order) for order in orders}) == 4
