"""Phases that decide when they end and which weights the next begins with: the same bits, interrupted or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_backend import FakeBackend, fake_backend_trial
from honest_records import TRAIN
from worker_trials import STOPPING, finished, interrupt, resumed_epochs, run, run_interrupted

from harness.planning.trial import Due, Trial
from harness.records.record import EpochMeasurement
from harness.records.weights import weights_digest
from harness.spec.training import Training
from harness.spec.training.monitoring import BestEpoch
from harness.worker.examples import epoch_order
from harness.worker.messages import EpochDone, Message

pytest_plugins = ["fake_training"]
PLAIN = fake_backend_trial(epochs=9)
# The best of these is the second, and after it the training waits for two epochs.
LOSSES = {1: 0.5, 2: 0.3, 3: 0.4, 4: 0.45}
FIRST, LAST = 6, 3


def trial(**decisions: object) -> Trial:
    """Return a trial of two phases, the first of which decides."""
    recipe = PLAIN.computation.recipe
    first = Training.model_construct(**{name: getattr(recipe, name) for name in type(recipe).model_fields})
    earlier = (first.model_copy(update={"epochs": FIRST, **decisions}),)
    computation = PLAIN.computation.model_copy(update={"earlier": earlier, "schedule_epochs": LAST})
    return replace(PLAIN, computation=computation, epochs=FIRST + LAST)


def epochs(messages: list[Message]) -> list[EpochMeasurement]:
    """The epochs in their order, as they were reported last."""
    found = {message.measurement.epoch: message.measurement for message in messages if isinstance(message, EpochDone)}
    return [found[number] for number in sorted(found)]


@pytest.fixture
def backend(fake_backend: FakeBackend) -> FakeBackend:
    fake_backend.losses.update(LOSSES)
    return fake_backend


def trained(wanted: Trial, backend: FakeBackend, first: list[int], then: list[int]) -> str:
    """Return the digest of weights that were trained in these epochs of both phases."""
    network = backend.build(wanted.computation, wanted.seed)
    for phase, numbers in enumerate((first, then)):
        network.begin_phase(phase)
        for number in numbers:
            network.train_epoch(epoch_order(wanted.seed, number, TRAIN))
    return weights_digest(network.weights())


DECISIONS: dict[str, tuple[dict[str, object], int, list[int]]] = {
    "stopping": ({"early_stopping": STOPPING}, 4, [1, 2]),
    "stopping where it is": (
        {"early_stopping": STOPPING.model_copy(update={"restore_best_weights": False})}, 4, [1, 2, 3, 4],
    ),
    "best": ({"best_epoch": BestEpoch(monitor="loss")}, FIRST, [1, 2]),
    "none": ({}, FIRST, [1, 2, 3, 4, 5, 6]),
}  # fmt: skip


@pytest.mark.parametrize(("decisions", "length", "counted"), DECISIONS.values(), ids=DECISIONS)
def test_the_next_phase_begins_where_the_first_one_ended_with_the_weights_that_count(
    backend: FakeBackend, tmp_path: Path, decisions: dict[str, object], length: int, counted: list[int]
) -> None:
    wanted = trial(**decisions)
    messages = run(tmp_path, wanted, backend)
    found = epochs(messages)
    assert len(found) == length + LAST
    assert wanted.computation.starts(found) == (1, length + 1)
    assert finished(messages).stopped == (length < FIRST)
    assert found[length].weights_sha256 == trained(wanted, backend, counted, [length + 1])
    assert wanted.computation.counted(found) == length + LAST
    assert [wanted.computation.stops_after(found[:number]) for number in range(1, len(found))] == [False] * (
        len(found) - 1
    )


def test_what_is_due_at_the_end_is_measured_after_the_last_epoch_that_there_is(
    backend: FakeBackend, tmp_path: Path
) -> None:
    wanted = replace(trial(early_stopping=STOPPING), due=(Due(FIRST + LAST, "train_set"),))
    found = epochs(run(tmp_path, wanted, backend))
    assert [epoch.epoch for epoch in found if "train_set" in epoch.evaluations] == [7]


def at_the(time: int, action: Callable[[], None]) -> Callable[[], None]:
    """Return what does it at the nth call."""
    left = [time]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            action()

    return count


# After how many epochs: which epoch of the network's own count is interrupted, and at which time it is trained.
INTERRUPTED = {1: (2, 1), 3: (4, 1), 4: (3, 2), 5: (4, 2), 6: (5, 1)}


@pytest.mark.parametrize(("done", "place"), INTERRUPTED.items())
def test_an_interrupted_trial_goes_on_to_the_next_phase_as_an_undisturbed_one(
    backend: FakeBackend, tmp_path: Path, done: int, place: tuple[int, int]
) -> None:
    wanted = replace(trial(early_stopping=STOPPING), due=(Due(FIRST + LAST, "train_set"),))
    whole = run(tmp_path / "whole", wanted, backend)
    number, time = place
    backend.actions[number] = at_the(time, interrupt)
    run_interrupted(tmp_path / "broken", wanted, backend)
    again = run(tmp_path / "broken", wanted, backend)
    assert resumed_epochs(again) == done
    assert [epoch.weights_sha256 for epoch in epochs(again)] == [epoch.weights_sha256 for epoch in epochs(whole)]
    assert finished(again).stopped
