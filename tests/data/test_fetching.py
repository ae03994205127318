from __future__ import annotations

import errno
import multiprocessing
import os
from pathlib import Path

import fake_digits
import numpy as np
import pytest
from filelock import FileLock
from pydantic import Field

from harness.data import fetching
from harness.data.cache import CachedCopy, DatasetArrays
from harness.data.declarations import find_dataset
from harness.data.fetching import FetchEvent, FetchNotice, FetchProgress, fetch, import_files, load
from harness.data.sources.npm import NpmPackage
from harness.data.sources.source import OnProgress, Source, SourceFailed
from harness.data.sources.web import WebFile
from harness.errors import CacheBusy, CacheUnwritable, DataMissing, DataRefused, DataUnavailable


class Shelf(Source):
    """A source that has a file at hand, or a reason; counts how often it is asked."""

    label: str
    content: bytes | None
    log: list[str] = Field(default_factory=list)

    @property
    def name(self) -> str:
        return self.label

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        self.log.append(self.name)
        if self.content is None or len(self.content) > limit_bytes:
            raise SourceFailed("the shelf is empty")
        (folder / "file").write_bytes(self.content)
        on_progress(len(self.content), len(self.content))
        return folder / "file"


GOOD = Shelf(label="good shelf", content=fake_digits.npz_file())
EMPTY = Shelf(label="empty shelf", content=None)
CORRUPT = Shelf(label="corrupt shelf", content=fake_digits.npz_file(x_test=np.zeros((6, 5, 4), np.uint8)))


@pytest.fixture(autouse=True)
def _forget() -> None:
    for shelf in (GOOD, EMPTY, CORRUPT):
        shelf.log.clear()


def lock(folder: Path) -> Path:
    return CachedCopy(fake_digits.declared(), folder).path.with_suffix(".lock")


def get(folder: Path, *sources: Source) -> tuple[DatasetArrays, list[FetchEvent]]:
    events: list[FetchEvent] = []
    return fetch(fake_digits.declared(*sources), events.append, folder), events


def notices(events: list[FetchEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, FetchNotice)]


def test_the_first_source_that_has_the_data_gives_it_and_the_others_are_not_asked(tmp_path: Path) -> None:
    other = Shelf(label="other", content=fake_digits.npz_file())
    examples, events = get(tmp_path, EMPTY, GOOD, other)
    assert np.array_equal(examples.train_images, fake_digits.arrays()["train_images"])
    assert (EMPTY.log, GOOD.log, other.log) == (["empty shelf"], ["good shelf"], [])
    assert notices(events) == [
        "Fetching Digits from empty shelf.",
        "empty shelf: the shelf is empty",
        "Fetching Digits from good shelf.",
    ]
    size = len(fake_digits.npz_file())
    assert FetchProgress("good shelf", size, size) in events


def test_what_is_cached_is_not_fetched_again(tmp_path: Path) -> None:
    first, _ = get(tmp_path, GOOD)
    second, events = get(tmp_path, GOOD)
    assert events == []
    assert len(GOOD.log) == 1
    assert np.array_equal(second.train_images, first.train_images)


def test_data_with_other_digests_is_never_kept(tmp_path: Path) -> None:
    _, events = get(tmp_path, CORRUPT, GOOD)
    assert any("corrupt shelf: No file with the published digest of t10k-images" in text for text in notices(events))
    assert CachedCopy(fake_digits.declared(), tmp_path).source() == "good shelf"


def test_a_damaged_cache_is_reported_and_fetched_again(tmp_path: Path) -> None:
    get(tmp_path, GOOD)
    path = CachedCopy(fake_digits.declared(), tmp_path).path
    path.write_bytes(path.read_bytes()[:-200])
    examples, events = get(tmp_path, GOOD)
    assert notices(events)[0].startswith(f"{path}: the file is damaged: ")
    assert notices(events)[0].endswith("; fetching Digits again.")
    assert np.array_equal(examples.test_labels, fake_digits.arrays()["test_labels"])


def test_when_no_source_has_it_all_are_listed_with_reasons_and_the_way_to_import(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable) as caught:
        get(tmp_path, EMPTY, CORRUPT)
    message = str(caught.value)
    assert message.startswith("Digits could not be fetched from any source. Tried:\n")
    assert f"  - {tmp_path}: no verified copy in the cache\n" in message
    assert "  - empty shelf: the shelf is empty\n" in message
    assert "  - corrupt shelf: No file with the published digest" in message
    assert "To import it from files, get train-images-idx3-ubyte, " in message
    assert message.endswith("run 'bench data import FILE... --dataset toy'.")
    assert caught.value.exit_code == 1
    assert {path.name for path in tmp_path.iterdir()} <= {lock(tmp_path).name}


