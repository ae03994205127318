"""Trains specs that try the legal values of every kind for a moment, each in a process that is watched.

    PYTHONPATH=tests/fakes python tests/benchmarks/legal_sweep.py --kinds Conv2D,Lion

tries the values of these kinds, or of all, pair by pair; ``--drawn 500`` so many at random, ``--compiled`` as trials
are trained, else operation by operation, which is faster. All pairs of all kinds are some 6,000 cases.

Run by hand; a short version is a test. What it prints: each case that did not end as it should, and counts; on stderr,
after every kind, how far it is.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import psutil
from fake_digits import idx_file
from fake_trials import ENVIRONMENT
from legal_values import Case, declare_tiny, images, read_case, subjects

from harness.data import fetching
from harness.data.declarations import find_dataset
from harness.planning.settings import Settings
from harness.planning.trial import Trial, trial_computation, trial_epochs
from harness.spec.cost import PROCESS_BYTES, cost
from harness.worker import clocks
from harness.worker.evaluating import NotANumber
from harness.worker.messages import Job
from harness.worker.training import run_trial

# Of the processor, for a step on six images, beside what its size takes; and of the clock, where others work too.
MOST_CPU_SECONDS = 20.0
MOST_SECONDS = 900.0
BYTES_PER_SECOND, MACS_PER_SECOND = 2e7, 2e7
# Beside twice what the spec is said to need.
MOST_BYTES_BESIDE = 1 << 30
CASES_PER_PROCESS = 60


@dataclass(frozen=True)
class Ended:
    """How a case ended: ``trained``, ``not a number``, ``error``, ``crash``, ``slow`` or ``memory``."""

    case: Case
    how: str
    why: str = ""

    def __str__(self) -> str:
        """Return a line with the values."""
        return f"{self.how}: {self.case.kind} {json.dumps(self.case.fields)} {self.why}".rstrip()


class Bench:
    """A folder with the tiny data set, in which specs are read, and its arrays where trials find them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        os.environ["BENCH_CACHE"] = str(folder / "cache")
        declare_tiny(folder)
        files = [self.folder / f"{name}.idx" for name in images()]
        for path, array in zip(files, images().values(), strict=True):
            path.write_bytes(idx_file(array))
        fetching.import_files(find_dataset("tiny", self.folder), files)

    def train(self, case: Case) -> None:
        """Train a case's spec as a trial is trained."""
        from harness.backends.tensorflow.network import TensorFlow  # noqa: PLC0415 - takes seconds

        architecture = read_case(case, self.folder)
        assert architecture is not None
        settings = Settings()
        trial = Trial(trial_computation(architecture, settings), 0, trial_epochs(architecture, settings), ("legal",))
        job = Job(
            trial=trial,
            cores=(),
            threads=1,
            deterministic=True,
            cache=self.folder / "cache",
            checkpoint=None,
            log=self.folder / "log",
            spawned=time.time(),
        )
        run_trial(job, TensorFlow(), lambda _: None, lambda: ENVIRONMENT)

    def most(self, case: Case) -> tuple[float, int]:
        """Return the seconds of the processor, and the memory beside TensorFlow's, that the training may take."""
        architecture = read_case(case, self.folder)
        assert architecture is not None
        costs = cost(architecture)
        needed = costs.training_bytes - PROCESS_BYTES
        seconds = needed / BYTES_PER_SECOND + costs.batch_size * costs.macs / MACS_PER_SECOND
        return MOST_CPU_SECONDS + seconds, 2 * needed + MOST_BYTES_BESIDE


def run_one_by_one() -> None:
    """Let TensorFlow run operations one by one instead of compiling the epoch and the scoring."""
    import tensorflow as tf  # noqa: PLC0415 - takes seconds

    from harness.backends.tensorflow import building, epoch  # noqa: PLC0415 - as above

    def plain(function: Callable[..., object]) -> Callable[..., object]:
        def called(*arguments: object) -> object:
            return function(*arguments)

        called.get_concrete_function = lambda *_: None  # type: ignore[attr-defined]
        return called

    whole_loop = tf.while_loop

    def loop(cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Sequence[Any], **others: object) -> object:
        if len(loop_vars) > 1:
            return whole_loop(cond, body, loop_vars, **others)
        [number] = loop_vars  # the epoch's own, which TensorFlow expects as a list where it runs operations one by one
        while cond(number):
            number = body(number)
        return number

    def freeze(phase: building.Phase) -> AbstractContextManager[None]:
        """Leave layers frozen: steps are not traced while they are, but run afterwards."""
        for layer in phase.frozen:
            layer.trainable = False
        return nullcontext()

    tf.config.run_functions_eagerly(run_eagerly=True)
    epoch.graph, tf.while_loop = plain, loop
    building.Phase.freezing = freeze  # type: ignore[method-assign, assignment]


@cache
def _import_once() -> None:
    """Import for all processes what a training needs."""
    import harness.backends.tensorflow.network  # noqa: F401, PLC0415 - takes seconds

    gc.collect()
    gc.freeze()  # each case ends in a collection, which need not go through TensorFlow


