"""The promise: the same bits again, whoever else takes part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from real_trials import numbers, real_benchmark, records, spec, train

from harness.planning.settings import Settings
from harness.spec.architecture import Architecture

pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]


def shortened(name: str, epochs: int) -> Architecture:
    read = spec(name)
    return read.model_copy(update={"training": read.training.model_copy(update={"epochs": epochs})})


def test_two_architectures_and_two_seeds_twice_give_the_same_bits(tmp_path: Path) -> None:
    architectures = [shortened("000_convnet", 2), shortened("002_two_conv_dropout", 2)]
    once, twice = (real_benchmark(tmp_path / folder, architectures, seeds=(0, 1)) for folder in ("once", "twice"))
    train(once)
    train(twice)
    first, second = records(once), records(twice)
    assert len(first) == 4
    assert {name: numbers(record) for name, record in first.items()} == {
        name: numbers(record) for name, record in second.items()
    }
    digests = {record.measurement.epochs[-1].weights_sha256 for record in first.values() if record.measurement}
    assert len(digests) == 4


def test_adding_an_architecture_to_the_selection_changes_no_others_bits(tmp_path: Path) -> None:
    alone = real_benchmark(tmp_path / "alone", [shortened("000_convnet", 2)])
    together = real_benchmark(
        tmp_path / "together", [shortened("000_convnet", 2), shortened("001_convnet_8_epochs", 3), spec("dense_512")]
    )
    train(alone)
    train(together)
    (name, record), *_ = records(alone).items()
    shared = records(together)[name]
    assert len(records(together)) == 2
    assert len(numbers(shared)) == 4
    assert numbers(shared)[:3] == numbers(record)


def test_an_extended_trial_has_the_bits_of_one_that_was_trained_whole(tmp_path: Path) -> None:
    short, long = shortened("002_two_conv_dropout", 1), shortened("002_two_conv_dropout", 3)
    train(real_benchmark(tmp_path / "extended", [short]))
    extended = real_benchmark(tmp_path / "extended", [long])
    whole = real_benchmark(tmp_path / "whole", [long])
    train(extended)
    train(whole)
    assert [numbers(record) for record in records(extended).values()] == [
        numbers(record) for record in records(whole).values()
    ]


def test_the_test_accuracy_is_that_of_the_recorded_predictions(tmp_path: Path) -> None:
    from harness.data.declarations import find_dataset  # noqa: PLC0415
    from harness.data.fetching import load  # noqa: PLC0415 - after the fixture has fetched it

    benchmark = real_benchmark(tmp_path, [shortened("dense_512", 2)])
    train(benchmark)
    (record,) = records(benchmark).values()
    assert record.measurement is not None
    truth = load(find_dataset("mnist")).test_labels[:1_000]
    predictions = benchmark.store.predictions(record)
    for epoch in record.measurement.epochs:
        assert epoch.value("test", "accuracy") == (predictions[epoch.epoch]["test"] == truth).mean()


def test_more_examples_are_another_trial(tmp_path: Path) -> None:
    benchmark = real_benchmark(tmp_path, [shortened("dense_512", 1)])
    train(benchmark)
    other = replace(benchmark, settings=Settings(seeds=(0,), train_examples=3_000, test_examples=1_000))
    train(other)
    assert len(records(benchmark)) == 2


def test_on_this_machine_a_trial_describes_the_environment_that_the_plan_is_made_for(tmp_path: Path) -> None:
    benchmark = real_benchmark(tmp_path, [shortened("dense_512", 1)])
    train(benchmark)
    (record,) = benchmark.store.load().records
    assert record.environment == benchmark.environment
