"""The command line: the only place that prints or exits; it computes nothing itself.

A verb is one module with one function of the verb's name. Heavy libraries are imported inside those functions,
so that ``bench list`` answers at once.
"""

from __future__ import annotations

import atexit
import gc
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback, while its modules are still imported too."""
    # A command is over before collecting pays, which would walk thousands of records without cycles again and again:
    # a walk over 100,000 objects took 0.04 s of a plan's 0.9.
    gc.set_threshold(500_000, 50, 100)
    # Nor does looking for cycles among all that is left in the end, which takes a fifth of a list's time.
    atexit.register(gc.freeze)
    try:
        from harness.cli.program import run_program

        run_program()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
