"""The store: what is saved is read back as it was, and what can't be trusted is named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fake_trials import dense_trial, fake_record

from harness.errors import CannotWrite, UnusableFolder
from harness.evaluations.metric import TEST
from harness.records import content
from harness.records.content import FORMAT, UnusableRecord, content_digest, content_of, read_content, record_files
from harness.records.store import Store


def saved(tmp_path: Path, seed: int = 0) -> tuple[Store, Path]:
    store = Store(tmp_path)
    record, predictions = fake_record(dense_trial(seed=seed))
    store.save(record, predictions)
    return store, next(store.folder.glob(f"*/*-seed{seed}.json"))


def test_a_record_is_read_back_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record, predictions = fake_record(dense_trial())
    store.save(record, predictions)
    loaded = store.load()
    assert loaded.records == (record,)
    assert not loaded.unreadable
    read = store.predictions(loaded.records[0])
    assert read.keys() == predictions.keys()
    assert all(np.array_equal(read[epoch]["test"], predictions[epoch]["test"]) for epoch in predictions)


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        Store(tmp_path / folder).save(*fake_record(dense_trial()))
    one, other = (sorted((tmp_path / folder).rglob("*.*")) for folder in ("one", "other"))
    assert [path.read_bytes() for path in one if path.is_file()] == [
        path.read_bytes() for path in other if path.is_file()
    ]


def edited(text: str) -> str:
    content = json.loads(text)
    content["measurement"]["epochs"][-1]["evaluations"]["test"]["metrics"]["accuracy"] = 0.999
    return json.dumps(content)


def newer(text: str) -> str:
    return json.dumps({**json.loads(text), "format": FORMAT + 1})


DAMAGE = {
    "edited": (edited, "was changed after it was saved"),
    "truncated": (lambda text: text[: len(text) // 2], "not a whole JSON document"),
    "empty": (lambda _: "", "not a whole JSON document"),
    "newer": (newer, "newer than this harness's"),
    "no record": (lambda _: "[]", "is not a record"),
    "another's name": (lambda text: text, "does not belong"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_named_and_never_used(tmp_path: Path, damage: str) -> None:
    store, path = saved(tmp_path)
    change, reason = DAMAGE[damage]
    path.write_text(change(path.read_text()))
    if damage == "another's name":
        path = path.rename(path.with_name("0123456789abcdef-seed0.json"))
    loaded = store.load()
    assert not loaded.records
    assert loaded.unreadable[0].path == path
    assert reason in loaded.unreadable[0].reason


IMPOSSIBLE = {
    "evaluations": lambda epoch: epoch["evaluations"]["test"]["metrics"].update(accuracy=1.5),
    "train_metrics": lambda epoch: epoch["train_metrics"].update(accuracy=-0.1),
    "loss": lambda epoch: epoch["evaluations"]["test"]["metrics"].update(loss=float("nan")),
    "train_seconds": lambda epoch: epoch.update(train_seconds=-1.0),
    "cpu_seconds": lambda epoch: epoch["evaluations"]["test"].update(cpu_seconds=-1.0),
}


@pytest.mark.parametrize("place", IMPOSSIBLE)
def test_a_number_that_no_trial_can_give_is_refused_whatever_the_digest(tmp_path: Path, place: str) -> None:
    store, path = saved(tmp_path)
    content = json.loads(path.read_text())
    content.pop("sha256")
    IMPOSSIBLE[place](content["measurement"]["epochs"][-1])
    path.write_text(json.dumps({**content, "sha256": content_digest(content)}))
    loaded = store.load()
    assert not loaded.records
    assert place in loaded.unreadable[0].reason


ODD_VALUES = (1e-07, 1e22, -0.0, 2**70, 5e-324, "größer", "\u2028 \U0001f600", {"é": [None, True, 1e16]})


@pytest.mark.parametrize("place", ["measurement", "computation"])
@pytest.mark.parametrize("value", ODD_VALUES, ids=repr)
def test_a_digest_holds_whatever_numbers_and_letters_it_is_of(place: str, value: object) -> None:
    said = {"format": FORMAT, place: {"value": value, "first": 0.25}, "seed": 3}
    whole = {**said, "sha256": content_digest(said)}
    assert content_of(json.dumps(whole).encode()) == said
    for changed in ({**whole, "seed": 4}, {**whole, place: {"value": value, "first": 0.5}}):
        with pytest.raises(UnusableRecord, match="was changed after it was saved"):
            content_of(json.dumps(changed).encode())


def test_digests_of_recorded_trials_are_found_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "content_digest", None)
    results = Path(__file__).parents[2] / "results" / "records"
    files = [file.path for file in record_files(results) if file.seed == 0]
    assert len(files) > 20
    assert all(read_content(path)["seed"] == 0 for path in files)


def test_what_is_set_aside_keeps_its_bytes_and_frees_its_place(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    targets = []
    for text in ("first", "second"):
        path.write_text(text)
        targets.append(store.set_aside(store.load().unreadable[0]))
    assert [target.read_text() for target in targets] == ["first", "second"]
    assert not path.exists()


def test_a_file_that_another_run_has_set_aside_already_is_no_error(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    path.write_text("damaged")
    (unreadable,) = store.load().unreadable
    store.set_aside(unreadable)
    store.set_aside(unreadable)
    assert [found.name for found in (tmp_path / "set-aside").rglob("*.json")] == [path.name]


def test_a_folder_that_takes_nothing_aside_is_one_sentence(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    path.write_text("damaged")
    (tmp_path / "set-aside").write_text("a file")
    with pytest.raises(CannotWrite, match="can't be written"):
        store.set_aside(store.load().unreadable[0])


def test_predictions_whose_digest_does_not_hold_are_not_handed_out(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    record = store.load().records[0]
    np.savez(path.with_suffix(".npz"), epoch_1=np.zeros(10, np.uint8))
    assert store.predictions(record) == {}
    assert store.predicted(record, 1, TEST) is None


def test_predictions_of_one_epoch_or_evaluation_are_those_of_it(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    record = store.load().records[0]
    everything = store.predictions(record)
    for epoch, classes in everything.items():
        found = store.predictions(record, epoch)
        assert found.keys() == {epoch}
        assert {name: array.tolist() for name, array in found[epoch].items()} == {
            name: array.tolist() for name, array in classes.items()
        }
        for name, array in classes.items():
            predicted = store.predicted(record, epoch, name)
            assert predicted is not None
            assert predicted.tolist() == array.tolist()
    assert store.predictions(record, len(everything) + 1) == {}
    assert store.predicted(record, len(everything) + 1, TEST) is None
    assert store.predicted(record, 1, "unheard_of") is None
    path.with_suffix(".npz").unlink()
    assert store.predictions(record, 1) == {}
    assert store.predicted(record, 1, TEST) is None


@pytest.mark.parametrize("kept", [0, 4, 0.5, 0.9])
def test_damaged_predictions_are_not_handed_out(tmp_path: Path, kept: float) -> None:
    store, path = saved(tmp_path)
    record = store.load().records[0]
    whole = path.with_suffix(".npz").read_bytes()
    path.with_suffix(".npz").write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])
    assert store.predictions(record) == {}
    assert store.predicted(record, 1, TEST) is None


def test_the_folder_is_probed_without_a_trace(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "results", tmp_path / "deeper" / "results"):
        Store(folder).check_writable()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_made_is_refused_before_training(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableFolder):
        Store(tmp_path / "file" / "results").check_writable()
    assert (tmp_path / "file").read_bytes() == b""
