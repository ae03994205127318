"""list, show, validate and new, from the words typed to what is printed and the exit code."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fake_records as fake
import pytest
import typer
import typer.core
from fake_trials import elsewhere
from typer.testing import CliRunner, Result

from harness.cli import options
from harness.cli.program import program
from harness.errors import BenchError, CannotWrite
from harness.records.content import content_digest
from harness.records.environment import current_environment
from harness.spec.folder import files_apart
from harness.spec.reading import read_architecture

FOLDER = Path(__file__).parents[2] / "architectures"
ROW_KEYS = {
    *("name", "title", "document", "parameters", "macs", "epochs"),
    *("dataset", "batch_size", "fingerprint", "recorded_seeds", "recorded_elsewhere", "counted_seeds"),
}


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(shared_cache))
    monkeypatch.setenv("BENCH_ARCHITECTURES", str(FOLDER))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def bench() -> Bench:
    return Bench()


class Bench:
    """Runs the command line as `main` does, at 80 columns."""

    def __call__(self, *words: str) -> Result:
        result = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(program(), words)
        if result.exception is not None and not isinstance(result.exception, SystemExit | BenchError):
            raise result.exception
        return result

    def error(self, *words: str) -> str:
        result = self(*words)
        assert isinstance(result.exception, BenchError)
        assert result.exception.exit_code == 2
        return str(result.exception)


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(text)
    return file


def write_record(file: Path, epochs: int | None) -> None:
    """Write a record that says no more than how many epochs it has."""
    content: dict[str, object] = {"measurement": None if epochs is None else {"epochs": [{}] * epochs}}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**content, "sha256": content_digest(content)}))


def test_list_has_a_row_for_every_file_and_fits_80_columns(bench: Bench) -> None:
    result = bench("list")
    assert result.exit_code == 0
    *lines, apart = result.stdout.rstrip().splitlines()
    assert [line.split()[0] for line in lines[1:]] == sorted(file.stem for file in FOLDER.glob("*.yaml"))
    assert apart.startswith("Apart from these")
    assert max(map(len, lines)) <= 80
    assert "93,322" in lines[1]


def test_list_json_has_the_keys_of_the_contract(bench: Bench) -> None:
    rows = json.loads(bench("list", "00*", "--json").stdout)
    assert [row["name"][:3] for row in rows] == ["000", "001", "002", "003", "004"]
    assert all(set(row) >= ROW_KEYS for row in rows)
    first = rows[0]
    assert (first["parameters"], first["macs"], first["epochs"], first["batch_size"]) == (93_322, 2_794_240, 5, 64)
    assert first["fingerprint"] == rows[1]["fingerprint"] == rows[4]["fingerprint"] != rows[2]["fingerprint"]


def test_list_knows_which_seeds_are_recorded_far_enough(bench: Bench, tmp_path: Path) -> None:
    here = current_environment(1).id
    fingerprint = json.loads(bench("list", "000*", "--json").stdout)[0]["fingerprint"]
    for seed, epochs in ((0, 5), (3, 8), (4, 2)):
        write_record(tmp_path / "results" / "records" / here / f"{fingerprint}-seed{seed}.json", epochs)
    folder = tmp_path / "results" / "records" / here
    write_record(folder / f"{fingerprint}-seed5.json", None)
    (folder / f"{fingerprint}-seed6.json").write_text("{")
    edited = folder / f"{fingerprint}-seed0.json"
    (folder / f"{fingerprint}-seed7.json").write_text(edited.read_text().replace("{}", '{"epoch": 1}', 1))
    rows = json.loads(bench("list", "000*", "001*", "--json").stdout)
    assert [row["recorded_seeds"] for row in rows] == [[0, 3], [3]]


def test_list_tells_what_is_recorded_here_from_what_is_recorded_elsewhere(bench: Bench, tmp_path: Path) -> None:
    fingerprint = json.loads(bench("list", "000*", "--json").stdout)[0]["fingerprint"]
    seeds = {current_environment(1).id: (0, 1), "other-machine": (1, 2, 3), "a-third": (3,)}
    for environment, recorded in seeds.items():
        for seed in recorded:
            write_record(tmp_path / "results" / "records" / environment / f"{fingerprint}-seed{seed}.json", 5)
    [row] = json.loads(bench("list", "000*", "--json").stdout)
    assert (row["recorded_seeds"], row["recorded_elsewhere"]) == ([0, 1], [1, 2, 3])
    shown = bench("list", "000*").stdout
    assert "0-1 (2-3)" in shown
    assert "recorded in another environment only" in shown.replace("\n", " ")
    assert max(map(len, shown.splitlines())) <= 80
    assert "seeds 0-1; in other environments seeds 1-3" in bench("show", "000*").stdout
    shown_json = json.loads(bench("show", "000*", "--json").stdout)
    assert (shown_json["recorded_seeds"], shown_json["recorded_elsewhere"]) == ([0, 1], [1, 2, 3])


def test_list_and_show_tell_what_counts_here_though_another_machine_recorded_it(bench: Bench, tmp_path: Path) -> None:
    chosen, here = fake.architectures("dense_512"), current_environment(1)
    there, other = elsewhere(here, processor="There"), elsewhere(here, processor="Other", keras="1.0")
    for seeds, where in (([0], here), ([0, 1], there), ([3], other)):
        fake.save(tmp_path / "results", fake.fake_trials(chosen, seeds, where=where))
    [row] = json.loads(bench("list", "dense_512", "--json").stdout)
    assert (row["recorded_seeds"], row["recorded_elsewhere"], row["counted_seeds"]) == ([0], [0, 1, 3], [0, 1])
    shown = bench("list", "dense_512").stdout
    assert "0-1 (3)" in shown
    assert "Seeds of machines with the same numerics count too" in shown
    assert "seed 0, with seed 1 of the same numerics; in other environments seeds 0-1, 3" in " ".join(
        bench("show", "dense_512").stdout.split()
    )
    [shared] = fake.fake_trials(chosen, [0], where=there)
    fake.save(tmp_path / "results", [fake.with_other_weights(shared, epoch=1)])
    [row] = json.loads(bench("list", "dense_512", "--json").stdout)
    assert (row["recorded_elsewhere"], row["counted_seeds"]) == ([0, 1, 3], [0])


def test_list_and_plan_agree_on_what_is_recorded(bench: Bench, tmp_path: Path) -> None:
    chosen = fake.architectures("dense_512")
    fake.save(tmp_path / "results", fake.fake_trials(chosen, [0, 1], where=current_environment(1)))
    fake.save(tmp_path / "results", fake.fake_trials(chosen, [2, 3], where=fake.environment()))
    [row] = json.loads(bench("list", "dense_512", "--json").stdout)
    plan = json.loads(bench("plan", "dense_512", "--seeds", "4", "--json").stdout)
    assert (row["recorded_seeds"], row["recorded_elsewhere"]) == ([0, 1], [2, 3])
    assert [trial["seed"] for trial in plan["trials"] if trial["status"] == "recorded"] == row["recorded_seeds"]


def test_show_predicts_the_seconds_that_plan_predicts_and_opens_no_other_trial(bench: Bench, tmp_path: Path) -> None:
    here = current_environment(1)
    fake.save(tmp_path / "results", fake.fake_trials(fake.architectures("dense_512"), [0], where=here))
    planned = json.loads(bench("plan", "dense_512", "--seeds", "1-1", "--json").stdout)["trials"][0]["seconds"]
    (tmp_path / "results" / "records" / here.id / f"{'0' * 16}-seed0.json").mkdir()
    assert json.loads(bench("show", "dense_512", "--json").stdout)["predicted_seconds"] == planned


def test_list_shows_a_broken_file_as_a_row_and_exits_with_2(bench: Bench, tmp_path: Path) -> None:
    write(tmp_path / "mine", "broken", "title: x\n")
    write(tmp_path / "mine", "fine", (FOLDER / "dense_512.yaml").read_text())
    result = bench("list", "--architectures", "mine")
    assert result.exit_code == 2
    assert [line.split()[0] for line in result.stdout.splitlines()[1:]] == ["broken", "fine"]
    assert "1 of 2 files can't be used" in result.stderr
    rows = json.loads(bench("list", "--json", "--architectures", "mine").stdout)
    assert rows[0]["parameters"] is None
    assert rows[0]["mistakes"][0].endswith("'dataset' is missing; add it")
    assert rows[1]["parameters"] == 407_050


def test_a_second_list_is_the_same_and_reads_no_yaml(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    first = bench("list", "--json").stdout
    assert bench("validate").exit_code == 0
    monkeypatch.setattr("harness.declaration.yaml_text.parse", None)
    assert bench("list", "--json").stdout == first
    assert bench("validate").exit_code == 0
    assert bench("show", "dense_512").exit_code == 0


def test_a_changed_file_is_read_again(bench: Bench, tmp_path: Path) -> None:
    text = (FOLDER / "dense_512.yaml").read_text()
    file = write(tmp_path / "mine", "a", text)
    assert json.loads(bench("list", "--json", "--architectures", "mine").stdout)[0]["epochs"] == 5
    file.write_text(text.replace("epochs: 5", "epochs: 6"))
    assert json.loads(bench("list", "--json", "--architectures", "mine").stdout)[0]["epochs"] == 6
    file.write_text(text.replace("epochs: 5", "epochs: 0"))
    assert bench("list", "--architectures", "mine").exit_code == 2


def test_a_cache_that_cannot_be_written_is_no_error(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "file"))
    assert bench("list").exit_code == 0


def test_list_without_a_folder_says_what_to_do(bench: Bench) -> None:
    message = (
        "nowhere: is not a folder; choose another folder with --architectures, or start a spec with 'bench new NAME'"
    )
    assert bench.error("list", "--architectures", "nowhere") == message


def test_show_has_the_layer_table_the_recipe_the_claims_and_the_assumptions(bench: Bench) -> None:
    result = bench("show", "003*")
    text = " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 80
    for piece in (
        "2 Conv2D 24×24×64 5×5 18,496 10,616,832",
        "Total 1,199,882 11,992,448",
        "Adadelta: learning_rate 1.0, rho 0.95, epsilon 1e-08",
        "5 epochs, batches of 128",
        "test accuracy: 0.98630000 In [8]",
        "prediction, image 99: 9 In [9]",
        "A comment in In [7] speaks of ten epochs",
    ):
        assert piece in text


def test_show_json_has_the_keys_of_the_contract(bench: Bench) -> None:
    shown = json.loads(bench("show", "small_resnet", "--json").stdout)
    assert set(shown) >= ROW_KEYS | {"layers", "training", "claims", "assumptions"}
    assert all(set(layer) >= {"kind", "output_shape", "parameters", "macs"} for layer in shown["layers"])
    top = [layer for layer in shown["layers"] if layer["depth"] == 0]
    assert sum(layer["parameters"] for layer in top) == shown["parameters"]
    assert shown["training"]["optimizer"]["SGD"]["momentum"] == 0.9
    assert (shown["metrics"], shown["classes"]) == ({}, []), "nothing is recorded of it"


def test_list_and_show_speak_of_other_data_where_it_is_asked_for(bench: Bench) -> None:
    listed = bench("list", "--dataset", "digits")
    assert listed.exit_code == 0
    assert max(map(len, listed.stdout.splitlines())) <= 80
    shown = " ".join(listed.stdout.split())
    assert "000_convnet is left out: MaxPooling2D's window of 2×2 is larger than its input of 1×1×64." in shown
    rows = {row["name"]: row for row in json.loads(bench("list", "--dataset", "digits", "--json").stdout)}
    assert (rows["000_convnet"]["parameters"], "left_out" in rows["000_convnet"]) == (None, True)
    assert (rows["dense_512"]["parameters"], "left_out" in rows["dense_512"]) == (38_410, False)
    assert "8×8×1" not in bench("show", "dense_512").stdout
    assert "38,410" in bench("show", "dense_512", "--dataset", "digits").stdout
    assert "'bench new NAME --dataset digits' starts one" in bench.error("show", "lenet_5", "--dataset", "digits")
    assert "there is no data set 'digts'; did you mean 'digits'?" in bench.error("list", "--dataset", "digts")


def test_show_needs_one_architecture(bench: Bench) -> None:
    assert "did you mean 'dense_512'" in bench.error("show", "dense_51")
    assert bench.error("show", "00[01]*") == "'00[01]*' matches 000_convnet, 001_convnet_8_epochs; choose one of them"


def test_validate_finds_nothing_wrong_with_the_repository(bench: Bench) -> None:
    result = bench("validate")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("files: no mistake\n")


def test_validate_tells_every_mistake_of_every_file(bench: Bench, tmp_path: Path) -> None:
    good = (FOLDER / "001_convnet_8_epochs.yaml").read_text()
    write(tmp_path / "mine", "a", good)
    write(tmp_path / "mine", "b", "titel: x\n")
    result = bench("validate", "mine", "mine/b.yaml")
    line = next(n for n, text in enumerate(good.splitlines(), 1) if "architecture: dense_512" in text)
    assert result.exit_code == 2
    assert result.stdout.splitlines()[0] == (
        f"mine/a.yaml:{line}:21: there is no architecture 'dense_512' in mine; 'bench list' shows the architectures"
    )
    assert "mine/b.yaml:1:1: there is no field 'titel' here; did you mean 'title'?" in result.stdout
    assert result.stderr.endswith(f"{len(result.stdout.splitlines())} mistakes in 2 of 2 files\n")


def test_validate_offers_the_nearest_data_set_where_one_is_misspelt(bench: Bench, tmp_path: Path) -> None:
    text = (FOLDER / "dense_512.yaml").read_text()
    write(tmp_path / "mine", "a", text.replace("dataset: mnist", "dataset: minst"))
    line = text[: text.index("dataset:")].count("\n") + 1
    result = bench("validate", "mine")
    assert result.exit_code == 2
    assert result.stdout.startswith(f"mine/a.yaml:{line}:10: there is no data set 'minst'; did you mean 'mnist'")


def test_ablations_are_found_by_name_and_are_no_part_of_all(bench: Bench) -> None:
    def listed(*names: str) -> list[str]:
        return [row["name"] for row in json.loads(bench("list", *names, "--json").stdout)]

    ablations = listed("ablations")
    assert {"000_raw_bytes", "dense_512_shifted_training"} <= set(ablations)
    assert not set(ablations) & {*listed(), *listed("0*")}
    assert listed("000_raw_bytes", "000_convnet") == ["000_convnet", "000_raw_bytes"]
    assert listed("ablations/003_w*") == ["003_without_dropout"]
    assert json.loads(bench("show", "000_raw_bytes", "--json").stdout)["extends"] == "000_convnet"


def test_a_list_says_how_many_specs_stand_apart(bench: Bench) -> None:
    count = len(files_apart(FOLDER))
    assert f"Apart from these, {count} specs: 'bench list ablations'." in " ".join(bench("list").stdout.split())
    assert "Apart from these" not in bench("list", "00*").stdout


def test_validate_checks_which_seeds_count(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "results" / "records").mkdir(parents=True)
    (tmp_path / "results" / "study.yaml").write_text("seeds: 0-x\n")
    write(tmp_path / "mine", "study", (FOLDER / "dense_512.yaml").read_text())
    result = bench("validate")
    assert result.exit_code == 2
    assert result.stdout.startswith("results/study.yaml:1:8: '0-x': '0-x' is not a seed")
    assert bench("validate", "results/study.yaml").stdout == result.stdout
    assert bench("validate", "mine/study.yaml").exit_code == 0
    (tmp_path / "results" / "study.yaml").write_text("seeds: 0-9\n")
    assert bench("validate").exit_code == 0


def test_a_claim_may_be_about_a_spec_in_a_subfolder_or_one_folder_up(bench: Bench, tmp_path: Path) -> None:
    text = (FOLDER / "001_convnet_8_epochs.yaml").read_text()
    write(tmp_path / "mine", "a", text)
    write(tmp_path / "mine" / "extra", "dense_512", text.replace("dense_512", "a"))
    assert bench("validate", "mine").stderr == "2 files: no mistake\n"
    write(tmp_path / "mine" / "extra", "dense_512", text.replace("dense_512", "c"))
    result = bench("validate", "mine")
    assert result.stdout.startswith("mine/extra/dense_512.yaml:")
    assert "there is no architecture 'c' in mine/extra" in result.stdout


def test_validate_takes_names_too(bench: Bench) -> None:
    assert bench("validate", "dense_512", "00*").stderr == "6 files: no mistake\n"
    assert "there is no architecture 'dense_51'" in bench.error("validate", "dense_51")


def test_a_claim_to_be_better_than_itself_is_a_mistake(bench: Bench, tmp_path: Path) -> None:
    text = (FOLDER / "001_convnet_8_epochs.yaml").read_text()
    write(tmp_path / "mine", "dense_512", text)
    assert "this compares the architecture with itself; name another one" in bench("validate", "mine").stdout


def test_new_writes_a_commented_spec_that_is_valid_at_once(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BENCH_ARCHITECTURES")
    result = bench("new", "mine")
    file = tmp_path / "architectures" / "mine.yaml"
    assert result.stdout == "architectures/mine.yaml\n"
    assert read_architecture(file).name == "mine"
    assert file.read_text().count("#") > 8
    assert (file.parent / "schema.json").read_text() == (FOLDER / "schema.json").read_text()
    assert bench("validate").exit_code == 0


@pytest.mark.parametrize("other", sorted(file.stem for file in FOLDER.glob("*.yaml")))
def test_new_from_another_has_its_layers_and_recipe_and_none_of_its_claims(
    bench: Bench, tmp_path: Path, other: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / f"{other}.yaml").write_bytes((FOLDER / f"{other}.yaml").read_bytes())
    assert bench("new", "copy", "--from", other, "--architectures", "mine").exit_code == 0
    copy = read_architecture(tmp_path / "mine" / "copy.yaml")
    original = read_architecture(FOLDER / f"{other}.yaml")
    assert (copy.layers, copy.training, copy.claims) == (original.layers, original.training, ())


def test_new_starts_from_a_shipped_architecture_where_the_folder_has_none(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BENCH_ARCHITECTURES")
    assert bench("new", "first").exit_code == 0
    assert bench("new", "second", "--from", "lenet_5").exit_code == 0
    assert "did you mean 'lenet_5'" in bench.error("new", "third", "--from", "lenet5")


DERIVED = """\
title: 000 without its second pooling
extends: 000_convnet
changes:
  - remove: {number: 4}
  - set: {number: 5, filters: 8}
  - insert: {after: Flatten, layers: [{Dropout: {rate: 0.5}}]}
