"""A recorded trial trained again has the same bits; on other threads it has not, and the reason is named."""

from __future__ import annotations

import json

import pytest
import typer
from real_trials import real_benchmark, records, spec, train
from typer.testing import CliRunner

from harness.app.audit import audit_files
from harness.app.benchmark import Benchmark
from harness.app.verify import VerifyOptions
from harness.app.verify import verify as train_again
from harness.cli.verify import verify
from harness.data.declarations import find_dataset
from harness.data.fetching import load
from harness.spec.architecture import Architecture

MNIST = find_dataset("mnist")
pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]
NETWORKS = ("002_two_conv_dropout", "dense_512")


def shortened(name: str) -> Architecture:
    read = spec(name)
    return read.model_copy(update={"training": read.training.model_copy(update={"epochs": 2})})


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    benchmark = real_benchmark(tmp_path_factory.mktemp("recorded"), [shortened(name) for name in NETWORKS])
    train(benchmark)
    return benchmark


def test_recorded_trials_have_the_same_bits_when_trained_again(recorded: Benchmark) -> None:
    app = typer.Typer()
    app.command("verify")(verify)
    result = CliRunner().invoke(app, ["--results", str(recorded.store.results), "--json", "--quiet"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["recorded_environment"] == found["environment"] == recorded.environment.id
    assert [(one["verdict"], one["compared_epochs"]) for one in found["trials"]] == [("same", 2)] * 2


def test_on_other_threads_the_bits_differ_and_threads_are_the_likely_cause(recorded: Benchmark) -> None:
    found = train_again(VerifyOptions(results=recorded.store.results, threads=2))
    different = [verified for verified in found.trials if verified.verdict == "different"]
    assert different
    assert {verified.causes[0].name for verified in different} == {"threads"}
    assert all(verified.mismatch and verified.mismatch.epoch == 1 for verified in different)


def test_verifying_leaves_the_results_as_they_were(recorded: Benchmark) -> None:
    files = sorted(path.relative_to(recorded.store.results) for path in recorded.store.results.rglob("*.json"))
    assert len(files) == 2
    assert len(records(recorded)) == 2


def test_what_a_real_training_stores_holds(recorded: Benchmark) -> None:
    found = audit_files(recorded.store.by_path(), {"mnist": MNIST}, {"mnist": load(MNIST)})
    assert (found.records, found.faults) == (2, ())
