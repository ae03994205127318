"""Trials whose recipes decide when they end and which weights count: complete, resumed, evaluated, the same bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_backend import FakeBackend, fake_backend_trial
from honest_records import dataset_arrays
from worker_trials import STOPPING, finished, interrupt, resumed_epochs, run, run_interrupted

from harness.planning.trial import Due, Trial
from harness.records.record import EpochMeasurement
from harness.spec.training.monitoring import BestEpoch, ReduceOnPlateau
from harness.worker.checkpoint import read_checkpoint, write_checkpoint
from harness.worker.messages import EpochDone, Message

pytest_plugins = ["fake_training"]
# The best of these is the second, and after it the training waits for two epochs.
LOSSES = {1: 0.5, 2: 0.3, 3: 0.4, 4: 0.45, 5: 0.2}
PLAIN = fake_backend_trial(epochs=9)


def trial(**recipe: object) -> Trial:
    changed = PLAIN.computation.recipe.model_copy(update=recipe)
    return replace(PLAIN, computation=PLAIN.computation.model_copy(update={"recipe": changed}))


def epochs(messages: list[Message]) -> dict[int, EpochMeasurement]:
    """The epochs by number, as they were reported last."""
    return {message.measurement.epoch: message.measurement for message in messages if isinstance(message, EpochDone)}


def bits(messages: list[Message]) -> list[tuple[str, Any]]:
    return [
        (epoch.weights_sha256, {name: (one.metrics, one.predictions_sha256) for name, one in epoch.evaluations.items()})
        for epoch in epochs(messages).values()
    ]


@pytest.fixture
def backend(fake_backend: FakeBackend) -> FakeBackend:
    """Return the fake backend with losses of its own."""
    fake_backend.losses.update(LOSSES)
    return fake_backend


def test_a_recipe_ends_its_training_and_the_trial_is_complete(backend: FakeBackend, tmp_path: Path) -> None:
    messages = run(tmp_path, trial(early_stopping=STOPPING), backend)
    assert list(epochs(messages)) == [1, 2, 3, 4]
    assert finished(messages).stopped
    plain = run(tmp_path / "plain", trial(), backend)
    assert (len(epochs(plain)), finished(plain).stopped) == (9, False)


def test_a_trial_of_fewer_epochs_is_not_stopped_by_its_recipe(backend: FakeBackend, tmp_path: Path) -> None:
    messages = run(tmp_path, replace(trial(early_stopping=STOPPING), epochs=3), backend)
    assert (list(epochs(messages)), finished(messages).stopped) == ([1, 2, 3], False)


def test_what_is_due_at_the_end_is_measured_of_the_weights_that_count(backend: FakeBackend, tmp_path: Path) -> None:
    wanted = replace(trial(early_stopping=STOPPING), due=(Due(9, "train_set"),))
    found = epochs(run(tmp_path, wanted, backend))
    assert [number for number, epoch in found.items() if "train_set" in epoch.evaluations] == [2]
    plain = replace(PLAIN, computation=wanted.computation.model_copy(), epochs=2, due=(Due(2, "train_set"),))
    alone = epochs(run(tmp_path / "alone", plain, backend))
    assert found[2].evaluations["train_set"].metrics == alone[2].evaluations["train_set"].metrics
    untouched = epochs(run(tmp_path / "untouched", replace(wanted, due=()), backend))
    assert [epoch.weights_sha256 for epoch in found.values()] == [one.weights_sha256 for one in untouched.values()]


def test_weights_that_count_at_two_epochs_are_evaluated_once(backend: FakeBackend, tmp_path: Path) -> None:
    wanted = replace(trial(best_epoch=BestEpoch(monitor="loss")), due=(Due(3, "train_set"), Due(9, "train_set")))
    found = epochs(run(tmp_path, wanted, backend))
    assert [number for number, epoch in found.items() if "train_set" in epoch.evaluations] == [2, 5]


RECIPES = {
    "stopping": {"early_stopping": STOPPING},
    "best": {"best_epoch": BestEpoch(monitor="loss")},
    "plateau": {"reduce_on_plateau": ReduceOnPlateau(monitor="loss", patience=1, factor=0.5)},
    "held out": {"validation_split": 0.2, "best_epoch": BestEpoch()},
}


@pytest.mark.parametrize("fields", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("done", [1, 2, 3])
def test_an_interrupted_trial_decides_as_an_undisturbed_one(
    backend: FakeBackend, tmp_path: Path, fields: dict[str, object], done: int
) -> None:
    wanted = replace(trial(**fields), due=(Due(9, "train_set"), Due(3, "train_set")))
    whole = run(tmp_path / "whole", wanted, backend)
    backend.actions[done + 1] = interrupt
    run_interrupted(tmp_path / "broken", wanted, backend)
    again = run(tmp_path / "broken", wanted, backend)
    assert resumed_epochs(again) == done
    assert bits(again) == bits(whole)
    assert finished(again).stopped == finished(whole).stopped


def test_a_checkpoint_without_the_weights_that_count_is_not_trusted(backend: FakeBackend, tmp_path: Path) -> None:
    wanted = trial(early_stopping=STOPPING)
    backend.actions[4] = interrupt
    run_interrupted(tmp_path, wanted, backend)
    path = tmp_path / "checkpoint.npz"
    checkpoint = read_checkpoint(path)
    assert checkpoint is not None
    assert checkpoint.counted
    write_checkpoint(path, replace(checkpoint, counted=()))
    again = run(tmp_path, wanted, backend)
    assert resumed_epochs(again) == 0


def test_the_images_held_out_are_scored_after_every_epoch(backend: FakeBackend, tmp_path: Path) -> None:
    found = epochs(run(tmp_path, trial(validation_split=0.2), backend))
    assert all(list(epoch.evaluations) == ["test", "validation"] for epoch in found.values())
    assert all(epoch.evaluations["validation"].predictions_sha256 is None for epoch in found.values())
    held_out = len(dataset_arrays().train_labels) // 5
    shares = [epoch.value("validation", "accuracy") * held_out for epoch in found.values()]
    assert all(share == pytest.approx(round(share)) for share in shares)