def affordable(bench: Bench, cases: Sequence[Case], seconds: float) -> tuple[Case, ...]:
    """Return the cases whose size takes no more than so many seconds of the processor."""
    return tuple(case for case in cases if bench.most(case)[0] <= MOST_CPU_SECONDS + seconds)


def sweep(bench: Bench, cases: Sequence[Case], *, compiled: bool) -> Iterator[Ended]:
    """Yield how each case ended."""
    _import_once()
    context = multiprocessing.get_context("fork")
    done = 0
    while done < len(cases):
        ours, theirs = context.Pipe(duplex=False)
        part = cases[done : done + CASES_PER_PROCESS]
        process = context.Process(target=_train_all, args=(bench, part, theirs), kwargs={"compiled": compiled})
        process.start()
        theirs.close()
        for ended in _watched(bench, part, ours, process):
            yield ended
            done += 1
        process.kill()
        process.join()


def _train_all(bench: Bench, cases: Sequence[Case], send: Connection, *, compiled: bool) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    clocks.MATRIX_SIZE, clocks.PRODUCTS = 8, 2
    if not compiled:
        run_one_by_one()
    import keras  # noqa: PLC0415 - takes seconds

    for case in cases:
        keras.backend.clear_session()
        try:
            bench.train(case)
        except NotANumber as error:
            send.send(("not a number", str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            send.send(("error", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"))
        else:
            send.send(("trained", ""))


def _watched(bench: Bench, cases: Sequence[Case], receive: Connection, process: ForkProcess) -> Iterator[Ended]:
    """Yield how cases ended, up to the first that ends its process."""
    watched = psutil.Process(process.pid)
    for case in cases:
        began, cpu = time.monotonic(), _cpu_seconds(watched)
        before, (most_seconds, most_bytes) = _bytes(watched), bench.most(case)
        while not receive.poll(0.2):
            spent = _cpu_seconds(watched) - cpu
            if spent > most_seconds or time.monotonic() - began > MOST_SECONDS:
                yield Ended(case, "slow", f"{spent:.0f} s of the processor")
                return
            if (more := _bytes(watched) - before) > most_bytes:
                yield Ended(case, "memory", f"{more >> 20:,} MiB")
                return
        try:
            yield Ended(case, *receive.recv())
        except EOFError:
            process.join()
            yield Ended(case, "crash", f"exit code {process.exitcode}")
            return


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


@dataclass(frozen=True)
class Part:
    """Cases that are tried together, and what share of all that there is to try is done with them."""

    name: str
    cases: Sequence[Case]
    share: float


def pairs(bench: Bench, kinds: Sequence[str], seed: int) -> Iterator[Part]:
    """Yield for each of these kinds, or of all, cases until every pair of values of two fields was tried."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    found = [subject for subject in subjects(bench.folder, draw) if not kinds or subject.kind in kinds]
    wanted = [sum(1 for _ in subject.wanted(draw)) for subject in found]
    for place, subject in enumerate(found, start=1):
        cases = tuple(subject.cases(random.Random(f"{seed} {subject.kind}")))  # noqa: S311 - as above
        yield Part(f"{subject.kind}, {place} of {len(found)} kinds", cases, sum(wanted[:place]) / sum(wanted))


def drawn(bench: Bench, kinds: Sequence[str], seed: int, count: int) -> Iterator[Part]:
    """Yield so many cases, each of a kind and with values that are drawn at random."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    found = [subject for subject in subjects(bench.folder, draw) if not kinds or subject.kind in kinds]
    for done in range(0, count, CASES_PER_PROCESS):
        tried = [draw.choice(found).drawn(draw) for _ in range(min(CASES_PER_PROCESS, count - done))]
        yield Part("drawn", [case for case in tried if case], min(1.0, (done + CASES_PER_PROCESS) / count))


def main() -> int:
    """Print what did not train, and how many did."""
    options = argparse.ArgumentParser()
    options.add_argument("--drawn", type=int, help="so many at random, instead of all pairs")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--kinds", default="", help="with commas between them")
    options.add_argument("--affordable", type=float, default=math.inf, help="leave out what is larger, in seconds")
    options.add_argument("--compiled", action="store_true", help="as trials are trained")
    asked = options.parse_args()
    os.environ.update({"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"})
    kinds = asked.kinds.split(",") if asked.kinds else ()
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        found = pairs(bench, kinds, asked.seed) if asked.drawn is None else drawn(bench, kinds, asked.seed, asked.drawn)
        began = time.monotonic()
        for part in found:
            cases = affordable(bench, part.cases, asked.affordable)
            for ended in sweep(bench, cases, compiled=asked.compiled):
                counts.setdefault(ended.case.kind, Counter())[ended.how] += 1
                if ended.how != "trained":
                    print(ended, flush=True)
            spent, done = time.monotonic() - began, sum(map(Counter.total, counts.values()))
            left = spent / part.share - spent
            print(f"{part.name}: {done:,} cases, about {left / 60:.0f} min left", file=sys.stderr, flush=True)
    for kind, how in counts.items():
        print(f"{kind}: {dict(how)}")
    in_all = sum(counts.values(), Counter[str]())
    print(f"all: {dict(in_all)}")
    return int(bool(set(in_all) - {"trained", "not a number"}))


if __name__ == "__main__":
    sys.exit(main())