"""


def test_show_marks_what_differs_from_the_parent_and_says_it_in_words(bench: Bench, tmp_path: Path) -> None:
    write(tmp_path / "mine", "child", DERIVED)
    shown = bench("show", "child", "--architectures", "mine").stdout
    assert "Differs from 000_convnet (layers by its numbers)\n- without MaxPooling2D (layer 4) " in shown
    assert "4  Conv2D (changed)" in shown
    assert "6  Dropout (added)" in shown
    assert "Assumptions of 000_convnet\n" in shown
    facts = json.loads(bench("show", "child", "--architectures", "mine", "--json").stdout)
    assert facts["extends"] == "000_convnet"
    assert facts["changes"][1:] == [
        "filters 8 instead of 64 in Conv2D (layer 5)",
        "Dropout (rate 0.5) after Flatten (layer 6)",
    ]
    differing = {layer["number"]: layer["difference"] for layer in facts["layers"] if layer["difference"]}
    assert differing == {"4": "changed", "6": "added"}


def test_show_of_a_spec_that_stands_for_itself_differs_from_nothing(bench: Bench) -> None:
    facts = json.loads(bench("show", "small_resnet", "--json").stdout)
    assert (facts["extends"], facts["changes"]) == (None, [])
    assert {layer["difference"] for layer in facts["layers"]} == {None}
    assert [layer["number"] for layer in facts["layers"]][3:6] == ["4", "4.1", "4.2"]


def test_a_derived_spec_is_read_again_where_its_parent_changes(bench: Bench, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    write(mine, "child", DERIVED)

    [before] = json.loads(bench("list", "--json", "--architectures", "mine").stdout)
    text = (FOLDER / "000_convnet.yaml").read_text()
    write(mine, "000_convnet", text[: text.index("claims:")].replace("units: 64", "units: 32"))
    [other, child] = json.loads(bench("list", "--json", "--architectures", "mine").stdout)
    assert (other["extends"], child["extends"]) == (None, "000_convnet")
    assert child["parameters"] < before["parameters"]


@pytest.mark.parametrize("other", ["000_convnet", "small_resnet"])
def test_new_derived_from_another_differs_by_an_epoch_and_lists_its_layers(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    monkeypatch.delenv("BENCH_ARCHITECTURES")
    assert bench("new", "mine", "--from", other, "--derive").exit_code == 0
    child = read_architecture(tmp_path / "architectures" / "mine.yaml")
    assert child.derivation is not None
    assert (child.derivation.parent.name, child.derivation.changes) == (other, ("epochs 6 instead of 5",))
    text = child.path.read_text()
    assert all(f"{number} {layer.kind}" in text for number, layer in enumerate(child.layers, start=1))


def test_new_derives_from_a_spec_that_stands_for_itself_and_is_named(bench: Bench, tmp_path: Path) -> None:
    write(tmp_path / "mine", "child", DERIVED)
    write(tmp_path / "mine", "123", (FOLDER / "dense_512.yaml").read_text())
    assert bench("new", "x", "--from", "123", "--derive", "--architectures", "mine").exit_code == 0
    assert read_architecture(tmp_path / "mine" / "x.yaml").training.epochs == 6
    assert "nothing to derive from" in bench.error("new", "y", "--derive", "--architectures", "mine")
    for words in (["--derive"], []):
        message = bench.error("new", "y", "--from", "child", *words, "--architectures", "mine")
        assert "it is derived from 000_convnet itself; start from that one" in message


def test_new_overwrites_nothing_and_takes_safe_names_only(bench: Bench, tmp_path: Path) -> None:
    write(tmp_path / "mine", "taken", "precious")
    assert "exists already" in bench.error("new", "taken", "--architectures", "mine")
    assert (tmp_path / "mine" / "taken.yaml").read_text() == "precious"
    for name in ("../x", "a b", ".x", "con", ""):
        assert "is not a valid name" in bench.error("new", name, "--architectures", "mine")
    assert list((tmp_path / "mine").iterdir()) == [tmp_path / "mine" / "taken.yaml"]


def test_new_leaves_no_part_of_a_file_on_a_full_disk(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("harness.records.files.os.fsync", full)
    result = bench("new", "mine", "--architectures", "mine")
    assert isinstance(result.exception, CannotWrite)
    assert "No space left on device" in str(result.exception)
    assert list((tmp_path / "mine").iterdir()) == []


def test_new_from_a_long_name_cuts_the_title(bench: Bench, tmp_path: Path) -> None:
    write(tmp_path / "mine", "b" * 70, (FOLDER / "dense_512.yaml").read_text())
    assert bench("new", "a" * 70, "--from", "b" * 70, "--architectures", "mine").exit_code == 0
    title = read_architecture(tmp_path / "mine" / f"{'a' * 70}.yaml").title
    assert (len(title), title[-1]) == (120, "…")


def test_new_from_a_spec_in_braces_says_what_to_do_and_writes_nothing(bench: Bench, tmp_path: Path) -> None:
    flow = (
        "{title: x, dataset: mnist, layers: [Flatten, {Dense: {units: 10, activation: softmax}}],\n"
        " training: {optimizer: Adam, loss: categorical_crossentropy, batch_size: 64, epochs: 1}}\n"
    )
    file = write(tmp_path / "mine", "flow", flow)
    message = bench.error("new", "copy", "--from", "flow", "--architectures", "mine")
    assert message.startswith("mine/flow.yaml: its layers and its recipe can't be copied as they are written; begin")
    assert list((tmp_path / "mine").iterdir()) == [file]


def test_new_starts_from_a_shipped_architecture_where_the_folder_is_empty(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BENCH_ARCHITECTURES")
    (tmp_path / "architectures").mkdir()
    assert bench("new", "first", "--from", "lenet_5").exit_code == 0


LONG = "x" * 300


@pytest.mark.parametrize(
    "words",
    [
        ("validate", f"{LONG}.yaml"),
        ("validate", "--architectures", LONG),
        ("list", "--architectures", LONG),
        ("show", "dense_512", "--architectures", LONG),
        *((verb, "--results", LONG) for verb in ("list", "plan", "report", "claims", "verify", "doctor")),
        ("show", "dense_512", "--results", LONG),
        ("run", "dense_512", "--results", LONG),
        ("new", "mine", "--from", "dense_512", "--architectures", LONG),
    ],
)
def test_a_path_that_is_too_long_is_a_sentence_and_exit_code_2(bench: Bench, words: tuple[str, ...]) -> None:
    result = bench(*words)
    assert getattr(result.exception, "exit_code", result.exit_code) == 2
    assert LONG in f"{result.output}{result.exception}".replace("\n", "")


def test_a_new_spec_below_a_path_that_is_too_long_can_not_be_written(bench: Bench) -> None:
    assert isinstance(bench("new", "mine", "--architectures", LONG).exception, CannotWrite)


def test_list_marks_the_broken_one_of_two_files_of_one_name(bench: Bench, tmp_path: Path) -> None:
    good = write(tmp_path / "mine", "a", (FOLDER / "dense_512.yaml").read_text())
    good.with_suffix(".yml").write_text("")
    result = bench("list", "--architectures", "mine")
    assert "1 of 2 files can't be used" in result.stderr
    assert ["407,050" in line for line in result.stdout.splitlines()[1:]] == [True, False]


def test_a_files_name_is_never_obeyed_by_the_terminal(bench: Bench, tmp_path: Path) -> None:
    write(tmp_path / "mine", "a\x1b]0;owned\x07", "title: x\n")
    for words in (("list", "--architectures", "mine"), ("validate", "mine")):
        result = bench(*words)
        assert result.exit_code == 2
        assert "a\\x1b]0;owned\\x07" in result.stdout.replace("\n", "")
        assert "\x1b" not in result.output


def test_show_counts_one_epoch_as_one(bench: Bench, tmp_path: Path) -> None:
    text = (FOLDER / "dense_512.yaml").read_text()
    write(tmp_path / "mine", "once", text.replace("epochs: 5", "epochs: 1"))
    assert "1 epoch, batches of" in bench("show", "once", "--architectures", "mine").stdout


NOT_OURS = ("help", "version", "install_completion", "show_completion")


def commands() -> Iterator[tuple[str, typer.core.TyperCommand | typer.core.TyperGroup]]:
    """Yield every command, groups too, with the words that call it."""
    waiting = [("bench", typer.main.get_command(program()))]
    while waiting:
        path, command = waiting.pop()
        assert isinstance(command, typer.core.TyperCommand | typer.core.TyperGroup)
        waiting += [(f"{path} {name}", verb) for name, verb in getattr(command, "commands", {}).items()]
        yield path, command


def every_option() -> Iterator[tuple[str, object]]:
    """Yield every option of every verb with its variable, apart from those of Click and Typer."""
    for path, command in commands():
        for option in command.params:
            if option.param_type_name == "option" and option.name not in NOT_OURS:
                yield f"{path} {option.opts[0]}", option.envvar


def test_every_verb_shows_examples_that_call_it() -> None:
    verbs = {path: command.help or "" for path, command in commands() if not hasattr(command, "commands")}
    assert len(verbs) > 12
    for path, text in verbs.items():
        _, mark, examples = text.partition("Examples:")
        assert mark, f"'{path} --help' has no examples"
        assert all(path in line for line in examples.strip().splitlines()), path


def test_every_option_has_a_variable() -> None:
    found = dict(every_option())
    assert len(found) > 40
    assert [name for name, variable in found.items() if not str(variable).startswith("BENCH_")] == []


def output_of(code: str) -> str:
    """Return what a fresh interpreter prints."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()[-1]


