"""Whatever stands among the records, of anybody's making: it is used as it is, or named with its reason."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_trials import dense_trial, fake_record
from hostile_files import IMPOSSIBLE, PREDICTIONS, RECORDS, TIMES, rewritten
from mutations import mutated

from harness.evaluations.metric import TEST
from harness.records.content import UnusableRecord
from harness.records.later import LaterEvaluation
from harness.records.store import Store, record_text
from harness.records.times import read_times

ANSWER_SECONDS = 20
ATTEMPTS = int(os.environ.get("BENCH_FUZZ", "300"))


@pytest.fixture(autouse=True)
def _answers() -> Iterator[None]:
    """Let no attempt wait for ever."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(ANSWER_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@contextmanager
def memory_kept(most_bytes: int = 2**29) -> Iterator[None]:
    """Fail at a file that makes its reader take memory."""
    import resource  # noqa: PLC0415 - not on every system

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < most_bytes


def saved(folder: Path, seed: int = 0) -> tuple[Store, Path]:
    store = Store(folder)
    store.save(*fake_record(dense_trial(seed=seed)))
    return store, next(store.folder.glob(f"*/*-seed{seed}.json"))


@pytest.mark.parametrize("damage", RECORDS)
def test_what_is_no_record_is_named_and_the_others_are_read(tmp_path: Path, damage: str) -> None:
    store, path = saved(tmp_path)
    hostile = path.with_name(path.name.replace("seed0", "seed1"))
    RECORDS[damage](hostile)
    with memory_kept():
        loaded = store.load()
        assert store.read(path.parent.name, hostile.stem) is None
    assert [record.seed for record in loaded.records] == [0]
    assert [unreadable.path for unreadable in loaded.unreadable] == [hostile]
    assert loaded.unreadable[0].reason
    assert "\n" not in loaded.unreadable[0].reason
    set_aside = store.set_aside(loaded.unreadable[0])
    assert os.path.lexists(set_aside)
    assert not os.path.lexists(hostile)


@pytest.mark.parametrize("damage", RECORDS)
def test_what_is_no_later_evaluation_is_named_and_its_record_is_read(tmp_path: Path, damage: str) -> None:
    store, path = saved(tmp_path)
    hostile = path.with_name(f"{path.stem}.shift-epoch2.json")
    RECORDS[damage](hostile)
    loaded = store.load()
    assert [record.seed for record in loaded.records] == [0]
    assert [unreadable.path for unreadable in loaded.unreadable] == [hostile]
    assert store.read(path.parent.name, path.stem) == loaded.records[0]


@pytest.mark.parametrize("damage", PREDICTIONS)
def test_what_are_no_predictions_are_named_once_and_their_record_is_read(tmp_path: Path, damage: str) -> None:
    _, path = saved(tmp_path)
    (npz := path.with_suffix(".npz")).unlink()
    PREDICTIONS[damage](npz)
    named: list[tuple[Path, str]] = []
    store = Store(tmp_path, lambda path, reason: named.append((path, reason)))
    (record,) = store.load().records
    with memory_kept():
        assert store.predictions(record) == {}
        assert [store.predicted(record, epoch, TEST) for epoch in (1, 2, 1)] == [None, None, None]
    assert {path for path, _ in named} == {npz}
    assert len(named) == len(set(named))
    assert all(reason and "\n" not in reason for _, reason in named)


@pytest.mark.parametrize("damage", TIMES)
def test_what_are_no_times_are_refused_with_the_reason(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "times.json"
    TIMES[damage](path)
    with memory_kept(), pytest.raises(UnusableRecord, match=r"."):
        read_times(path)


@pytest.mark.parametrize("change", IMPOSSIBLE)
def test_numbers_that_no_trial_gives_are_refused_whatever_the_digest(tmp_path: Path, change: str) -> None:
    store, path = saved(tmp_path)
    rewritten(path, IMPOSSIBLE[change])
    loaded = store.load()
    assert not loaded.records
    assert [unreadable.path for unreadable in loaded.unreadable] == [path]
    assert "\n" not in loaded.unreadable[0].reason


def attempts(seed: str) -> Iterator[random.Random]:
    """Yield a source of chance for each attempt, and let it begin to wait; the same ones in every run."""
    for number in range(ATTEMPTS):
        signal.alarm(ANSWER_SECONDS)
        yield random.Random(f"{seed} {number}")  # noqa: S311 - no secret


def in_json(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a copy; None where the value holds itself."""
    try:
        return json.loads(json.dumps(value))
    except ValueError:
        return None


def test_a_mutated_record_is_read_or_named(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    text = path.read_text()
    named = 0
    for draw in attempts("record"):
        content = in_json(mutated(json.loads(text), draw))
        path.write_text(text)
        if content is None:
            continue
        rewritten(path, lambda known, content=content: (known.clear(), known.update(content)))  # type: ignore[misc]
        loaded = store.load()
        assert len(loaded.records) + len(loaded.unreadable) == 1
        for record in loaded.records:
            assert json.loads(record_text(record))["fingerprint"] == record.fingerprint
        named += len(loaded.unreadable)
    assert named > ATTEMPTS / 2


def test_a_mutated_later_evaluation_is_read_or_named(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    record = store.load().records[0]
    assert record.measurement is not None
    last = record.measurement.epochs[-1]
    later = LaterEvaluation(
        fingerprint=record.fingerprint,
        seed=0,
        epoch=last.epoch,
        evaluation="shift",
        weights_sha256=last.weights_sha256,
        environment=record.environment,
        finished=record.finished,
        measured=last.evaluations["test"],
    )
    store.save_later(later, None)
    file = path.with_name(f"{later.stem}.json")
    for draw in attempts("later"):
        content = in_json(mutated(json.loads(later.text), draw))
        file.write_text(later.text)
        if content is not None:
            rewritten(file, lambda known, content=content: (known.clear(), known.update(content)))  # type: ignore[misc]
            loaded = store.load()
            assert len(loaded.records) == 1
            assert ("shift" in loaded.records[0].evaluated) != bool(loaded.unreadable)


def flipped(content: bytes, draw: random.Random) -> bytes:
    """Return the bytes with some of them changed, removed or added."""
    found = bytearray(content)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(max(1, len(found)))
        length = draw.choice([1, 1, 2, 4, 40])
        found[at : at + draw.choice([0, length, length])] = draw.randbytes(draw.choice([0, length, length]))
    return bytes(found)


def test_flipped_bytes_are_read_or_named(tmp_path: Path) -> None:
    store, path = saved(tmp_path)
    (record,) = store.load().records
    whole: dict[Path, bytes] = {file: file.read_bytes() for file in (path, path.with_suffix(".npz"))}
    readers: dict[Path, Callable[[], object]] = {
        path: store.load,
        path.with_suffix(".npz"): lambda: store.predictions(record),
    }
    for draw in attempts("bytes"):
        file = draw.choice(list(whole))
        file.write_bytes(flipped(whole[file], draw))
        readers[file]()
        file.write_bytes(whole[file])


def test_mutated_times_are_read_or_refused(tmp_path: Path) -> None:
    [committed] = (Path(__file__).parents[2] / "results" / "times").glob("*.json")
    document = json.loads(committed.read_text())
    document["benchmarks"] = document["benchmarks"][::20]
    text, path = json.dumps(document), tmp_path / "times.json"
    for draw in attempts("times"):
        content = in_json(mutated(json.loads(text), draw))
        path.write_text(json.dumps(content))
        try:
            found = read_times(path)
        except UnusableRecord:
            continue
        assert all(timed.seconds > 0 for works in found.networks.values() for timed in works.values())
