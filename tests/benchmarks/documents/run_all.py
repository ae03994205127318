"""Runs the documents' scripts one after another as fresh processes and prints seconds; trains nothing itself.

Start-up is included and threads are TensorFlow's defaults, as whoever runs the documents has them. The data is
fetched before the clock starts.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from harness.data.declarations import find_dataset
from harness.data.fetching import fetch

FOLDER = Path(__file__).resolve().parent


def run(script: Path) -> tuple[float, str]:
    """Return the script's wall seconds and its last line: the test accuracy."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - started, done.stdout.splitlines()[-1]


def main() -> None:
    """Run every document's script and print one line each, and the sum."""
    fetch(find_dataset("mnist"))
    total_seconds = 0.0
    for script in sorted(FOLDER.glob("document_*.py")):
        seconds, test_accuracy = run(script)
        total_seconds += seconds
        print(f"{script.stem}  {seconds:6.1f} s  test accuracy {test_accuracy}", flush=True)
    print(f"in all        {total_seconds:6.1f} s")


if __name__ == "__main__":
    main()
