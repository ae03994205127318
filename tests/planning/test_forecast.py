"""Predicted seconds: measured speeds first, a model scaled by them otherwise."""

from __future__ import annotations

import pytest

from harness.planning.forecast import Forecast, heaviest_layer, kinds, makespan, modelled_epoch_seconds
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


def test_a_network_of_the_same_kinds_of_layers_has_its_own_speed() -> None:
    trial = Trial(DENSE.model_copy(update={"dataset": "digits"}), seed=0, epochs=1)
    forecast = Forecast(start_up_seconds=0.0, speed=2.0, alike={kinds(Trial(DENSE, 0, 1)): 0.5})
    assert forecast.trial_seconds(trial) == modelled_epoch_seconds(trial) * 2


def of_layers(*layers: object) -> Trial:
    ended = [*layers, "Flatten", {"Dense": {"units": 10, "activation": "softmax"}}]
    return Trial(Computation.model_validate({**DENSE.model_dump(mode="json"), "layers": ended}), 0, 1)


def convolution(groups: int) -> object:
    return {"Conv2D": {"filters": 32, "kernel_size": 3, "groups": groups}}


def test_augmentation_takes_time_that_no_multiplication_says() -> None:
    shift = {"RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1}}
    plain, augmented = (modelled_epoch_seconds(of_layers(*layers)) for layers in ((), (shift,)))
    # Of records, 71 microseconds an image at a fifth of the model's speed.
    assert augmented - plain == pytest.approx(60_000 * 784 * 1.7e-8, rel=0.3)


def test_a_convolution_in_groups_takes_many_times_as_long() -> None:
    first = convolution(1)
    whole, grouped, by_channel = (modelled_epoch_seconds(of_layers(first, convolution(n))) for n in (1, 8, 32))
    assert 20 < grouped / whole < 200
    assert whole < by_channel < grouped


def test_the_heaviest_layer_is_named_with_its_share() -> None:
    number, kind, share = heaviest_layer(of_layers(convolution(1), "MaxPooling2D", convolution(8)))
    assert (number, kind) == ("3", "Conv2D")
    assert 0.9 < share < 1
