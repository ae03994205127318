"""Every export, read back by the library that it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fake_records as fake
import pandas as pd
import pytest

from harness.app import exporting
from harness.app.exporting import ExportOptions, export
from harness.errors import AlreadyThere, BenchError, CannotExport, MissingExtra, NothingRecorded, UnknownExport
from harness.exports.export import Selection, export_names, find_export

# 004 computes what 000 does, and shares its trials.
NAMES = {"000_convnet", "004_convnet", "dense_512"}
SEEDS = (0, 1)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    fake.save(folder, fake.fake_trials(fake.architectures("000_convnet", "dense_512"), SEEDS))
    return folder


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(shared_cache))


def exported(results: Path, kind: str, to: Path, **options: Any) -> Selection:  # noqa: ANN401 - as the options have
    return export(ExportOptions(kind=kind, to=to, results=results, architectures=fake.ARCHITECTURES, **options))


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def epoch_values(selection: Selection, name: str, seed: int, metric: str) -> list[float]:
    entry = next(entry for entry in selection.entries if entry.name == name)
    run = next(run for run in entry.runs if run.seed == seed)
    return [epoch.metrics[metric] for epoch in run.epochs]


def test_every_module_is_an_export_with_what_it_needs() -> None:
    assert set(export_names()) == {"csv", "mlflow", "model_card", "parquet", "tensorboard"}
    for name in export_names():
        module = find_export(name)
        assert callable(module.write)
        assert (module.EXTRA is None) == (module.PACKAGES == ())


@pytest.mark.parametrize(("kind", "read"), [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_a_table_has_every_run_unrounded(results: Path, tmp_path: Path, kind: str, read: Any) -> None:  # noqa: ANN401
    target = tmp_path / f"runs.{kind}"
    selection = exported(results, kind, target)
    frame = read(target)
    assert len(frame) == sum(len(run.epochs) for _, run in selection.runs)
    assert set(frame["architecture"]) == NAMES
    chosen = frame[(frame["architecture"] == "000_convnet") & (frame["seed"] == 1)]
    assert chosen["test_accuracy"].tolist() == epoch_values(selection, "000_convnet", 1, "test_accuracy")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_folder_of_tables_has_the_summary_and_the_verdicts_too(results: Path, tmp_path: Path, kind: str) -> None:
    exported(results, kind, tmp_path / "tables", names=("000*",))
    read: Any = {"csv": pd.read_csv, "parquet": pd.read_parquet}[kind]
    frames = {file.stem: read(file) for file in sorted((tmp_path / "tables").iterdir())}
    assert set(frames) == {"runs", "summary", "verdicts"}
    assert all(set(frame["architecture"]) == {"000_convnet"} for frame in frames.values())
    assert "[26, 26, 32]" in set(frames["verdicts"]["published"])


def test_parquet_keeps_types(results: Path, tmp_path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415 - of this test alone
    from pyarrow import parquet  # noqa: PLC0415 - as above

    exported(results, "parquet", tmp_path / "runs.parquet")
    schema = parquet.read_schema(tmp_path / "runs.parquet")
    assert schema.field("seed").type == pa.int64()
    assert schema.field("test_accuracy").type == pa.float64()


def test_tensorboard_reads_every_metric_by_epoch_without_tensorflow(results: Path, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator  # noqa: PLC0415 - heavy

    selection = exported(results, "tensorboard", tmp_path / "events")
    read = EventAccumulator(str(tmp_path / "events" / "dense_512" / "seed0"))
    read.Reload()
    assert {"test_accuracy", "test_loss", "train_accuracy", "train_seconds"} <= set(read.Tags()["scalars"])
    points = read.Scalars("test_accuracy")
    expected = epoch_values(selection, "dense_512", 0, "test_accuracy")
    assert [point.step for point in points] == list(range(1, len(expected) + 1))
    assert [point.value for point in points] == pytest.approx(expected, rel=1e-6)
    assert [point.wall_time for point in points] == sorted(point.wall_time for point in points)


@pytest.mark.filterwarnings("ignore")  # MLflow's and its libraries' own
def test_mlflow_finds_runs_parameters_and_metrics_by_epoch(results: Path, tmp_path: Path) -> None:
    selection = exported(results, "mlflow", tmp_path / "mlflow.db", names=("000*",))
    from mlflow import MlflowClient  # noqa: PLC0415 - heavy

    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("mnist")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], "params.seed = '1'")
    assert [run.info.run_name for run in runs] == ["000_convnet seed 1"]
    run = runs[0]
    assert run.data.params["batch_size"] == "64"
    assert len(run.data.tags["weights_sha256"]) == 64
    assert run.info.status == "FINISHED"
    history = sorted(client.get_metric_history(run.info.run_id, "test_accuracy"), key=lambda metric: metric.step)
    assert [metric.value for metric in history] == epoch_values(selection, "000_convnet", 1, "test_accuracy")
    client._tracking_client.store._dispose_engine()


def test_the_hub_reads_the_model_index_of_a_card(results: Path, tmp_path: Path) -> None:
    from huggingface_hub import ModelCard  # noqa: PLC0415 - heavy

    selection = exported(results, "model_card", tmp_path / "cards")
    assert {file.name for file in (tmp_path / "cards").iterdir()} == {f"{name}.md" for name in NAMES}
    card = ModelCard.load(tmp_path / "cards" / "000_convnet.md")
    assert card.data.model_name == "000_convnet"
    found = {result.metric_type: result for result in card.data.eval_results or ()}
    entry = next(entry for entry in selection.compared if entry.name == "000_convnet")
    assert found["accuracy"].metric_value == selection.findings.headline_of(entry).mean  # type: ignore[union-attr]
    assert found["accuracy"].dataset_type == "mnist"
    assert found["accuracy"].task_type == "image-classification"
    assert "bench run 000_convnet --seeds 0-1" in card.text


def test_one_card_is_of_one_architecture(results: Path, tmp_path: Path) -> None:
    exported(results, "model_card", tmp_path / "card.md", names=("dense_512",))
    assert (tmp_path / "card.md").read_text().startswith("---\n")
    with pytest.raises(CannotExport, match="name one architecture, or give a folder"):
        exported(results, "model_card", tmp_path / "both.md")
    assert not (tmp_path / "both.md").exists()


def test_what_is_there_is_replaced_only_when_forced(results: Path, tmp_path: Path) -> None:
    target = tmp_path / "runs.csv"
    target.write_text("mine")
    with pytest.raises(AlreadyThere, match="--force"):
        exported(results, "csv", target)
    assert target.read_text() == "mine"
    exported(results, "csv", target, force=True)
    assert target.read_text().startswith("architecture,")
    assert names_in(tmp_path) == ["runs.csv"]


def test_an_export_that_fails_leaves_what_was_there(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        EXTRA = None
        PACKAGES = ()

        def write(self, selection: Selection, target: Path) -> None:
            del selection
            target.write_text("half")
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "find_export", lambda _: Failing())
    target = tmp_path / "runs.csv"
    target.write_text("mine")
    with pytest.raises(BenchError, match="No space left on device") as caught:
        exported(results, "csv", target, force=True)
    assert caught.value.exit_code == 2
    assert (target.read_text(), names_in(tmp_path)) == ("mine", ["runs.csv"])


@pytest.mark.parametrize(
    ("raised", "sentence", "kind", "to", "names"),
    [
        (BenchError, "can't be written", "csv", "file/runs.csv", ()),
        (CannotExport, "give a file", "csv", "runs.txt", ()),
        (NothingRecorded, "of lenet_5", "csv", "runs.csv", ("lenet_5",)),
        (UnknownExport, "available: .*csv", "excel", "runs.xlsx", ()),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(  # noqa: PLR0913, PLR0917 - what is asked, and what is said
    results: Path, tmp_path: Path, raised: type[BenchError], sentence: str, kind: str, to: str, names: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(raised, match=sentence) as caught:
        exported(results, kind, tmp_path / to, names=names)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == ["file"]


def test_a_folder_without_records_has_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(NothingRecorded, match="'bench run' records"):
        exported(tmp_path / "nothing", "csv", tmp_path / "runs.csv")


def test_a_missing_package_is_one_sentence_with_the_line_that_installs_it(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"needs tensorboard; pip install 'architecture-bench\[tensorboard\]'"):
        exported(results, "tensorboard", tmp_path / "events")
