"""A process's own folder goes with it, or with the next process where it was killed."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from harness.execute.process_start import LOCK, made_folder, process_folder, remove_left

PROGRAM = """
import multiprocessing, sys, time
from harness.execute.process_start import process_folder
folder = process_folder()
process = multiprocessing.get_context("fork").Process(target=process_folder)
process.start()
process.join()
print(folder, folder.is_dir(), flush=True)
sys.stdin.read()
"""


def started(parent: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": ":".join(sys.path), "TMPDIR": str(parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def folder_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    folder, there = process.stdout.readline().split()
    assert there == "True", "a fork that ends leaves it"
    return Path(folder)


def test_a_process_removes_its_folder_when_it_ends(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert folder_of(process).parent == tmp_path
        process.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_a_running_one_has_stays(tmp_path: Path) -> None:
    with started(tmp_path) as killed, started(tmp_path) as running:
        left, kept = folder_of(killed), folder_of(running)
        killed.kill()
        killed.wait()
        folder, lock = made_folder(tmp_path)
        assert set(tmp_path.iterdir()) == {kept, folder}
        assert left != kept
        lock.release()
        running.communicate("")


def test_a_folder_that_nobody_locked_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bench-mine").mkdir()
    _, lock = made_folder(tmp_path)
    assert (tmp_path / "bench-mine").is_dir()
    lock.release()


def test_a_process_has_one_folder_which_its_forks_do_not_unlock() -> None:
    folder = process_folder()
    process = multiprocessing.get_context("fork").Process(target=process_folder)
    process.start()
    process.join()
    remove_left(folder)
    assert process_folder() == folder
    assert folder.is_dir()
    assert not FileLock(folder / LOCK).is_locked
