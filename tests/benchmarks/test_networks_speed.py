"""Times a training step and answers to 1 and 256 images of every architecture, and the processor's float32 peak.

`bench time` runs this file.
Each network is built once, and its works are timed in several rounds over all networks, so that drift of the machine
hits all alike. Architectures that compute the same are timed once. ``BENCH_TIME_NAMES``, ``BENCH_ARCHITECTURES``,
``BENCH_THREADS`` and ``BENCH_TIME_REPETITIONS`` choose.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.execute.cores import physical_cores
from harness.plan.settings import Settings
from harness.plan.trial import Computation, trial_computation
from harness.records.times import MANY, ONE, PEAK, STEP
from harness.spec.folder import architectures_folder
from harness.spec.reading import select

IMAGES = {ONE: 1, MANY: 256}
WORKS = (STEP, *IMAGES)
MATRIX_SIZE = 2_048
WARMUP_CALLS = 3
SECONDS_EACH = 0.25
FEWEST_ROUNDS, MOST_ROUNDS = 5, 500
THREADS = int(os.environ.get("BENCH_THREADS", "1"))


def networks() -> dict[str, Computation]:
    """Return the computations by the names of the architectures that share them."""
    given = os.environ.get("BENCH_ARCHITECTURES")
    folder = architectures_folder(Path(given) if given else None)
    found: dict[str, tuple[list[str], Computation]] = {}
    for architecture in select(os.environ.get("BENCH_TIME_NAMES", "").split(), folder):
        computation = trial_computation(architecture, Settings())
        found.setdefault(computation.fingerprint, ([], computation))[0].append(architecture.name)
    return {" ".join(names): computation for names, computation in found.values()}


NETWORKS = networks()
REPETITIONS = range(1, 1 + int(os.environ.get("BENCH_TIME_REPETITIONS", "3")))
CASES = list(product(REPETITIONS, WORKS, NETWORKS))


@cache
def works(name: str) -> dict[str, Callable[[], object]]:
    """Build and warm up a network, the first time that it is asked for."""
    from harness.backends.tensorflow.steps import compile_steps, noise_images, run_like_a_trial  # noqa: PLC0415 - loads TensorFlow

    run_like_a_trial(THREADS, physical_cores()[:THREADS])
    computation = NETWORKS[name]
    steps = compile_steps(computation)
    images = {work: noise_images(computation.dataset, number) for work, number in IMAGES.items()}
    answers = {work: lambda shown=shown: steps.predict(shown) for work, shown in images.items()}
    return {STEP: steps.train, **answers}


def rounds_for(work: Callable[[], object]) -> int:
    """Warm the work up and return how often it fits into its time."""
    for _ in range(WARMUP_CALLS):
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
    return min(MOST_ROUNDS, max(FEWEST_ROUNDS, int(SECONDS_EACH / seconds)))


@pytest.mark.parametrize("repetition", REPETITIONS)
def test_peak(benchmark: BenchmarkFixture, repetition: int) -> None:
    from harness.backends.tensorflow.steps import matrix_product, run_like_a_trial  # noqa: PLC0415 - loads TensorFlow

    run_like_a_trial(THREADS, physical_cores()[:THREADS])
    call = matrix_product(MATRIX_SIZE)
    benchmark.group = PEAK
    benchmark.extra_info.update(work=PEAK, operations=2 * MATRIX_SIZE**3, threads=THREADS, repetition=repetition)
    benchmark.pedantic(call, rounds=rounds_for(call))  # type: ignore[no-untyped-call]  # has no annotations
    assert benchmark.stats


@pytest.mark.parametrize(("repetition", "work", "name"), CASES)
def test_network(benchmark: BenchmarkFixture, repetition: int, work: str, name: str) -> None:
    computation = NETWORKS[name]
    call = works(name)[work]
    benchmark.group = work
    benchmark.extra_info.update(
        trial=computation.fingerprint,
        architectures=name.split(),
        work=work,
        images=IMAGES.get(work, computation.recipe.batch_size),
        threads=THREADS,
        repetition=repetition,
    )
    benchmark.pedantic(call, rounds=rounds_for(call))  # type: ignore[no-untyped-call]  # has no annotations
    assert benchmark.stats
