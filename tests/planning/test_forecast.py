"""Predicted seconds: measured speeds first, a model scaled by them otherwise."""

from __future__ import annotations

from harness.planning.forecast import Forecast, makespan, modelled_epoch_seconds
from harness.planning.trial import Computation, Trial

DENSE = Computation.model_validate(
    {
        "dataset": "mnist",
        "layers": ["Flatten", {"Dense": {"units": 10, "activation": "softmax"}}],
        "recipe": {"optimizer": "Adam", "loss": "categorical_crossentropy", "batch_size": 100},
    }
)


def test_tasks_start_in_order_on_the_first_free_place() -> None:
    assert makespan([3, 2, 2], jobs=2) == 4
    assert makespan([3, 2, 2], jobs=1) == 7
    assert makespan([], jobs=2) == 0


def test_running_tasks_keep_their_places() -> None:
    assert makespan([1], jobs=2, busy=[5, 2]) == 5
    assert makespan([4], jobs=2, busy=[5, 2]) == 6
    assert makespan([4], jobs=2, busy=[5]) == 5


def test_measured_seconds_win_over_the_model() -> None:
    trial = Trial(DENSE, seed=0, epochs=3)
    assert Forecast({trial.fingerprint: 2.0}, start_up_seconds=1.0).trial_seconds(trial) == 7.0


def test_trials_never_measured_are_scaled_by_the_machines_speed() -> None:
    trial = Trial(DENSE, seed=0, epochs=1)
    modelled = modelled_epoch_seconds(trial)
    assert Forecast(start_up_seconds=0.0, speed=2.0).trial_seconds(trial) == modelled / 2


def test_fewer_examples_take_less_time() -> None:
    cut = DENSE.model_copy(update={"train_examples": 6_000})
    ratio = modelled_epoch_seconds(Trial(cut, 0, 1)) / modelled_epoch_seconds(Trial(DENSE, 0, 1))
    assert ratio == 0.1
