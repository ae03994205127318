"""Stored files are believed only if they hold together; a forger who makes the file's digest anew is found too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from honest_records import Honest, dataset_arrays, honest

from harness.app.audit import Audit, Wanted, audit, audit_files
from harness.app.workspace import Workspace
from harness.data.declarations import all_datasets
from harness.errors import NothingRecorded
from harness.records.store import Store


def audited(results: Path, *records: Honest) -> Audit:
    store = Store(results)
    for one in records:
        store.save(one.record, one.predictions)
    return audit_files(store.by_path(), all_datasets(), {"mnist": dataset_arrays()})


def record_files(results: Path) -> list[Path]:
    return sorted((results / "records").glob("*/*.json"))


def failed_checks(found: Audit) -> set[str]:
    return {fault.check for fault in found.faults}


def test_honest_records_hold(tmp_path: Path) -> None:
    found = audited(tmp_path, honest(0), honest(1))
    assert found.faults == ()
    assert (found.records, found.unchecked) == (2, ())


# Each with the file's digest made anew by saving, as a forger would.
FORGED: dict[str, tuple[str, dict[str, Any]]] = {
    "test accuracy": ("accuracy", {"test_accuracy": 0.9999}),
    "train accuracy": ("running means", {"train_accuracy": 0.9991}),
    "train loss": ("running means", {"train_loss": 0.0123}),
    "order": ("orders", {"order_sha256": "a" * 64}),
    "predictions": ("predictions", {"predictions_sha256": "a" * 64}),
    "seconds": ("clocks", {"train_seconds": 0.1}),
    "epoch": ("file", {"epoch": 7}),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_number_is_found_although_its_file_has_a_new_digest(tmp_path: Path, forged: str) -> None:
    check, changes = FORGED[forged]
    found = audited(tmp_path, honest(0).last_epoch_changed(**changes), honest(1))
    assert check in failed_checks(found)
    assert {fault.path.name for fault in found.faults} == {f"{honest(0).record.fingerprint}-seed0.json"}


@pytest.mark.parametrize(("field", "check"), [("parameters", "parameters"), ("data_sha256", "data")])
def test_forged_facts_of_the_whole_trial_are_found(tmp_path: Path, field: str, check: str) -> None:
    found = audited(tmp_path, honest().changed(**{field: 1 if field == "parameters" else "a" * 64}))
    assert failed_checks(found) == {check}


def test_a_number_edited_in_the_file_is_found_and_the_file_named(tmp_path: Path) -> None:
    audited(tmp_path, honest())
    (path,) = record_files(tmp_path)
    content = json.loads(path.read_text())
    content["measurement"]["epochs"][0]["train_seconds"] = 0.5
    path.write_text(json.dumps(content))
    (fault,) = audited(tmp_path).faults
    assert (fault.path, fault.check) == (path, "file")
    assert "was changed after it was saved" in fault.what


def test_better_predictions_with_forged_digests_still_need_their_accuracy(tmp_path: Path) -> None:
    one = honest(epochs=1)
    forged = Honest(one.record, {1: {"test": dataset_arrays().test_labels}})
    assert failed_checks(audited(tmp_path, forged)) == {"predictions", "accuracy"}


def test_missing_or_damaged_predictions_are_found(tmp_path: Path) -> None:
    audited(tmp_path, honest())
    (path,) = record_files(tmp_path)
    path.with_suffix(".npz").write_bytes(b"PK\x03\x04")
    assert failed_checks(audited(tmp_path)) == {"predictions"}
    path.with_suffix(".npz").unlink()
    assert failed_checks(audited(tmp_path)) == {"predictions"}


def test_a_record_of_another_number_of_test_images_is_found(tmp_path: Path) -> None:
    one = honest(epochs=1)
    short = np.zeros(3, np.uint8)
    assert "accuracy" in failed_checks(audited(tmp_path, Honest(one.record, {1: {"test": short}})))


def test_a_record_in_another_environments_folder_is_found(tmp_path: Path) -> None:
    audited(tmp_path, honest())
    (path,) = record_files(tmp_path)
    path.parent.rename(path.parent.with_name("a-faster-machine"))
    assert failed_checks(audited(tmp_path)) == {"environment"}


def test_a_record_copied_to_another_seed_is_found(tmp_path: Path) -> None:
    copied = Honest(honest(0).record.model_copy(update={"seed": 1}), honest(0).predictions)
    assert failed_checks(audited(tmp_path, honest(0), copied)) == {"copies", "orders"}


def test_without_labels_the_accuracy_is_said_to_be_unchecked(tmp_path: Path) -> None:
    audited(tmp_path, honest().last_epoch_changed(test_accuracy=0.9999))
    found = audit_files(Store(tmp_path).by_path(), all_datasets(), {})
    assert found.faults == ()
    assert found.unchecked == ("mnist",)


def test_only_what_is_asked_for_is_checked(tmp_path: Path) -> None:
    audited(tmp_path, honest(0), honest(1))
    path = record_files(tmp_path)[0]
    environment, fingerprint = path.parent.name, honest(0).record.fingerprint
    path.write_text("damaged")
    assert Wanted().takes(path)
    assert Wanted(seeds=frozenset({0})).takes(path.with_name(f"{path.stem}.shift-epoch2.json"))

    def checked(wanted: Wanted) -> tuple[int, int]:
        try:
            found = audit(Workspace(results=tmp_path), wanted, fetch=lambda *_: dataset_arrays())
        except NothingRecorded:
            return 0, 0
        return found.records, len(found.faults)

    assert checked(Wanted()) == (2, 1)
    assert checked(Wanted(seeds=frozenset({1}))) == (1, 0)
    assert checked(Wanted(seeds=frozenset({7}))) == (0, 0)
    assert checked(Wanted(fingerprints=frozenset({fingerprint}), environment=environment[:3])) == (2, 1)
    assert checked(Wanted(fingerprints=frozenset({"0" * 16}))) == (0, 0)
    assert checked(Wanted(environment="elsewhere")) == (0, 0)
