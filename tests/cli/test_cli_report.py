"""report, claims and compare on fake records, from the words typed to what is printed, written and the exit code."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import fake_records as fake
import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

import harness
from harness.app import inputs
from harness.cli import claims, compare, report
from harness.data.cache import DatasetArrays
from harness.data.declarations import find_dataset
from harness.errors import UnknownEnvironment
from harness.records.environment import current_environment
from harness.reporting import writing
from harness.reporting.blocks import Figure

pytest_plugins = ["written_results"]
CLAIM_KEYS = [
    *("architecture", "claim", "published", "measured", "low", "high"),
    *("seeds", "verdict", "reason", "where"),
]


@pytest.fixture(autouse=True)
def fake_data(monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> None:
    nothing = np.zeros((0, 28, 28), dtype=np.uint8)
    arrays = DatasetArrays(find_dataset("mnist"), nothing, nothing[:, 0, 0], fake.images(), fake.labels())
    monkeypatch.setattr(inputs, "read_arrays", lambda *_: (arrays,))
    # Drawing takes seconds and has tests of its own.
    monkeypatch.setattr(writing, "gallery", lambda *_: (Figure("accuracy", "Accuracy", b"<svg/>"),))
    monkeypatch.setenv("BENCH_ARCHITECTURES", str(fake.ARCHITECTURES))
    monkeypatch.setenv("BENCH_CACHE", str(shared_cache))


@pytest.fixture
def results(written_results: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written_results, tmp_path / "results"))


def bench(results: Path, *words: str) -> Result:
    app = typer.Typer()
    for verb in (report.report, claims.claims, compare.compare):
        app.command()(verb)
    runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
    return runner.invoke(app, [*words, "--results", str(results)], catch_exceptions=False)


def test_report_writes_the_page_and_check_agrees(results: Path) -> None:
    done = bench(results, "report")
    assert done.exit_code == 0
    assert "000_convnet" in done.stdout
    assert "README.md" in done.stderr
    assert (results / "README.md").exists()
    assert (results / "figures" / "accuracy.svg").exists()
    assert bench(results, "report", "--check").exit_code == 0


@pytest.mark.parametrize("file", ["README.md", "index.html", "figures/accuracy.svg"])
def test_check_names_the_file_that_differs(results: Path, file: str) -> None:
    bench(results, "report")
    with (results / file).open("a", encoding="utf-8") as opened:
        opened.write("edited")
    done = bench(results, "report", "--check")
    assert done.exit_code == 1
    assert f"{file}: is not what the records give" in done.stderr.replace("\n", "")


def test_a_figure_of_other_records_is_named_by_check_and_removed(results: Path) -> None:
    bench(results, "report")
    stale = results / "figures" / "curves.svg"
    stale.write_text("<svg><dc:description>data sha256 0</dc:description></svg>", encoding="utf-8")
    assert bench(results, "report", "--check").exit_code == 1
    assert f"removed {stale}" in bench(results, "report").stderr.replace("\n", "")
    assert bench(results, "report", "--check").exit_code == 0


def test_check_writes_nothing(results: Path) -> None:
    assert bench(results, "report", "--check").exit_code == 1
    assert not (results / "README.md").exists()


def test_one_more_record_makes_the_page_stale(results: Path) -> None:
    bench(results, "report")
    fake.save(results, fake.fake_trials(fake.architectures("dense_512"), [5]))
    assert bench(results, "report", "--check").exit_code == 1


def test_csv_is_one_row_per_architecture_unrounded(results: Path) -> None:
    done = bench(results, "report", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == len(list(fake.ARCHITECTURES.glob("*.yaml")))
    assert rows[0]["architecture"] == "001_convnet_8_epochs"
    assert rows[0]["best_rank"] == "1"
    assert not (results / "README.md").exists()


def test_claims_json_has_the_contracts_names_in_order(results: Path) -> None:
    verdicts = json.loads(bench(results, "claims", "--json").stdout)
    assert all(list(one)[: len(CLAIM_KEYS)] == CLAIM_KEYS for one in verdicts)
    assert {one["verdict"] for one in verdicts} <= {"reproduced", "refuted", "inconclusive", "not tested"}
    assert all({"p", "adjusted_p", "typical_low", "typical_high", "known_cause"} <= set(one) for one in verdicts)
    kinds = {"test_accuracy", "test_loss", "train_accuracy"}
    numbers = [one for one in verdicts if one["claim"] in kinds and one["seeds"]]
    assert all(one["typical_low"] < one["typical_high"] and 0 <= one["p"] <= one["adjusted_p"] <= 1 for one in numbers)
    [several] = [one for one in numbers if isinstance(one["published"], list)]
    assert (several["architecture"], len(several["published"])) == ("000_convnet", 7)
    assert several["low"] < several["measured"] < several["high"]
    assert {"architecture": "003_wide_conv_dropout", "claim": "prediction", "published": 7}.items() <= next(
        one for one in verdicts if one["claim"] == "prediction"
    ).items()


def test_names_narrow_what_is_shown_and_not_the_correction(results: Path) -> None:
    everything = json.loads(bench(results, "claims", "--json").stdout)
    some = json.loads(bench(results, "claims", "002*", "--json").stdout)
    assert some == [one for one in everything if one["architecture"] == "002_two_conv_dropout"]


def test_strict_is_exit_code_1_only_if_a_claim_is_refuted(results: Path) -> None:
    assert bench(results, "claims", "dense_512").exit_code == 0
    strict = bench(results, "claims", "dense_512", "--strict")
    assert (strict.exit_code, "refuted" in strict.stdout) == (1, True)
    assert bench(results, "claims", "004*", "--strict").exit_code == 0


def test_where_training_decides_no_claim_a_sentence_stands_for_the_table(results: Path) -> None:
    assert bench(results, "claims", "small_resnet").stdout == "No claims.\n"


def test_claims_show_assumptions_beside_the_verdicts(results: Path) -> None:
    shown = bench(results, "claims", "002*").stdout
    assert "002_two_conv_dropout assumes: The cell that compiles" in shown.replace("\n", " ")
    assert "000_convnet assumes" not in shown


def test_compare_shows_difference_images_and_recipe(results: Path) -> None:
    shown = bench(results, "compare", "000_convnet", "003_wide_conv_dropout").stdout
    for part in ("95 % interval", "P(000_convnet >", "Test images on which they differ most", "- batch_size: 64"):
        assert part in shown


def test_compare_json_is_one_document(results: Path) -> None:
    document = json.loads(bench(results, "compare", "000_convnet", "001_convnet_8_epochs", "--json").stdout)
    assert (document["first"], document["shared"], document["same"]) == ("000_convnet", True, False)
    assert document["differing_lines"] == ["- epochs: 5", "+ epochs: 8"]
    assert len(document["first_accuracies"]) == 5
    metrics = document["second_measured"]["metrics"]
    mean = sum(document["second_accuracies"].values()) / 5
    assert metrics["test_accuracy"] == {"mean": pytest.approx(mean), "sd": metrics["test_accuracy"]["sd"], "seeds": 5}
    assert isinstance(document["first_measured"]["classes"], list)


def test_any_target_accuracy_can_be_asked_for(results: Path) -> None:
    shown = bench(results, "compare", "000_convnet", "dense_512", "--target", "0.975", "--target", "0.9999").stdout
    assert "Seconds to 97.5 %" in shown
    never = next(line for line in shown.splitlines() if "Seconds to 99.99 %" in line)
    assert re.search(r" > 4\d.* \[0 of 5\] .* > 4\.\d+ \[0 of 5\]", never)


def test_an_architecture_compared_with_itself_has_no_difference(results: Path) -> None:
    assert "no difference" in bench(results, "compare", "dense_512", "dense_512").stdout


def test_no_records_are_told_by_every_verb(tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    assert "not run" in bench(empty, "report").stdout
    assert "no results are recorded yet" in (empty / "README.md").read_text(encoding="utf-8")
    verdicts = json.loads(bench(empty, "claims", "--json").stdout)
    assert {one["verdict"] for one in verdicts if one["claim"] == "test_accuracy"} == {"not tested"}
    assert "has no run" in bench(empty, "compare", "000_convnet", "dense_512").stdout


def test_all_failed_trials_are_told(tmp_path: Path) -> None:
    trials = [fake.failed(one) for one in fake.fake_trials(fake.architectures("dense_512"))]
    fake.save(tmp_path, trials)
    assert "failed: nan" in bench(tmp_path, "report").stdout


def test_an_unknown_environment_is_a_users_error(results: Path) -> None:
    with pytest.raises(UnknownEnvironment, match="nowhere"):
        bench(results, "report", "--environment", "nowhere")


def test_an_environment_can_be_chosen(results: Path) -> None:
    there = fake.environment("Other Processor")
    fake.save(results, fake.fake_trials(fake.architectures("dense_512"), [0], where=there))
    bench(results, "report", "--environment", "other-processor")
    page = (results / "README.md").read_text(encoding="utf-8")
    assert f"| Identifier          | {there.id}" in page
    assert re.search(rf"\| Fake Processor 9000 +\| {fake.environment().id} +\|", page)


def about(results: Path) -> str:
    """Return the id of the environment that the page is about."""
    [row] = re.findall(r"^\| Identifier +\| (\S+)", (results / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    return str(row)


def test_the_page_is_about_the_fullest_machine_as_in_a_notebook_until_this_one_has_recorded_as_much(
    results: Path,
) -> None:
    here = current_environment(1)
    fake.save(results, fake.fake_trials(fake.architectures("dense_512"), [0], where=here))
    bench(results, "report")
    assert harness.findings(results).study.environment == fake.environment()
    assert about(results) == fake.environment().id
    bench(results, "report", "--environment", "here")
    assert harness.findings(results, environment="here").study.environment == here
    assert about(results) == here.id
    fake.save(results, fake.fake_trials(fake.architectures(), where=here))
    bench(results, "report")
    assert harness.findings(results).study.environment == here
    assert about(results) == here.id


def test_an_edited_record_is_named_and_left_out(results: Path) -> None:
    path = next((results / "records").glob("*/*.json"))
    path.write_text(path.read_text(encoding="utf-8").replace('"epochs": ', '"epochs":  1', 1), encoding="utf-8")
    done = bench(results, "report")
    assert path.name in done.stderr.replace("\n", "")
    assert done.exit_code == 0
