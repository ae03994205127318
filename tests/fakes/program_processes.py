"""Programs of tests in processes of their own: each a fresh interpreter, or spared importing TensorFlow."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Sequence
from multiprocessing import util
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from harness.execute.engine import EngineOptions
from harness.execute.engines.local import Starter
from harness.execute.process_start import main_hidden, process_context, variables_set
from harness.records.environment import current_commit

Program = Callable[..., None]


def start_fresh(program: Program, *arguments: object) -> BaseProcess:
    """Start the program in an interpreter of its own, as a shell does."""
    return _started(multiprocessing.get_context("spawn"), program, arguments)


def start_forked(program: Program, *arguments: object) -> BaseProcess:
    """Start the program as a fork of the server that this process's trials are forked from.

    It has imported TensorFlow, which takes seconds of a processor, and so has the server that the program starts for
    its own trials: a process as any other of its kind, but a fork instead of a new interpreter.
    """
    context = process_context()
    with tempfile.TemporaryDirectory() as folder:
        starter = Starter(EngineOptions(jobs=1), context, Path(folder), current_commit())
        with variables_set(starter._variables("tensorflow")):
            return _started(context, _run_forking, (program, *arguments))


def _started(context: BaseContext, program: Program, arguments: Sequence[object]) -> BaseProcess:
    process: BaseProcess = context.Process(target=program, args=arguments)  # type: ignore[attr-defined]
    with main_hidden():
        process.start()
    return process


def _run_forking(program: Program, *arguments: object) -> None:
    util.spawnv_passfds = _fork_passfds
    program(*arguments)


def _fork_passfds(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
    """Run an interpreter's ``-c`` in a fork that has the same open files as the interpreter would have."""
    del path
    if process := os.fork():
        return process
    kept = sorted({0, 1, 2, *passfds})
    for above, below in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(above + 1, below)
    try:
        exec(args[-1], {})  # noqa: S102 - what multiprocessing has written
    finally:
        os._exit(0)