def test_the_real_sources_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whole.tgz").write_bytes(fake_digits.tarball())
    fake_digits.put_npm_on_path(tmp_path / "bin", f"cp {tmp_path}/whole.tgz .", monkeypatch)
    package = NpmPackage(package="toy", version="1.2.3")
    with fake_digits.server(fake_digits.send(fake_digits.npz_file()[:-9], declared=9_999)) as address:
        _, events = get(tmp_path / "cache", WebFile(address=address), package)
    assert "the connection ended after" in notices(events)[1]
    assert CachedCopy(fake_digits.declared(), tmp_path / "cache").source() == "npm package toy@1.2.3"


def test_the_environment_can_name_a_mirror_of_the_web_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_digits.server(fake_digits.send(fake_digits.npz_file())) as address:
        monkeypatch.setenv("BENCH_TOY_ADDRESS", address)
        _, events = get(tmp_path, EMPTY, WebFile(address="http://nowhere.invalid/"))
    assert notices(events)[-1] == f"Fetching Digits from {address}."
    assert CachedCopy(fake_digits.declared(), tmp_path).source() == address


def test_a_full_disk_while_downloading_is_reported_and_no_other_source_is_tried(tmp_path: Path) -> None:
    class Flood(Source):
        @property
        def name(self) -> str:
            return "flood"

        def fetch(self, _folder: Path, _limit_bytes: int, _on_progress: OnProgress) -> Path:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(CacheUnwritable, match=f"{tmp_path}: can't be written .No space left"):
        get(tmp_path, Flood(), GOOD)
    assert GOOD.log == []


def test_a_cache_folder_that_can_not_be_made_is_reported_before_anything_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CacheUnwritable, match="set BENCH_CACHE to another folder"):
        get(tmp_path / "file" / "cache", GOOD)
    assert GOOD.log == []


def test_a_read_only_cache_that_is_whole_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    get(tmp_path, GOOD)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(FileLock, "acquire", refuse)  # permissions don't stop root, who runs tests in containers
    examples, _ = get(tmp_path, EMPTY)
    assert len(examples.train_labels) == 12


def test_a_read_only_cache_that_is_empty_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(FileLock, "acquire", refuse)
    with pytest.raises(CacheUnwritable, match="Permission denied"):
        get(tmp_path, GOOD)


def fetch_slowly(folder: Path, counter: Path) -> None:
    script = f"echo asked >> {counter}; sleep 0.5; cp {counter.parent}/whole.tgz ."
    bin_folder = counter.parent / f"bin{os.getpid()}"
    with pytest.MonkeyPatch.context() as patch:
        fake_digits.put_npm_on_path(bin_folder, script, patch)
        get(folder, NpmPackage(package="toy", version="1.2.3"))


def test_two_processes_at_once_fetch_once(tmp_path: Path) -> None:
    (tmp_path / "whole.tgz").write_bytes(fake_digits.tarball())
    counter, folder = tmp_path / "counter", tmp_path / "cache"
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=fetch_slowly, args=(folder, counter)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert counter.read_text() == "asked\n"


def test_a_process_that_waits_reports_it_and_gives_up_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LOCK_SECONDS", 0.1)
    events: list[FetchEvent] = []
    with (
        FileLock(lock(tmp_path)),
        pytest.raises(CacheBusy, match="another process has been fetching"),
    ):
        fetch(fake_digits.declared(GOOD), events.append, tmp_path)
    assert notices(events) == ["Another process is fetching Digits; waiting for it."]


def test_files_that_are_imported_are_kept_and_remembered(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    paths = fake_digits.write_idx_files(tmp_path / "given", zipped=True)
    import_files(fake_digits.declared(), paths, cache=tmp_path)
    assert len(load(fake_digits.declared(), cache=tmp_path).test_labels) == 6
    assert (CachedCopy(fake_digits.declared(), tmp_path).source() or "").startswith("imported files: train-images")


def test_files_that_are_refused_leave_the_cache_as_it_was(tmp_path: Path) -> None:
    get(tmp_path, GOOD)
    (tmp_path / "bad").write_bytes(b"bad")
    with pytest.raises(DataRefused):
        import_files(fake_digits.declared(), [tmp_path / "bad"], cache=tmp_path)
    assert len(load(fake_digits.declared(), cache=tmp_path).test_labels) == 6


def test_load_never_fetches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataMissing, match="the file does not exist"):
        load(find_dataset("mnist"), cache=tmp_path)
    assert list(tmp_path.iterdir()) == []
