from __future__ import annotations

import json
from pathlib import Path

import fake_digits
import own_files
import pytest
from typer.testing import CliRunner, Result

from harness.cli.data import app
from harness.data import dataset_files
from harness.data.cache import CachedCopy
from harness.data.sources.web import WebFile
from harness.errors import BenchError, DataRefused, DataUnavailable


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and a world with one data set, the small one, at an address that is nowhere."""
    fake_digits.declare(tmp_path / "specs", fake_digits.declared(WebFile(address="http://127.0.0.1:9/toy.npz")))
    monkeypatch.setattr(dataset_files, "shipped_folder", lambda: tmp_path / "nothing")
    monkeypatch.setenv("BENCH_ARCHITECTURES", str(tmp_path / "specs"))
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def kept(cache: Path) -> Path:
    """The file that keeps the small data set; its name tells it from others of that name."""
    return CachedCopy(fake_digits.declared(), cache).path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def run_well(*arguments: str) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result


def published(folder: Path) -> list[str]:
    return [str(path) for path in fake_digits.write_idx_files(folder)]


def test_a_fetch_prints_the_path_on_stdout_and_the_rest_on_stderr(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_digits.server(fake_digits.send(fake_digits.npz_file())) as address:
        monkeypatch.setenv("BENCH_TOY_ADDRESS", address)
        result = run_well("fetch", "toy")
    assert result.stdout == f"{kept(cache)}\n"
    assert result.stderr == f"Fetching Digits from {address}.\n"
    assert run_well("fetch", "toy").stderr == ""


def test_a_fetch_that_fails_is_an_error_with_exit_code_1(cache: Path) -> None:
    result = run("fetch", "toy")
    assert isinstance(result.exception, DataUnavailable)
    assert result.exception.exit_code == 1
    assert "http://127.0.0.1:9/toy.npz: can't be reached" in str(result.exception)
    assert str(cache) in str(result.exception)


def test_files_are_imported_by_their_paths(cache: Path, tmp_path: Path) -> None:
    assert run_well("import", *published(tmp_path), "--dataset", "toy").stdout == f"{kept(cache)}\n"


def test_files_that_are_something_else_are_refused(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "no").write_bytes(b"no")
    result = run("import", str(tmp_path / "no"), "--dataset", "toy")
    assert isinstance(result.exception, DataRefused)
    assert result.exception.exit_code == 2
    assert not (kept(cache)).exists()


def test_status_says_what_is_missing_and_exits_with_1(cache: Path) -> None:
    result = run("status")
    assert result.exit_code == 1
    assert result.stdout == (f"Digits: the file does not exist; 'bench data fetch toy' downloads it to {kept(cache)}\n")


def test_status_says_where_a_verified_copy_is_and_where_it_came_from(cache: Path, tmp_path: Path) -> None:
    run_well("import", *published(tmp_path), "--dataset", "toy")
    start = f"Digits: verified, {kept(cache)}, from imported files: train-images"
    assert run_well("status").stdout.startswith(start)


def test_status_as_json_is_one_document_and_nothing_else(cache: Path, tmp_path: Path) -> None:
    missing = json.loads(run("status", "--json").stdout)
    assert missing == [
        {
            "name": "toy",
            "path": str(kept(cache)),
            "verified": False,
            "source": None,
            "problem": "the file does not exist",
            "sha256": fake_digits.declared().sha256,
        }
    ]
    run_well("import", *published(tmp_path), "--dataset", "toy")
    (verified,) = json.loads(run_well("status", "--json").stdout)
    assert verified["verified"] is True
    assert verified["problem"] is None


def test_path_is_one_line_for_other_programs(cache: Path) -> None:
    assert run_well("path", "toy").stdout == f"{kept(cache)}\n"


@pytest.mark.usefixtures("cache")
def test_an_unknown_name_is_reported_with_the_nearest_one() -> None:
    result = run("fetch", "toys")
    assert isinstance(result.exception, BenchError)
    assert "did you mean 'toy'?" in str(result.exception)


def test_adding_prints_the_file_on_stdout_and_the_rest_on_stderr(cache: Path, tmp_path: Path) -> None:
    result = run_well("add", str(own_files.photos(tmp_path / "photos")), "--size", "8x6", "--grayscale")
    assert result.stdout == f"{tmp_path / 'specs' / 'datasets' / 'photos.yaml'}\n"
    assert result.stderr.splitlines() == [
        "10 examples to train on and 2 to test on, of 8×6×1, in 2 classes: cat, dog",
        "no example to test on is also to train on",
        f"preprocessing: divide; {tmp_path / 'specs' / 'datasets' / 'photos.yaml'} says how, and can be edited",
        "next: 'bench run --all --dataset photos --smoke' tries every architecture that fits",
        "or: 'bench new my_network --dataset photos' starts one of your own",
    ]
    assert list(cache.glob("photos-*.npz"))


def test_the_options_of_a_table_and_of_the_split_are_taken(cache: Path, tmp_path: Path) -> None:
    rows = "".join(f"{row % 2},{row},0,1,2\n" for row in range(20))
    table = own_files.table(tmp_path / "given.csv", "digit,a,b,c,d\n" + rows)
    options = ["--label", "digit", "--shape", "2x2", "--test", "0.5", "--split-seed", "7", "--name", "pixels"]
    run_well("add", str(table), *options)
    (pixels,) = (row for row in json.loads(run_well("list", "--json").stdout) if row["name"] == "pixels")
    assert (pixels["inputs"], pixels["classes"], pixels["train_examples"]) == ([2, 2, 1], ["0", "1"], 10)
    assert "split: {test: 0.5, seed: 7}" in (tmp_path / "specs" / "datasets" / "pixels.yaml").read_text()
    assert cache.exists()


def test_what_can_not_be_added_exits_with_2(cache: Path, tmp_path: Path) -> None:
    result = run("add", str(own_files.npz(tmp_path / "leaves.npz", y_train=None)))
    assert isinstance(result.exception, DataRefused)
    assert result.exception.exit_code == 2
    assert not cache.exists()


@pytest.mark.usefixtures("cache")
def test_the_list_has_a_line_for_each_data_set() -> None:
    lines = run_well("list").stdout.splitlines()
    assert lines[0].split() == ["Name", "Title", "Inputs", "Classes", "Train", "Test", "Cached"]
    assert [line.split() for line in lines[1:]] == [["toy", "Digits", "5×4×1", "10", "12", "6", "no"]]
