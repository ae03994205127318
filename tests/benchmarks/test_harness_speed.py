"""Times the harness itself: reading, planning, loading, reporting, its clocks, and its epoch against Keras' own.

The page says in words what each key stands for: ``harness.reporting.sections.speed``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from fake_records import DOCUMENTS, architectures, fake_trials, findings, images
from fake_trials import dense_trial, fake_record
from pytest_benchmark.fixture import BenchmarkFixture

from harness.analysis.findings import Findings
from harness.app.timing_plugin import chosen
from harness.execute.cores import physical_cores
from harness.planning.forecast import Forecast
from harness.planning.plan import make_plan
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.records.record import Record
from harness.records.store import Store, record_text
from harness.reporting.writing import report_files
from harness.spec.architecture import Architecture
from harness.spec.reading import select
from harness.worker.clocks import Watch, stopwatch

SPECS = Path(__file__).parents[2] / "architectures"
MANY_SPECS, MANY_RECORDS, SEEDS = 100, 10_000, 5
EXAMPLES = 4_000
# Way by way within a repetition, so that drift of the machine hits both.
EPOCHS = list(product(range(1, 4), ("epoch_compiled", "epoch_fit")))


@pytest.fixture(scope="module")
def many_specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("architectures")
    texts = [path.read_text(encoding="utf-8") for path in sorted(SPECS.glob("0*.yaml"))]
    for number in range(MANY_SPECS):
        # A claim to be better than another would need the other's name.
        text = texts[number % len(texts)].partition("claims:")[0]
        (folder / f"network_{number}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def many_records(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("results"))
    for record in _records():
        path = store.folder / record.environment.id / f"{record.fingerprint}-seed{record.seed}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(record_text(record))
    return store


def _records() -> Iterator[Record]:
    for units in range(16, 26):
        plain, _ = fake_record(dense_trial(epochs=5, units=units))
        yield from (plain.model_copy(update={"seed": seed}) for seed in range(MANY_RECORDS // 10))


@pytest.fixture(scope="module")
def reported() -> Findings:
    compared = architectures(*DOCUMENTS, "dense_512")
    return findings(compared, fake_trials(compared, range(SEEDS)))


def measure(benchmark: BenchmarkFixture, work: str, call: Callable[[], object], rounds: int = 3) -> None:
    benchmark.group = "harness"
    benchmark.extra_info["work"] = work
    benchmark.pedantic(call, rounds=rounds, warmup_rounds=1)  # type: ignore[no-untyped-call]  # has no annotations


def test_reading_specs(benchmark: BenchmarkFixture, many_specs: Path) -> None:
    measure(benchmark, "read_specs", lambda: select((), many_specs))


def test_planning(benchmark: BenchmarkFixture, many_specs: Path) -> None:
    selected: list[Architecture] = list(select((), many_specs))
    settings = Settings(seeds=tuple(range(SEEDS)))
    measure(benchmark, "plan", lambda: make_plan(selected, settings, {}, Forecast()))


def test_loading_records(benchmark: BenchmarkFixture, many_records: Store) -> None:
    measure(benchmark, "load_records", many_records.load)
    assert len(many_records.load().records) == MANY_RECORDS


def test_writing_the_report(benchmark: BenchmarkFixture, reported: Findings) -> None:
    measure(benchmark, "report", lambda: report_files(reported, {"mnist": images()}))


def test_a_stopwatch(benchmark: BenchmarkFixture) -> None:
    def thousand() -> None:
        for _ in range(1_000):
            with stopwatch():
                pass

    measure(benchmark, "stopwatches", thousand, rounds=20)


def test_watching_the_machine(benchmark: BenchmarkFixture) -> None:
    measure(benchmark, "watch", lambda: Watch(()).conditions(), rounds=10)


@cache
def epochs(threads: int) -> dict[str, Callable[[], object]]:
    """Build one network twice, for the compiled epoch and for Keras' own, over the same noise in the same order."""
    from harness.backends.tensorflow.building import build_model  # noqa: PLC0415
    from harness.backends.tensorflow.epoch import Batches, compile_epoch  # noqa: PLC0415 - loads TensorFlow
    from harness.backends.tensorflow.steps import noise, run_like_a_trial  # noqa: PLC0415
    from harness.worker.examples import epoch_order  # noqa: PLC0415

    run_like_a_trial(threads, physical_cores()[:threads])
    (architecture,) = architectures("002_two_conv_dropout")
    computation = trial_computation(architecture, replace(Settings(), train_examples=EXAMPLES))
    data, order = noise(computation.data, EXAMPLES), epoch_order(0, 1, EXAMPLES)
    compiled, fitted = build_model(computation, 0), build_model(computation, 0)
    train = compile_epoch(compiled, data, Batches(computation.recipe.batch_size))
    shown, labels = (part.numpy() for part in data.batch(np.arange(EXAMPLES)))

    def fit() -> None:
        fitted.fit(shown[order], labels[order], batch_size=computation.recipe.batch_size, shuffle=False, verbose=0)

    return {"epoch_compiled": lambda: train(order), "epoch_fit": fit}


@pytest.mark.parametrize(("repetition", "way"), EPOCHS)
def test_an_epoch(benchmark: BenchmarkFixture, pytestconfig: pytest.Config, repetition: int, way: str) -> None:
    benchmark.extra_info["repetition"] = repetition
    measure(benchmark, way, epochs(chosen(pytestconfig).threads)[way], rounds=2)
