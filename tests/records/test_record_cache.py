"""What is known of record files is what they hold now, whatever they held before."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_trials import dense_trial, fake_record

from harness.records import record_cache
from harness.records.record_cache import KnownRecords, Reach
from harness.records.store import Store

EPOCHS = 5


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    store = Store(tmp_path / "results")
    store.save(*fake_record(dense_trial(epochs=EPOCHS)))
    return next(store.folder.glob("*/*.json"))


def reach(file: Path) -> Reach:
    known = KnownRecords(file.parents[1])
    found = known.reach(file)
    known.keep()
    return found


def found(file: Path, *names: str, about: str = "here") -> tuple[str, ...]:
    known = KnownRecords(file.parents[1])
    agreeing = known.names([file.parent.name], about, lambda: names)
    known.keep()
    return agreeing


def unasked(raw: bytes) -> Reach:
    raise AssertionError(raw)


def test_what_was_found_once_is_not_parsed_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reach(file) == (EPOCHS, False)
    monkeypatch.setattr(record_cache, "_reach", unasked)
    assert reach(file) == (EPOCHS, False)
    assert reach(file).includes(EPOCHS)
    assert not reach(file).includes(EPOCHS + 1)


def test_an_edited_record_goes_nowhere_though_it_was_known(file: Path) -> None:
    whole = file.read_bytes()
    assert reach(file) == (EPOCHS, False)
    file.write_bytes(whole.replace(b'"epoch": 1,', b'"epoch": 2,'))
    assert reach(file) == (0, False)
    file.write_bytes(whole[: len(whole) // 2])
    assert reach(file) == (0, False)
    file.unlink()
    assert reach(file) == (0, False)
    file.write_bytes(whole)
    assert reach(file) == (EPOCHS, False)


def test_names_are_found_anew_where_a_record_or_what_they_depend_on_changes(file: Path) -> None:
    assert found(file, "a", "b") == ("a", "b")
    assert found(file, "c") == ("a", "b")
    assert found(file, "c", about="there") == ("c",)
    file.write_bytes(file.read_bytes() + b" ")
    assert found(file, "d", about="there") == ("d",)
    file.with_name("more.json").write_text("{}")
    assert found(file, "e", about="there") == ("e",)


@pytest.mark.parametrize("kept", [0.0, 0.5])
def test_a_damaged_cache_is_not_believed(file: Path, cache: Path, kept: float) -> None:
    reach(file)
    (path,) = (cache / "records").iterdir()
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert reach(file) == (EPOCHS, False)


def test_a_cache_that_can_not_be_written_is_done_without(file: Path, cache: Path) -> None:
    cache.write_text("")
    assert reach(file) == reach(file) == (EPOCHS, False)
