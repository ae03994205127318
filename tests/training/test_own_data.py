"""Data of one's own from its files to a result: images and a table, added, fitted to, trained on for real."""

from __future__ import annotations

from pathlib import Path

import own_files
import pytest

from harness.app.adding_options import AddOptions
from harness.app.datasets import add_dataset
from harness.app.new import NewOptions, start_spec
from harness.app.run import RunOptions, run
from harness.records.store import Store

pytestmark = pytest.mark.training


def test_images_and_a_table_are_trained_on_from_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    specs = tmp_path / "specs"
    photos = add_dataset(
        AddOptions(path=own_files.photos(tmp_path / "photos", 20), size=(12, 10), architectures=specs)
    ).dataset
    # The class follows from the numbers: what is standardized well is learnt in an epoch.
    rows = "".join(f"{1000 + (row % 2)},{row % 7},{'ab'[row % 2]}\n" for row in range(400))
    table = own_files.table(tmp_path / "animals.csv", "a,b,animal\n" + rows)
    add_dataset(AddOptions(path=table, label="animal", architectures=specs))
    for name in ("photos", "animals"):
        start_spec(NewOptions(name=f"net_{name}", dataset=name, architectures=specs))
    one_output = (specs / "net_animals.yaml").read_text(encoding="utf-8")
    for old, new in (
        *(("units: classes", "units: 1"), ("softmax", "sigmoid"), ("categorical_", "binary_")),
        ("0.001", "0.05"),
    ):
        assert old in one_output
        one_output = one_output.replace(old, new)
    (specs / "net_one_output.yaml").write_text(f"{one_output}\nevaluate: [calibration]\n", encoding="utf-8")
    done = run(RunOptions(seeds=(0,), results=tmp_path / "results", architectures=specs))
    assert not done.failed, done.failures
    summary = done.summary.set_index("architecture")
    assert summary.loc["net_animals", "test_accuracy_mean"] == 1.0
    assert summary.loc["net_one_output", "test_accuracy_mean"] == 1.0
    assert summary["test_accuracy_mean"].between(0, 1).all()
    records = {record.computation.dataset: record for record in Store(tmp_path / "results").load().records}
    assert records["photos"].computation.dataset_sha256 == photos.identity
    assert records["photos"].measurement is not None
    assert records["photos"].measurement.data_sha256 == photos.sha256
    assert (tmp_path / "results" / "figures" / "hardest.svg").exists()
