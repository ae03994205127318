"""Processes start with their variables and without the program of the user that starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.execute.process_start import main_hidden, variables_set

# A script as people write it who know nothing of multiprocessing: without ``if __name__ == "__main__"``.
SCRIPT = """\
import multiprocessing
import time
from harness.execute.process_start import main_hidden

print("top level", flush=True)
process = multiprocessing.get_context("{method}").Process(target=time.sleep, args=(0,))
with main_hidden():
    process.start()
process.join()
print(process.exitcode)
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"] if sys.platform == "linux" else ["spawn"])
def test_a_script_that_starts_processes_is_run_once(tmp_path: Path, method: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(method=method))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.split("\n"), done.stderr) == (["top level", "0", ""], "")


def test_the_program_is_itself_again_after_the_block() -> None:
    main = sys.modules["__main__"]
    with main_hidden():
        hidden = sys.modules["__main__"]
    assert not hasattr(hidden, "__file__")
    assert sys.modules["__main__"] is main


def test_variables_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_TEST_SET", "before")
    with variables_set({"BENCH_TEST_SET": "within", "BENCH_TEST_UNSET": "within"}):
        assert os.environ["BENCH_TEST_SET"] == os.environ["BENCH_TEST_UNSET"] == "within"
    assert os.environ["BENCH_TEST_SET"] == "before"
    assert "BENCH_TEST_UNSET" not in os.environ
