"""`bench verify` as a user meets it: what it says, its exit codes, its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from fake_trials import ENVIRONMENT, dense_trial, elsewhere, fake_outcome, fake_record
from honest_records import dataset_arrays, honest
from typer.testing import CliRunner

from harness.app import inputs
from harness.app.verification import VerifyResult, compared_with_record
from harness.cli.verify import verify, verify_json
from harness.execute.engine import Outcome
from harness.planning.seeds import parse_recorded_seeds
from harness.planning.trial import Trial
from harness.records.store import Store


@pytest.fixture
def bench() -> typer.Typer:
    app = typer.Typer()
    app.command("verify")(verify)
    return app


def verified(outcome: Callable[[Trial], Outcome] = fake_outcome) -> VerifyResult:
    trials = [dense_trial(seed=seed, epochs=2) for seed in (0, 1)]
    threads = elsewhere(threads=2)
    found = tuple(compared_with_record(trial, fake_record(trial)[0], outcome(trial), threads) for trial in trials)
    return VerifyResult(found, ENVIRONMENT, threads)


def other_bits(trial: Trial) -> Outcome:
    return fake_outcome(replace(trial, seed=trial.seed + 7) if trial.seed else trial)


def test_what_was_compared_is_said() -> None:
    first, second, total = verified().lines
    assert first.startswith("same       dense_16 seed 0: 2 epochs (data, initial weights; of each epoch order, weights")
    assert total == "2 of 2 trials have the same bits. Compared: 32 digests and numbers, bit by bit."
    assert "seed 1" in second


def test_the_first_epoch_that_differs_and_the_likely_cause_are_said() -> None:
    text = "\n".join(verified(other_bits).lines)
    assert "different  dense_16 seed 1, before the first epoch: initial weights" in text
    assert "likely cause: threads: recorded with 1, now 2" in text
    assert "1 of 2 trials have the same bits." in text


def test_json_names_the_difference_and_its_causes() -> None:
    document = verify_json(verified(other_bits))
    same, different = document["trials"]
    assert (document["same"], document["recorded_environment"]) == (1, ENVIRONMENT.id)
    assert (same["verdict"], same["first_difference"], same["compared_values"]) == ("same", None, 16)
    assert different["first_difference"]["epoch"] == 0
    assert different["causes"][0]["name"] == "threads"
    json.dumps(different)


@pytest.mark.parametrize(
    ("text", "seeds"), [(None, ()), ("all", None), ("3", (3,)), ("0,3", (0, 3)), ("0-2", (0, 1, 2))]
)
def test_one_number_is_that_seed(text: str | None, seeds: tuple[int, ...] | None) -> None:
    assert parse_recorded_seeds(text) == seeds


@pytest.mark.parametrize("arguments", [[], ["--records"], ["000_convnet"], ["no_such_network"]])
def test_nothing_recorded_and_unknown_names_are_wrong_usage(
    bench: typer.Typer, tmp_path: Path, arguments: list[str]
) -> None:
    result = CliRunner().invoke(bench, [*arguments, "--results", str(tmp_path)])
    assert result.exception is not None
    assert getattr(result.exception, "exit_code", None) == 2


def test_a_name_without_a_record_is_wrong_usage(bench: typer.Typer, tmp_path: Path) -> None:
    Store(tmp_path).save(*fake_record(dense_trial()))
    result = CliRunner().invoke(bench, ["000_convnet", "--results", str(tmp_path)])
    assert getattr(result.exception, "exit_code", None) == 2
    assert "nothing is recorded of what was asked for" in str(result.exception)


def test_records_that_hold_exit_0_and_a_forged_one_1_with_its_file(
    bench: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "load", lambda _: dataset_arrays())
    store = Store(tmp_path)
    store.save(honest().record, honest().predictions)
    fine = CliRunner().invoke(bench, ["--records", "--results", str(tmp_path)])
    assert (fine.exit_code, "all 1 records hold" in fine.stdout) == (0, True)
    forged = honest().last_epoch_changed(test_accuracy=0.9999)
    store.save(forged.record, forged.predictions)
    result = CliRunner().invoke(bench, ["--records", "--json", "--results", str(tmp_path)])
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["check"], Path(problem["path"]).name) == ("accuracy", f"{forged.record.fingerprint}-seed0.json")
