"""Sources that are on this machine already, and several files at one address."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import fake_digits
import numpy as np
import pytest
from pydantic import ValidationError

from harness.data.fetching import fetch
from harness.data.sources.local import LocalPath, PythonPackage
from harness.data.sources.source import Source, SourceFailed
from harness.data.sources.web import WebFile
from harness.errors import DataUnavailable

LIMIT_BYTES = 1_000_000


def delivered(source: Source, folder: Path, limit_bytes: int = LIMIT_BYTES) -> Path:
    return source.fetch(folder, limit_bytes, lambda _done, _total: None)


def test_a_folder_that_a_package_brings_is_read_where_it_is(tmp_path: Path) -> None:
    fake_digits.write_idx_files(tmp_path, zipped=True)
    source = LocalPath(path=str(tmp_path), comes_with="Debian's package dataset-toy")
    arrays = fetch(fake_digits.declared(source), cache=tmp_path / "cache")
    assert np.array_equal(arrays.train_images, fake_digits.arrays()["train_images"])
    assert len(list(tmp_path.glob("*.gz"))) == 4


def test_a_path_that_is_not_there_is_named_with_what_would_bring_it(tmp_path: Path) -> None:
    source = LocalPath(path=str(tmp_path / "gone"), comes_with="Debian's package dataset-toy")
    with pytest.raises(DataUnavailable, match=r"gone \(Debian's package dataset-toy\): not there \(No such file"):
        fetch(fake_digits.declared(source), cache=tmp_path / "cache")


@pytest.mark.parametrize("path", ["data", "../data", ""])
def test_a_path_that_means_another_file_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="write the whole path"):
        LocalPath(path=path)


def test_a_file_of_an_installed_package_is_found_without_importing_it(tmp_path: Path) -> None:
    source = PythonPackage(package="numpy", file="numpy/version.py")
    assert version("numpy") in delivered(source, tmp_path).read_text()


def test_a_package_that_is_not_installed_is_reported_with_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="'pip install no-such-package' installs it"):
        delivered(PythonPackage(package="no-such-package", file="data.csv"), tmp_path)


def test_a_version_without_the_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match=r"the installed version has no numpy/digits\.csv"):
        delivered(PythonPackage(package="numpy", file="numpy/digits.csv"), tmp_path)


def test_files_of_one_address_are_downloaded_together(tmp_path: Path) -> None:
    files = fake_digits.write_idx_files(tmp_path, zipped=True)
    contents = {f"/data/{file.name}": file.read_bytes() for file in files}
    with fake_digits.server(lambda request: fake_digits.send(contents[request.path])(request)) as address:
        source = WebFile(address=address.replace("toy.npz", "data/"), files=tuple(file.name for file in files))
        arrays = fetch(fake_digits.declared(source), cache=tmp_path / "cache")
    assert np.array_equal(arrays.test_images, fake_digits.arrays()["test_images"])


def test_the_limit_is_for_all_files_of_an_address_together(tmp_path: Path) -> None:
    with fake_digits.server(fake_digits.send(bytes(600))) as address:
        source = WebFile(address=address, files=("a", "b"))
        with pytest.raises(SourceFailed, match="more than 400 bytes"):
            delivered(source, tmp_path, limit_bytes=1_000)


@pytest.mark.parametrize("name", ["../passwd", "a/b", ".hidden", ""])
def test_a_name_that_leaves_the_folder_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="without a folder"):
        WebFile(address="https://example.org/", files=(name,))
