"""The notebook API: one call each, and nothing heavy before it is asked for."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_records as fake
import pandas as pd
import pytest
from fake_architectures import write_spec
from fake_trials import FakeTrainer

import harness
from harness.records.environment import current_environment

pytest_plugins = ["written_results"]


@pytest.fixture
def results(written_results: Path, tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BENCH_CACHE", str(shared_cache))
    monkeypatch.chdir(fake.ARCHITECTURES.parent)
    return Path(shutil.copytree(written_results, tmp_path, dirs_exist_ok=True))


def test_one_call_gives_a_tidy_frame_of_all_records(results: Path) -> None:
    tidy = harness.records_frame(results)
    assert len(tidy) == 5 * (8 + 4 + 5 + 5)
    assert {"environment", "trial", "seed", "epoch", "test_accuracy", "train_seconds"} <= set(tidy.columns)


def test_the_reports_tables_come_as_frames(results: Path) -> None:
    summary = harness.summary_frame(str(results))
    assert summary["architecture"].iloc[0] == "001_convnet_8_epochs"
    assert set(harness.verdicts_frame(results)["verdict"]) >= {"reproduced"}
    assert len(harness.comparisons_frame(results)) == 15
    assert len(harness.runs_frame(results)) == 160


def test_a_record_that_cannot_be_read_is_named_in_a_warning(results: Path) -> None:
    path = next((results / "records").glob("*/*.json"))
    path.write_text("{", encoding="utf-8")
    with pytest.warns(UserWarning, match=path.name):
        assert len(harness.records_frame(results)) < 5 * (8 + 4 + 5 + 5)
    with pytest.warns(UserWarning, match=path.name):
        harness.summary_frame(results)


def test_results_are_handed_on_and_what_is_there_is_kept(results: Path, tmp_path: Path) -> None:
    target = harness.export("csv", tmp_path / "runs.csv", "000*", results=results)
    assert set(pd.read_csv(target)["architecture"]) == {"000_convnet"}
    with pytest.raises(harness.BenchError, match="--force"):
        harness.export("csv", target, results=results)
    harness.export("csv", target, results=results, force=True)
    assert set(pd.read_csv(target)["architecture"]) > {"000_convnet"}
    cards = harness.export("model-card", tmp_path / "cards", results=results)
    assert (cards / "000_convnet.md").is_file()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda there: harness.export("excel", there / "a.xlsx", results=there), "there is no export .excel."),
        (lambda there: harness.export_model("dense_512", there / "a.h5", results=there), "give FILE.keras"),
        (lambda there: harness.export_model("dense_512", there / "m", seed=99, results=there), "99"),
        (lambda there: harness.predict("dense_512", "no_such.png", results=there), "no_such.png"),
        (lambda there: harness.predict("dense_512", [0, 10_000], results=there), "10000"),
        (lambda there: harness.predict("lenet_5", 0, results=there), "nothing is recorded of lenet_5"),
    ],
)
def test_what_cannot_be_handed_on_is_one_sentence(results: Path, call: Callable[[Path], object], sentence: str) -> None:
    before = sorted(results.rglob("*"))
    with pytest.raises(harness.BenchError, match=sentence):
        call(results)
    assert sorted(results.rglob("*")) == before


def test_findings_are_about_the_fullest_environment_until_this_machine_is_named(results: Path) -> None:
    here = current_environment(1)
    fake.save(results, fake.fake_trials(fake.architectures("dense_512"), [0], where=here))
    assert harness.findings(results).study.environment == fake.environment()
    assert harness.findings(results, environment="here").study.environment == here


def imported(code: str) -> set[str]:
    """Return what a fresh interpreter has imported after the code, packages alone."""
    command = [sys.executable, "-c", f"{code}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("code", ["import harness", "from harness.cli.program import program; program()"])
def test_importing_package_and_command_line_loads_nothing_heavy(code: str) -> None:
    heavy = {"tensorflow", "keras", "numpy", "pandas", "scipy", "matplotlib", "pydantic"}
    loaded = imported(code)
    assert "harness" in loaded
    assert loaded & heavy == set()


def test_every_name_that_is_offered_is_there_whatever_has_been_imported() -> None:
    for module in pkgutil.walk_packages(harness.__path__, "harness."):
        if "backends" not in module.name:
            importlib.import_module(module.name)
    assert [name for name in harness.__all__ if not callable(getattr(harness, name))] == []


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One small spec, and an engine that costs nothing in place of the local one; no data and no drawing."""
    monkeypatch.setattr("harness.app.training.engine_choice.make_engine", lambda _: FakeTrainer())
    monkeypatch.setattr("harness.app.training.trainer.fetch_datasets", lambda *_: None)
    monkeypatch.setattr("harness.app.verify.fetch_datasets", lambda *_: None)
    monkeypatch.setattr("harness.app.inputs.read_arrays", lambda *_: ())
    monkeypatch.setattr("harness.reporting.writing.gallery", lambda *_: ())
    write_spec(tmp_path / "specs", "small", epochs=2)
    return {"results": tmp_path / "results", "architectures": tmp_path / "specs"}


def test_a_notebook_plans_runs_reports_and_verifies(small: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert [trial.seed for trial in harness.run("sm*", seeds=[3], **small).findings.study.entries[0].runs] == [3]
    assert "training  small seed 3" in capsys.readouterr().err
    assert list(harness.plan("small", seeds=4, **small).frame["status"]) == [*["pending"] * 3, "recorded"]
    done = harness.run(["small"], seeds=2, progress="none", **small)
    assert (done.sentence, list(done.summary["seeds"])) == ("2 trials trained, 0 failed", [1])
    assert capsys.readouterr().err == ""
    assert harness.verify("small", seeds=None, **small).all_same
    assert len(harness.verify(seeds=2, **small).trials) == 2
    assert harness.report(check=True, **small).changed == ()
    (small["results"] / "README.md").unlink()
    assert harness.report(**small).changed == (small["results"] / "README.md",)
    assert list(harness.report(seeds="0-3", **small).summary["seeds"]) == [3]


def test_a_notebooks_mistake_is_an_exception_with_one_sentence(small: dict[str, Any]) -> None:
    with pytest.raises(harness.BenchError, match="did you mean 'small'"):
        harness.run("smal", **small)
    with pytest.raises(harness.BenchError, match="names no seed"):
        harness.run("small", seeds=0, **small)
    with pytest.raises(harness.BenchError, match="nothing is recorded"):
        harness.verify("small", **small)
    with pytest.raises(harness.BenchError, match="there is no progress 'loud'; available: auto, live"):
        harness.run("small", progress="loud", **small)
