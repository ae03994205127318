"""What run, report, claims and compare read: a broken spec beside others, and no data where none is needed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import fake_records as fake
import pytest
import typer
from typer.testing import CliRunner, Result

from harness.app import inputs
from harness.cli import claims, compare, report, run
from harness.declaration.spec_error import InvalidSpec
from harness.errors import BenchError
from harness.records.environment import current_environment
from harness.reporting import writing


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return results that are written once, to be copied."""
    results = tmp_path_factory.mktemp("written") / "results"
    fake.save(results, fake.fake_trials(fake.architectures("000_convnet", "dense_512")))
    return results


@pytest.fixture
def folder(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two valid specs with records, and a broken one."""
    specs = tmp_path / "specs"
    specs.mkdir()
    for name in ("000_convnet", "dense_512"):
        (specs / f"{name}.yaml").write_bytes((fake.ARCHITECTURES / f"{name}.yaml").read_bytes())
    (specs / "broken.yaml").write_text("titel: Broken\n")
    shutil.copytree(written, tmp_path / "results")
    monkeypatch.setattr(inputs, "read_arrays", lambda *_: ())
    monkeypatch.setattr(writing, "gallery", lambda *_: ())
    monkeypatch.setenv("BENCH_ARCHITECTURES", str(specs))
    monkeypatch.setenv("BENCH_RESULTS", str(tmp_path / "results"))
    return specs


def bench(*words: str) -> Result:
    app = typer.Typer()
    for verb in (report.report, claims.claims, compare.compare, run.run):
        app.command()(verb)
    runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
    return runner.invoke(app, words, catch_exceptions=False)


@pytest.mark.parametrize(
    "words", [["report"], ["report", "--csv"], ["claims"], ["claims", "dense*"], ["compare", "000*", "dense_512"]]
)
def test_a_broken_file_that_is_not_asked_for_is_named_and_left_out(folder: Path, words: list[str]) -> None:
    done = bench(*words)
    assert done.exit_code == 0
    assert f"{folder / 'broken.yaml'}:1:1: " in done.stderr
    assert "this file is left out; 'bench validate' reports every mistake" in done.stderr
    assert "dense_512" in done.stdout


def test_a_run_of_one_ends_well_beside_a_broken_other(folder: Path, tmp_path: Path) -> None:
    chosen = fake.architectures("dense_512")
    fake.save(tmp_path / "results", fake.fake_trials(chosen, where=current_environment(1)))
    done = bench("run", "dense_512", "--json")
    assert (done.exit_code, json.loads(done.stdout)["trained"]) == (0, 0)
    assert f"{folder / 'broken.yaml'}:1:1: " in done.stderr
    with pytest.raises(InvalidSpec):
        bench("run", "--all")


@pytest.mark.parametrize("words", [["claims", "broken"], ["claims", "*"], ["compare", "broken", "dense_512"]])
def test_a_broken_file_that_is_asked_for_is_an_error_with_all_of_its_mistakes(folder: Path, words: list[str]) -> None:
    with pytest.raises(InvalidSpec) as caught:
        bench(*words)
    assert caught.value.exit_code == 2
    assert len(caught.value.mistakes) > 1
    assert {mistake.file for mistake in caught.value.mistakes} == {str(folder / "broken.yaml")}


def test_a_folder_of_broken_files_alone_writes_no_empty_page(folder: Path, tmp_path: Path) -> None:
    for name in ("000_convnet", "dense_512"):
        (folder / f"{name}.yaml").unlink()
    with pytest.raises(InvalidSpec):
        bench("report")
    assert not (tmp_path / "results" / "README.md").exists()


def test_claims_fetch_and_read_no_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("the data were asked for")

    monkeypatch.setattr(inputs, "read_arrays", refuse)
    (folder / "broken.yaml").unlink()
    verdicts = json.loads(bench("claims", "--json").stdout)
    assert {"reproduced", "refuted"} & {one["verdict"] for one in verdicts}


def test_compare_json_has_the_seconds_to_each_target(folder: Path) -> None:
    (folder / "broken.yaml").unlink()
    words = ("compare", "000_convnet", "dense_512", "--target", "0.975", "--target", "0.9999", "--json")
    near, far = json.loads(bench(*words).stdout)["time_to_target"]
    assert (near["target"], near["first"]["reached"], near["first"]["seeds"]) == (0.975, 5, 5)
    assert near["first"]["seconds"] > 0
    never = {"reached": 0, "seeds": 5, "seconds": None}
    assert far["target"] == 0.9999
    for side, budget in (("first", 41), ("second", 4)):
        assert far[side] | never == far[side]
        assert budget < far[side]["budget_seconds"] < budget + 1
    assert len(json.loads(bench(*words[:3], "--json").stdout)["time_to_target"]) > 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("one", "other"), [("--check", "--csv"), ("--seeds", "--csv"), ("--check", "--seeds"), ("--smoke", "--seeds")]
)
def test_options_of_a_report_that_exclude_each_other_are_refused(one: str, other: str) -> None:
    given = [word for option in (one, other) for word in ([option, "3"] if option == "--seeds" else [option])]
    with pytest.raises(BenchError, match=f"{one} and {other} can't be used together") as caught:
        bench("report", *given)
    assert caught.value.exit_code == 2
