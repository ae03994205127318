"""Official records of the first format are read with every number in their files, and the files stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.records.content import FORMAT
from harness.records.later import record_of
from harness.records.predictions import digest, stored_arrays
from harness.records.reading import read_record
from harness.records.record import Record
from harness.records.store import Store, record_text

RESULTS = Path(__file__).parents[2] / "results"
OFFICIAL = [path for path in sorted((RESULTS / "records").glob("*/*.json")) if not record_of(path)]
EVERY_EPOCH = {
    *("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "train_seconds", "train_cpu_seconds"),
    *("test_seconds", "test_cpu_seconds", "order_sha256", "weights_sha256", "predictions_sha256"),
}


@cache
def records() -> tuple[tuple[Path, dict[str, Any], Record], ...]:
    """Return each record's path, its content as it stands in the file, and what is read of it."""
    found = ((path, json.loads(path.read_bytes()), read_record(path)) for path in OFFICIAL)
    return tuple(one for one in found if one[1]["format"] == 1)


def epochs() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every epoch as it stands in the file and as it is read, by the names of columns."""
    for _, raw, record in records():
        assert record.measurement is not None
        assert len(raw["measurement"]["epochs"]) == len(record.measurement.epochs)
        for first, epoch in zip(raw["measurement"]["epochs"], record.measurement.epochs, strict=True):
            yield first, epoch.columns


def test_every_official_record_is_read_in_todays_format() -> None:
    assert len(records()) == 88
    assert {record.format for _, _, record in records()} == {FORMAT}


def test_every_number_of_every_epoch_is_the_one_in_the_file() -> None:
    for first, columns in epochs():
        assert first == columns
        assert set(columns) == EVERY_EPOCH


def test_all_else_that_was_measured_is_the_same_too() -> None:
    for _, raw, record in records():
        measured = raw["measurement"]
        read = record.model_dump(mode="json")["measurement"]
        assert {name: read[name] for name in measured if name != "epochs"} == {
            name: value for name, value in measured.items() if name != "epochs"
        }
        assert (record.concurrent_trials, record.seed, record.epochs) == (
            raw["trials_beside"],
            raw["seed"],
            raw["epochs"],
        )


def test_every_fingerprint_is_that_of_the_computation_and_of_the_file() -> None:
    for path, raw, record in records():
        assert raw["trial"] == record.fingerprint == record.computation.fingerprint
        assert path.stem == record.name


def test_every_environment_has_the_name_of_its_folder_and_every_fact_of_the_file() -> None:
    for path, raw, record in records():
        assert record.environment.id == path.parent.name
        facts = json.loads(json.dumps(record.environment.facts))
        assert {name: facts[name] for name in raw["environment"]} == raw["environment"]
        assert facts.keys() - raw["environment"].keys() == {"instruction_set", "backend"}
        assert record.environment.numerics.instruction_set == "avx512_core_bf16"


def test_every_prediction_is_found_under_its_evaluation() -> None:
    store = Store(RESULTS)
    for path, raw, record in records():
        with np.load(path.with_suffix(".npz")) as arrays:
            first = {int(name.removeprefix("epoch_")): digest(arrays[name]) for name in arrays.files}
        read = store.predictions(record)
        assert {epoch: digest(classes["test"]) for epoch, classes in read.items()} == first
        assert [one["predictions_sha256"] for one in raw["measurement"]["epochs"]] == list(first.values())


@pytest.mark.parametrize("path", OFFICIAL[::40], ids=lambda path: path.stem)
def test_a_record_that_is_saved_again_is_read_as_the_same(path: Path, tmp_path: Path) -> None:
    record = read_record(path)
    Store(tmp_path).save(record, Store(RESULTS).predictions(record))
    (again,) = Store(tmp_path).load().records
    assert again == record
    assert json.loads(record_text(again))["format"] == FORMAT
    (saved,) = tmp_path.rglob("*.npz")
    assert stored_arrays(saved).keys() == stored_arrays(path.with_suffix(".npz")).keys()


def test_reading_changes_no_file() -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in OFFICIAL[:20]}
    Store(RESULTS).load()
    assert before == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before}
