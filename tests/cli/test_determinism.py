"""`--no-determinism` and `--threads` reach the trials, and their records have an environment of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_records import environment, fake_trials, findings
from fake_trials import elsewhere

from harness.app.pipeline import Benchmark
from harness.cli.benchmark import Selection, read_benchmark
from harness.report.sections.reproduction import commands
from harness.spec.reading import select

ARCHITECTURES = Path(__file__).parents[2] / "architectures"


def benchmark(tmp_path: Path, threads: int = 1, *, deterministic: bool = True, smoke: bool = False) -> Benchmark:
    return read_benchmark(Selection(["dense_512"], "2", threads, smoke, tmp_path, ARCHITECTURES, deterministic))


@pytest.mark.parametrize("smoke", [False, True])
def test_the_protocol_and_the_environment_say_the_same(tmp_path: Path, *, smoke: bool) -> None:
    loose = benchmark(tmp_path, deterministic=False, smoke=smoke)
    assert (loose.settings.deterministic, loose.environment.numerics.deterministic) == (False, False)
    two = benchmark(tmp_path, 2, smoke=smoke)
    assert (two.settings.threads, two.environment.numerics.threads) == (2, 2)


def test_every_setting_has_an_environment_of_its_own(tmp_path: Path) -> None:
    settings = [benchmark(tmp_path), benchmark(tmp_path, 2), benchmark(tmp_path, deterministic=False)]
    assert len({one.environment.id for one in settings}) == 3


def test_the_page_gives_the_command_that_trains_what_it_shows() -> None:
    chosen = tuple(select(["dense_512"], ARCHITECTURES))
    loose = elsewhere(environment(threads=2), deterministic=False)
    study = findings(chosen, fake_trials(chosen, (0, 1), where=loose), where=loose).study
    assert commands(study) == ("bench run dense_512 --seeds 0-1 --threads 2 --no-determinism",)
