"""The promise: the same bits again, whoever else takes part; on other threads not, and the reason is named."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from real_trials import SLICE, numbers, real_benchmark, records, spec, train
from typer.testing import CliRunner

from harness.app.audit import audit_files
from harness.app.training.benchmark import Benchmark
from harness.app.verify import VerifyOptions
from harness.app.verify import verify as train_again
from harness.cli.verify import verify
from harness.data.declarations import find_dataset
from harness.data.fetching import load
from harness.records.store import Store
from harness.spec.architecture import Architecture

pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]


def shortened(name: str, epochs: int) -> Architecture:
    read = spec(name)
    return read.model_copy(update={"training": read.training.model_copy(update={"epochs": epochs})})


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    """Two architectures and two seeds, two epochs each."""
    architectures = [shortened("000_convnet", 2), shortened("002_two_conv_dropout", 2)]
    benchmark = real_benchmark(tmp_path_factory.mktemp("four"), architectures, seeds=(0, 1))
    train(benchmark)
    return benchmark


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    """One architecture and one seed."""
    benchmark = real_benchmark(tmp_path_factory.mktemp("alone"), [shortened("dense_512", 2)])
    train(benchmark)
    return benchmark


def copied(benchmark: Benchmark, to: Path) -> Benchmark:
    """Return the benchmark on a copy of its results."""
    shutil.copytree(benchmark.store.results, to)
    return replace(benchmark, store=Store(to))


def test_two_architectures_and_two_seeds_twice_give_the_same_bits(four: Benchmark, tmp_path: Path) -> None:
    again = replace(four, store=Store(tmp_path))
    train(again)
    first, second = records(four), records(again)
    assert len(first) == 4
    assert {name: numbers(record) for name, record in first.items()} == {
        name: numbers(record) for name, record in second.items()
    }
    digests = {record.measurement.epochs[-1].weights_sha256 for record in first.values() if record.measurement}
    assert len(digests) == 4


def test_adding_an_architecture_to_the_selection_changes_no_others_bits(
    alone: Benchmark, four: Benchmark, tmp_path: Path
) -> None:
    together = real_benchmark(
        tmp_path, [shortened("000_convnet", 2), shortened("001_convnet_8_epochs", 3), *alone.architectures]
    )
    train(together)
    found = records(together)
    assert len(found) == 2
    for name, record in records(alone).items():
        assert numbers(found[name]) == numbers(record)
    (shared,) = found.keys() & records(four).keys()
    assert len(numbers(found[shared])) == 4
    assert numbers(found[shared])[:3] == numbers(records(four)[shared])


def test_an_extended_trial_has_the_bits_of_one_that_was_trained_whole(four: Benchmark, tmp_path: Path) -> None:
    train(real_benchmark(tmp_path, [shortened("002_two_conv_dropout", 1)]))
    extended = real_benchmark(tmp_path, [shortened("002_two_conv_dropout", 2)])
    train(extended)
    ((name, record),) = records(extended).items()
    assert len(numbers(record)) == 3
    assert numbers(record) == numbers(records(four)[name])


def test_recorded_trials_have_the_same_bits_when_they_are_verified_and_are_left_as_they_were(four: Benchmark) -> None:
    before = {path: path.read_bytes() for path in four.store.results.rglob("*.json")}
    app = typer.Typer()
    app.command("verify")(verify)
    result = CliRunner().invoke(app, ["--results", str(four.store.results), "--json", "--quiet"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["recorded_environment"] == found["environment"] == four.environment.id
    assert [(one["verdict"], one["compared_epochs"]) for one in found["trials"]] == [("same", 2)] * 2
    assert {path: path.read_bytes() for path in four.store.results.rglob("*.json")} == before


def test_on_other_threads_the_bits_differ_and_threads_are_the_likely_cause(four: Benchmark) -> None:
    found = train_again(VerifyOptions(results=four.store.results, threads=2))
    different = [verified for verified in found.trials if verified.verdict == "different"]
    assert different
    assert {verified.causes[0].name for verified in different} == {"threads"}
    assert all(verified.mismatch and verified.mismatch.epoch == 1 for verified in different)


def test_what_a_real_training_stores_holds(four: Benchmark) -> None:
    mnist = find_dataset("mnist")
    found = audit_files(four.store.by_path(), {"mnist": mnist}, {"mnist": load(mnist)})
    assert (found.records, found.faults) == (4, ())


def test_the_test_accuracy_is_that_of_the_recorded_predictions(alone: Benchmark) -> None:
    (record,) = records(alone).values()
    assert record.measurement is not None
    truth = load(find_dataset("mnist")).test_labels[: SLICE.test_examples]
    predictions = alone.store.predictions(record)
    for epoch in record.measurement.epochs:
        assert epoch.value("test", "accuracy") == (predictions[epoch.epoch]["test"] == truth).mean()


def test_more_examples_are_another_trial(alone: Benchmark, tmp_path: Path) -> None:
    benchmark = copied(alone, tmp_path / "copy")
    train(replace(benchmark, settings=replace(benchmark.settings, train_examples=1_280)))
    assert len(records(benchmark)) == 2


def test_on_this_machine_a_trial_describes_the_environment_that_the_plan_is_made_for(alone: Benchmark) -> None:
    (record,) = alone.store.load().records
    assert record.environment == alone.environment
