"""Odd machines: no home folder, a working folder that is gone, a TMPDIR too long for sockets, ending signals."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from multiprocessing import util
from pathlib import Path

import pytest

from harness.declaration.files import cache_folder
from harness.errors import NoCacheFolder
from harness.execute import process_start
from harness.execute.process_start import keep_sockets_short
from harness.execute.trial_process import last_lines

# As in a container whose user has no entry: neither a variable nor the system names a home folder.
HOMELESS = "import os, pwd; os.environ.pop('HOME', None); pwd.getpwuid = lambda _: {}[_]; "
MAIN = "from harness.cli import main; main()"


def bench(program: str, *words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, cwd=cwd, env={**kept, **variables}
    )


@pytest.mark.parametrize("words", [("list",), ("show", "dense_512"), ("validate",)])
def test_what_needs_no_data_needs_no_home_folder(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = bench(HOMELESS + MAIN, *words, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_needs_data_says_where_it_can_be_kept(tmp_path: Path) -> None:
    done = bench(HOMELESS + MAIN, "data", "status", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: the user's cache: there is no such home folder; set BENCH_CACHE to a folder for data\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_another_users_folder_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", "~nosuchuser/x")
    with pytest.raises(NoCacheFolder, match="~nosuchuser/x: there is no such home folder; set BENCH_CACHE"):
        cache_folder()
    monkeypatch.setenv("BENCH_CACHE", "~/x")
    assert cache_folder() == Path.home() / "x"


def test_the_log_of_a_failed_trial_needs_no_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_text("/home/me/file: no room\n")
    for home, line in (("/home/me", "~/file: no room"), ("/", "/home/me/file: no room")):
        monkeypatch.setenv("HOME", home)
        assert last_lines(tmp_path / "log") == (line,)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", lambda _: {}[_])
    assert last_lines(tmp_path / "log") == ("/home/me/file: no room",)


def test_a_working_folder_that_was_deleted_is_one_sentence(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = f"import os; os.rmdir({str(gone)!r}); {MAIN}"
    done = bench(program, "list", cwd=gone, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    assert (done.returncode, done.stderr) == (2, "error: the working folder was deleted; change to another folder\n")


def test_sockets_have_room_whatever_tmpdir_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "as before")
    config = multiprocessing.process.current_process()._config  # type: ignore[attr-defined]
    monkeypatch.setattr(process_start, "MOST_FOLDER_BYTES", len(os.fsencode(tmp_path)))
    (other := tmp_path / "other").mkdir()
    for usual, place in ((tmp_path, tmp_path), (tmp_path / ("x" * 120), other)):
        monkeypatch.delitem(config, "tempdir", raising=False)
        keep_sockets_short(usual, [str(other)])
        assert Path(util.get_temp_dir()).parent == place
    assert tempfile.tempdir == "as before"


WAITING = """
import tempfile, sys, time
from harness.cli import streams
with streams.guarded(), tempfile.TemporaryDirectory(dir=".") as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_program_leaves_no_temporary_folder(tmp_path: Path, number: signal.Signals) -> None:
    # Tests that run under nohup, say, hand down that the signal is ignored.
    program = f"import signal; signal.signal({number:d}, signal.SIG_DFL)\n{WAITING}"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=tmp_path, text=True) as process:
        assert process.stdout is not None
        folder = tmp_path / process.stdout.readline().strip()
        assert folder.is_dir()
        process.send_signal(number)
        assert process.wait(timeout=30) == 128 + number
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    program = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + WAITING.replace("60", "1")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=30) == 0
