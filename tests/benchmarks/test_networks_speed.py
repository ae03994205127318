"""Times a training step and predictions for 1 and 256 images of every architecture, and the float32 peak.

`bench time` runs this file, with the options of ``harness.app.timing_plugin``; without that plugin they have their
defaults. Each network is built once, and its works are timed in several rounds over all networks, so that drift of the
machine hits all alike. Architectures that compute the same are timed once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from itertools import product

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.app.timing_plugin import Chosen, chosen
from harness.declaration.files import specs_folder
from harness.execute.cores import physical_cores
from harness.planning.settings import Settings
from harness.planning.trial import Computation, trial_computation
from harness.records.times import FLOAT32_PEAK, PREDICT_MANY, PREDICT_ONE, TRAIN_STEP
from harness.spec.moving import select_on
from harness.spec.reading import select

IMAGES = {PREDICT_ONE: 1, PREDICT_MANY: 256}
WORKS = (TRAIN_STEP, *IMAGES)
MATRIX_SIZE = 2_048
WARMUP_CALLS = 3
SECONDS_EACH = 0.25
FEWEST_ROUNDS, MOST_ROUNDS = 5, 500


@cache
def networks(of: Chosen) -> dict[str, Computation]:
    """Return the computations by the names of the architectures that share them."""
    found: dict[str, tuple[list[str], Computation]] = {}
    folder = specs_folder(of.architectures)
    architectures = select_on(of.dataset, of.networks, folder)[0] if of.dataset else select(of.networks, folder)
    for architecture in architectures:
        computation = trial_computation(architecture, Settings())
        found.setdefault(computation.fingerprint, ([], computation))[0].append(architecture.name)
    return {" ".join(names): computation for names, computation in found.values()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its cases: all works and networks within one repetition before the next."""
    of = chosen(metafunc.config)
    repetitions = range(1, 1 + of.repetitions)
    if "name" in metafunc.fixturenames:
        metafunc.parametrize(("repetition", "work", "name"), list(product(repetitions, WORKS, networks(of))))
    else:
        metafunc.parametrize("repetition", repetitions)


@cache
def works(of: Chosen, name: str) -> dict[str, Callable[[], object]]:
    """Build and warm up a network, the first time that it is asked for."""
    from harness.backends.tensorflow.steps import compile_steps, noise_images, run_like_a_trial  # noqa: PLC0415 - loads TensorFlow

    run_like_a_trial(of.threads, physical_cores()[: of.threads])
    computation = networks(of)[name]
    steps = compile_steps(computation)
    images = {work: noise_images(computation.data, number) for work, number in IMAGES.items()}
    predictions = {work: lambda shown=shown: steps.predict(shown) for work, shown in images.items()}
    return {TRAIN_STEP: steps.train, **predictions}


def rounds_for(work: Callable[[], object]) -> int:
    """Warm the work up and return how often it fits into its time."""
    for _ in range(WARMUP_CALLS):
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
    return min(MOST_ROUNDS, max(FEWEST_ROUNDS, int(SECONDS_EACH / seconds)))


def test_peak(benchmark: BenchmarkFixture, pytestconfig: pytest.Config, repetition: int) -> None:
    from harness.backends.tensorflow.steps import matrix_product, run_like_a_trial  # noqa: PLC0415 - loads TensorFlow

    threads = chosen(pytestconfig).threads
    run_like_a_trial(threads, physical_cores()[:threads])
    call = matrix_product(MATRIX_SIZE)
    benchmark.group = FLOAT32_PEAK
    benchmark.extra_info.update(
        work=FLOAT32_PEAK, operations=2 * MATRIX_SIZE**3, threads=threads, repetition=repetition
    )
    benchmark.pedantic(call, rounds=rounds_for(call))  # type: ignore[no-untyped-call]  # has no annotations
    assert benchmark.stats


def test_network(
    benchmark: BenchmarkFixture, pytestconfig: pytest.Config, repetition: int, work: str, name: str
) -> None:
    of = chosen(pytestconfig)
    computation, call = networks(of)[name], works(of, name)[work]
    benchmark.group = work
    benchmark.extra_info.update(
        trial=computation.fingerprint,
        architectures=name.split(),
        work=work,
        images=IMAGES.get(work, computation.recipe.batch_size),
        threads=of.threads,
        repetition=repetition,
    )
    benchmark.pedantic(call, rounds=rounds_for(call))  # type: ignore[no-untyped-call]  # has no annotations
    assert benchmark.stats
