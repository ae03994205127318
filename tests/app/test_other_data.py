"""All architectures on another data set than their files name: who fits, who is left out and why, and where it goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_digits
import numpy as np
import own_files
import pytest
from fake_trials import FakeTrainer

import harness
from harness.app.adding_options import AddOptions
from harness.app.audit import audit
from harness.app.claims import ClaimsOptions, claims
from harness.app.compare import CompareOptions, compare
from harness.app.datasets import add_dataset
from harness.app.inputs import read_inputs
from harness.app.plan import plan
from harness.app.progress import SILENT, Silent
from harness.app.recorded_facts import recorded_facts
from harness.app.report import ReportOptions, report
from harness.app.run import RunOptions, run
from harness.app.specs import ListOptions, ShowOptions, list_specs, show_spec
from harness.app.training.benchmark import PlanOptions
from harness.app.verify import VerifyOptions, verify
from harness.app.workspace import Workspace
from harness.cli.plan import plan_json
from harness.cli.run import run_json
from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.data.fetching import OnEvent
from harness.declaration.files import HERE
from harness.errors import DataUnavailable, Exclusive, NothingFits, NothingRecorded, UnknownDataset
from harness.reporting import writing
from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.layers.kernels import Dense
from harness.spec.moving import Misfit, moved, select_on
from harness.spec.reading import read_architecture

ARCHITECTURES = Path(__file__).parents[2] / "architectures"


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunOptions:
    """Two documents and a dense network, and a small data set of features beside them."""
    monkeypatch.setattr(writing, "gallery", lambda *_: ())
    specs = tmp_path / "specs"
    specs.mkdir()
    for name in ("000_convnet", "dense_512"):
        shutil.copy(ARCHITECTURES / f"{name}.yaml", specs)
    toy = fake_digits.declared()
    fake_digits.declare(specs, toy.model_copy(update={"classes": ("a", "b", "c")}))
    return RunOptions(seeds=(0,), results=tmp_path / "results", architectures=specs, dataset="toy")


class Heard(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


def fetch(dataset: Dataset, on_event: OnEvent) -> DatasetArrays:
    """Return as many images as the trainer that trains nothing has predictions of."""
    del on_event
    images, labels = np.zeros((100, 5, 4), np.uint8), np.arange(100, dtype=np.uint8) % 3
    return DatasetArrays(dataset, images, labels, images, labels)


def test_those_that_fit_are_planned_and_the_others_left_out_by_name_with_the_reason(options: RunOptions) -> None:
    found = plan(PlanOptions(architectures=options.architectures, results=options.results, dataset="toy"))
    (trial,) = {planned.trial.fingerprint: planned.trial for planned in found.plan.trials}.values()
    assert (trial.architectures, trial.computation.dataset) == (("dense_512",), "toy")
    assert found.sentences[0].startswith("000_convnet is left out: Conv2D's window of 3×3 is larger")
    (left_out,) = plan_json(found)["left_out"]
    assert left_out["name"] == "000_convnet"
    assert left_out["reason"]


def test_inputs_and_the_last_layer_follow_the_data(options: RunOptions) -> None:
    assert options.architectures is not None
    own = read_architecture(options.architectures / "dense_512.yaml")
    ((on_toy,), _) = select_on("toy", ["dense_512"], options.architectures)
    assert (on_toy.dataset, on_toy.data.inputs, on_toy.layers[-1].output_shape((512,))) == ("toy", (5, 4, 1), (3,))
    assert (own.dataset, own.layers[-1].output_shape((512,))) == ("mnist", (10,))
    assert (len(own.claims), on_toy.claims) == (2, ())
    assert (on_toy.foreign_claims, on_toy.documented_on) == (own.claims, "mnist")


@pytest.mark.parametrize("name", ["all_convolutional", "000_convnet", "small_resnet", "lenet_5"])
def test_every_kind_of_network_follows_to_other_classes_and_back(name: str) -> None:
    own = read_architecture(ARCHITECTURES / f"{name}.yaml")
    fashion = moved(own, find_dataset("fashion_mnist"))
    assert isinstance(fashion, Architecture)
    assert (fashion.layers, fashion.data.name) == (own.layers, "fashion_mnist")
    hundred = moved(own, find_dataset("cifar100"))
    assert isinstance(hundred, Architecture), hundred
    assert cost(hundred).output_shape == (100,)
    assert moved(hundred, own.data) == own.model_copy(update={"on_dataset": "mnist"}), "claims come home"


def test_a_network_that_ends_in_other_outputs_is_left_out(options: RunOptions) -> None:
    assert options.architectures is not None
    own = read_architecture(options.architectures / "dense_512.yaml")
    fixed = own.model_copy(update={"layers": (*own.layers[:-1], Dense(units=7))})
    found = moved(fixed, find_dataset("toy", options.architectures))
    assert found == Misfit("dense_512", "the network ends in 7 outputs, but toy has 3 classes")


def test_evaluations_that_need_pictures_stay_with_pictures(options: RunOptions) -> None:
    assert options.architectures is not None
    own = read_architecture(options.architectures / "dense_512.yaml").model_copy(update={"evaluate": ("shift",)})
    toy = find_dataset("toy", options.architectures)
    features = toy.model_copy(update={"inputs": (20,)})
    on_toy, on_features = moved(own, toy), moved(own.model_copy(update={"layers": own.layers[1:]}), features)
    assert isinstance(on_toy, Architecture)
    assert isinstance(on_features, Architecture)
    assert (on_toy.evaluate, on_features.evaluate) == (("shift",), ())


def test_what_is_trained_on_it_is_kept_apart_and_reported_there(options: RunOptions) -> None:
    done = run(options, engine=FakeTrainer(), fetch=fetch)
    folder = options.results / "datasets" / "toy"
    assert len(list(folder.glob("records/*/*-seed0.json"))) == 1
    assert not (options.results / "records").exists()
    page = (folder / "README.md").read_text()
    assert "--dataset toy" in page
    assert "dense_512" in page
    assert "000_convnet" not in page
    assert list(done.summary["architecture"]) == ["dense_512"]
    assert [misfit["name"] for misfit in run_json(done)["left_out"]] == ["000_convnet"]
    again = run(options, engine=FakeTrainer(), fetch=fetch)
    assert again.ended == ()
    inputs = read_inputs(options, SILENT, fetch)
    assert [architecture.name for architecture in inputs.architectures] == ["dense_512"]


def test_claims_about_other_data_are_not_tested_there(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    where: dict[str, Any] = {"results": options.results, "architectures": options.architectures, "dataset": "toy"}
    judged = claims(ClaimsOptions(**where))
    facts = [verdict.facts for verdict in judged.verdicts]
    assert [fact["claim"] for fact in facts] == ["train_accuracy", "test_accuracy"]
    for fact in facts:
        assert (fact["verdict"], fact["seeds"], fact["measured"], fact["p"]) == ("not tested", 1, None, None)
        assert (fact["made_on"], fact["architecture"]) == ("mnist", "dense_512")
        assert fact["reason"] == "the claim is about mnist, and these results are on toy"
    assert judged.findings.judgement.corrected_for == 0
    page = (options.results / "datasets" / "toy" / "README.md").read_text()
    assert page.count("2 claims about mnist not tested on other data") == 2, "at the top, and above what is folded"
    assert "the claim is about mnist, and these results are on toy" in page
    (headline,) = [line for line in page.splitlines() if "| dense_512 " in line and "(n = 1)" in line]
    assert headline.endswith("– |"), "what was published about other data stands beside no number"  # noqa: RUF001
    assert "Assumptions" not in page
    with pytest.raises(NothingFits, match="none of these can be trained on 'toy':\n  - 000_convnet"):
        claims(ClaimsOptions(names=("000*",), **where))


def test_two_are_compared_on_it_if_both_fit(options: RunOptions) -> None:
    assert options.architectures is not None
    shutil.copy(options.architectures / "dense_512.yaml", options.architectures / "dense_again.yaml")
    run(options, engine=FakeTrainer(), fetch=fetch)
    where: dict[str, Any] = {"results": options.results, "architectures": options.architectures, "dataset": "toy"}
    found = compare(CompareOptions(first="dense_512", second="dense_again", **where), fetch=fetch)
    assert (found.first.architecture.dataset, len(found.second.runs)) == ("toy", 1)
    with pytest.raises(NothingFits, match="000_convnet: Conv2D's window of 3×3 is larger"):
        compare(CompareOptions(first="dense_512", second="000_convnet", **where), fetch=fetch)


def test_what_fits_is_listed_with_what_is_recorded_on_it(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    where: dict[str, Any] = {"results": options.results, "architectures": options.architectures, "dataset": "toy"}
    left_out, dense = [spec.facts for spec in list_specs(ListOptions(**where))]
    assert (left_out["name"], left_out["parameters"]) == ("000_convnet", None)
    assert left_out["left_out"].startswith("Conv2D's window of 3×3 is larger")
    assert (dense["dataset"], dense["recorded_seeds"]) == ("toy", [0])
    assert "left_out" not in dense
    shown = show_spec(ShowOptions(name="dense_512", **where)).facts
    measured = recorded_facts(Workspace(**where), show_spec(ShowOptions(name="dense_512", **where)).architecture)
    assert measured["metrics"]["test_accuracy"]["seeds"] == 1
    assert measured["classes"] == [], "the images are not in the cache"
    assert (shown["dataset"], shown["parameters"], shown["claims"]) == ("toy", dense["parameters"], [])
    with pytest.raises(NothingFits, match="000_convnet: Conv2D's window"):
        show_spec(ShowOptions(name="000_convnet", **where))


def test_its_trials_are_verified_in_its_folder(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    where: dict[str, Any] = {"results": options.results, "architectures": options.architectures}
    found = verify(VerifyOptions(dataset="toy", **where), engine=FakeTrainer(), fetch=fetch)
    assert [(one.trial.architectures, one.verdict) for one in found.trials] == [(("dense_512",), "same")]
    with pytest.raises(NothingRecorded):
        verify(VerifyOptions(**where), engine=FakeTrainer(), fetch=fetch)
    assert audit(Workspace(dataset="toy", **where), fetch=fetch).records == 1


@pytest.mark.parametrize(
    ("ask", "about"),
    [
        (verify, VerifyOptions),
        (list_specs, ListOptions),
        (audit, Workspace),
        (claims, ClaimsOptions),
        (report, ReportOptions),
    ],
)
def test_every_verb_refuses_a_data_set_that_is_not_there(
    ask: Callable[[Any], object], about: type[Workspace], options: RunOptions
) -> None:
    asked = about(results=options.results, architectures=options.architectures, dataset="../records")
    with pytest.raises(UnknownDataset, match=r"there is no data set '\.\./records'"):
        ask(asked)


def with_another(options: RunOptions) -> RunOptions:
    """Train on toy and on another data set of the same shape, and return the options for that one."""
    assert options.architectures is not None
    toy = find_dataset("toy", options.architectures)
    fake_digits.declare(options.architectures, toy.model_copy(update={"name": "toy_2", "classes": ("x", "y", "z")}))
    run(options, engine=FakeTrainer(), fetch=fetch)
    assert not (options.results / "README.md").exists(), "there is nothing to lay beside each other yet"
    other = replace(options, dataset="toy_2")
    run(other, engine=FakeTrainer(), fetch=fetch)
    return other


def test_a_page_above_those_of_two_data_sets_links_them_and_lays_them_beside_each_other(options: RunOptions) -> None:
    with_another(options)
    above = (options.results / "README.md").read_text()
    assert "[toy](datasets/toy/README.md) and [toy_2](datasets/toy_2/README.md)" in above
    (row,) = [line for line in above.splitlines() if line.startswith("| dense_512 ") and line.count("(1)") == 2]
    assert row.count("±") == 2
    frame = harness.rankings_frame(options.results, options.architectures)
    assert frame[["dataset", "architecture", "best_rank"]].to_numpy().tolist() == [
        ["toy", "dense_512", 1],
        ["toy_2", "dense_512", 1],
    ]
    for name in ("toy", "toy_2"):
        assert "Does the ranking hold" not in (options.results / "datasets" / name / "README.md").read_text()


def test_a_report_and_its_check_cover_the_pages_of_all_data_sets(options: RunOptions) -> None:
    with_another(options)
    about = ReportOptions(results=options.results, architectures=options.architectures)
    checked = replace(about, check=True)
    assert report(about, fetch=fetch).changed == ()
    pages = [options.results / "datasets" / name / "README.md" for name in ("toy", "toy_2")]
    for path in pages:
        path.write_text(path.read_text().replace("dense_512", "dense_1"))
    assert report(checked, fetch=fetch).changed == tuple(pages)
    of_one = report(replace(about, dataset="toy"), fetch=fetch)
    assert of_one.changed == (pages[0],)
    assert report(about, fetch=fetch).changed == (pages[1],)
    assert report(checked, fetch=fetch).changed == ()


def test_a_page_whose_data_is_not_at_hand_is_left_as_it_is(options: RunOptions) -> None:
    with_another(options)
    page = options.results / "datasets" / "toy_2" / "README.md"
    page.write_text(f"{page.read_text()}more\n")

    def all_but_one(dataset: Dataset, on_event: OnEvent) -> DatasetArrays:
        if dataset.name == "toy_2":
            raise DataUnavailable(dataset.name, dataset.title, (), "files")
        return fetch(dataset, on_event)

    about = ReportOptions(results=options.results, architectures=options.architectures)
    heard = Heard()
    assert report(about, fetch=all_but_one, progress=heard).changed == ()
    assert heard.said == [f"{page} is left as it is: it needs the data, which 'bench data fetch' fetches"]
    assert "toy_2/README.md" in (options.results / "README.md").read_text()


def test_results_on_data_that_is_declared_no_more_are_left_out_with_a_warning(options: RunOptions) -> None:
    other = with_another(options)
    assert options.architectures is not None
    (options.architectures / "datasets" / "toy_2.yaml").unlink()
    about = ReportOptions(results=options.results, architectures=options.architectures)
    with pytest.warns(UserWarning, match="its results are left out: there is no data set 'toy_2'"):
        changed = report(about, fetch=fetch).changed
    assert changed == (options.results / "README.md", options.results / "index.html")
    assert "toy_2" not in changed[0].read_text()
    assert (other.folder / "README.md").exists()


def test_smoke_results_stand_beside_no_others(options: RunOptions) -> None:
    run(replace(options, smoke=True), engine=FakeTrainer(), fetch=fetch)
    assert [path.name for path in (options.results / "smoke").iterdir()] == ["datasets"]


def test_where_none_fits_all_are_named(options: RunOptions) -> None:
    with pytest.raises(NothingFits, match=r"none of these can be trained on 'toy':\n  - 000_convnet: Conv2D's window"):
        plan(replace(options, names=("000_convnet",)))


def test_a_data_set_that_is_not_there_is_one_sentence(options: RunOptions) -> None:
    with pytest.raises(UnknownDataset, match=r"there is no data set '\.\./records'"):
        plan(replace(options, dataset="../records"))


def test_claims_are_not_decided_on_other_data(options: RunOptions) -> None:
    with pytest.raises(Exclusive, match="--until-decided and --dataset"):
        plan(replace(options, until_decided=True, seeds=None))


def test_in_a_folder_of_ones_own_the_shipped_architectures_are_trained_on_what_was_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    add_dataset(AddOptions(path=own_files.photos(tmp_path / "photos"), size=(28, 28)))
    assert [path.name for path in HERE.iterdir()] == ["datasets"]
    found = plan(PlanOptions(dataset="photos"))
    planned = {name for decided in found.plan.trials for name in decided.trial.architectures}
    assert {"000_convnet", "dense_512", "small_resnet"} <= planned
    assert found.misfits == ()
