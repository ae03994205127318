"""The command `bench`: Ctrl-C ends it without a word while Python imports the rest; it holds nothing else.

It stands outside the package, whose own imports would come before its first line. Before that line Python itself is
starting, and answers Ctrl-C as it does.
"""

from __future__ import annotations

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as in the background
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from harness.cli import main as run_command  # noqa: PLC0415 - the reason for this module

    run_command()


if __name__ == "__main__":
    main()