def loaded(*modules: str) -> str:
    return f"print([name for name in {modules} if name in sys.modules])"


def test_list_loads_neither_tensorflow_nor_what_a_list_does_not_need() -> None:
    run = "import sys; from harness.cli.program import program; program()(['list'], standalone_mode=False)"
    assert output_of(f"{run}; {loaded('tensorflow', 'keras', 'numpy', 'scipy', 'pandas', 'matplotlib')}") == "[]"


def test_verbs_that_derive_nothing_load_no_statistics() -> None:
    verbs = (["show", "dense_512"], ["validate"], ["plan", "dense_512"])
    run = f"[program()(words, standalone_mode=False) for words in {verbs}]"
    run = f"import sys; from harness.cli.program import program; {run}"
    assert output_of(f"{run}; {loaded('tensorflow', 'keras', 'scipy', 'pandas', 'matplotlib')}") == "[]"


def test_completing_names_imports_nothing_heavy() -> None:
    run = "import sys; from harness.cli import options; assert options.complete_architectures('dense_512')"
    assert output_of(f"{run}; {loaded('pydantic', 'ruamel.yaml', 'numpy', 'tensorflow')}") == "[]"


def test_the_shells_whole_question_is_answered_without_anything_heavy() -> None:
    asked = {"_BENCH_COMPLETE": "complete_fish", "_TYPER_COMPLETE_ARGS": "bench show dense_5"}
    asked["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from harness.cli import main; main()"],
        cwd=FOLDER.parent,
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.stdout.split() == ["dense_512"]
    assert "harness.spec.folder" in imported
    # Newer Typers import pydantic themselves.
    assert imported & {"harness.spec.reading", "ruamel.yaml", "numpy", "tensorflow"} == set()


def test_completion_looks_where_the_verbs_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_ARCHITECTURES")
    assert options.complete_architectures("dense") == ["dense_512"]
    write(tmp_path / "architectures", "mine", "")
    assert options.complete_architectures("") == ["mine"]
    monkeypatch.setenv("BENCH_ARCHITECTURES", str(tmp_path / "nowhere"))
    assert options.complete_architectures("") == []
