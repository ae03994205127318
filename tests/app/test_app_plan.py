"""What a plan is made from: threads and determinism reach it, their records have an environment of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_architectures import write_spec
from fake_records import environment, fake_trials, findings, save, timed
from fake_trials import elsewhere

from harness.app.plan import plan
from harness.app.specs import ShowOptions, show_spec
from harness.app.training.benchmark import Benchmark, PlanOptions, read_benchmark
from harness.reporting.sections.reproduction import commands
from harness.spec.reading import select

ARCHITECTURES = Path(__file__).parents[2] / "architectures"


def benchmark(tmp_path: Path, threads: int = 1, *, deterministic: bool = True, smoke: bool = False) -> Benchmark:
    return read_benchmark(
        PlanOptions(
            names=("dense_512",),
            seeds=(0, 1),
            threads=threads,
            deterministic=deterministic,
            smoke=smoke,
            results=tmp_path,
            architectures=ARCHITECTURES,
        )
    )


@pytest.mark.parametrize("smoke", [False, True])
def test_settings_and_environment_say_the_same(tmp_path: Path, *, smoke: bool) -> None:
    loose = benchmark(tmp_path, deterministic=False, smoke=smoke)
    assert (loose.settings.deterministic, loose.environment.numerics.deterministic) == (False, False)
    two = benchmark(tmp_path, 2, smoke=smoke)
    assert (two.settings.threads, two.environment.numerics.threads) == (2, 2)


def test_every_setting_has_an_environment_of_its_own(tmp_path: Path) -> None:
    benchmarks = [benchmark(tmp_path), benchmark(tmp_path, 2), benchmark(tmp_path, deterministic=False)]
    assert len({described.environment.id for described in benchmarks}) == 3


def test_smoke_results_have_a_folder_and_computations_of_their_own(tmp_path: Path) -> None:
    real, cut = benchmark(tmp_path), benchmark(tmp_path, smoke=True)
    assert (real.store.results, cut.store.results) == (tmp_path, tmp_path / "smoke")
    assert (real.settings.max_epochs, cut.settings.max_epochs) == (None, 1)


def test_a_plan_says_what_is_shared_and_how_much_is_to_be_trained(tmp_path: Path) -> None:
    for name, epochs in (("five", 5), ("eight", 8)):
        write_spec(tmp_path / "specs", name, epochs=epochs)
    found = plan(PlanOptions(seeds=(0, 3), jobs=2, results=tmp_path, architectures=tmp_path / "specs"))
    assert (found.jobs, found.seconds > 0) == (2, True)
    assert found.sentences[0] == "eight, five share trials."
    assert found.sentences[1].startswith("2 of 2 trials to train, 2 at once: about ")
    assert repr(found).splitlines() == list(found.sentences)
    assert list(found.frame["status"]) == ["pending", "pending"]
    assert "eight, five share trials." in found._repr_html_()


def test_the_page_gives_the_command_that_trains_what_it_shows() -> None:
    chosen = tuple(select(["dense_512"], ARCHITECTURES))
    loose = elsewhere(environment(threads=2), deterministic=False)
    study = findings(chosen, fake_trials(chosen, (0, 1), where=loose), where=loose).study
    assert commands(study) == ("bench run dense_512 --seeds 0-1 --threads 2 --no-determinism",)


def test_times_on_another_data_set_are_those_of_this_machine(tmp_path: Path) -> None:
    options = PlanOptions(names=("dense_512",), seeds=(0,), results=tmp_path, architectures=ARCHITECTURES)
    here = read_benchmark(options).environment
    slow = [
        timed(trial, 50.0) for trial in fake_trials(tuple(select(["dense_512"], ARCHITECTURES)), (0, 1), where=here)
    ]
    elsewhere_only = plan(replace(options, dataset="fashion_mnist")).seconds
    save(tmp_path, slow)
    assert plan(replace(options, dataset="fashion_mnist")).seconds > 5 * 50 > elsewhere_only
    shown = ShowOptions(name="dense_512", dataset="fashion_mnist", results=tmp_path, architectures=ARCHITECTURES)
    assert show_spec(shown).seconds > 5 * 50


def test_a_plan_that_takes_days_says_what_would_be_cheaper(tmp_path: Path) -> None:
    write_spec(tmp_path / "specs", "endless", units=4096, epochs=20_000)
    found = plan(PlanOptions(seeds=(0, 3), jobs=1, results=tmp_path, architectures=tmp_path / "specs"))
    assert found.sentences[0].startswith("2 of 2 trials to train, one at a time: about ")
    assert found.sentences[1].startswith("One seed of each (--seeds 0) takes about ")
    assert found.sentences[2].startswith("endless takes longest, ")
    assert "fewer than its 20,000 epochs, or a smaller layer 2 (Dense), which takes 9" in found.sentences[2]
    once = plan(PlanOptions(seeds=(3,), jobs=1, results=tmp_path, architectures=tmp_path / "specs"))
    assert len(once.sentences) == 2


def test_a_plan_gives_the_advice_on_what_is_to_be_trained_in_full(tmp_path: Path) -> None:
    options = PlanOptions(
        names=("depthwise_separable",), seeds=(0,), results=tmp_path, architectures=ARCHITECTURES, dataset="digits"
    )
    said = [sentence for sentence in plan(options).sentences if sentence.startswith("depthwise_separable: ")]
    assert said == [sentence for sentence in plan(options).sentences if "moving averages that keep 55%" in sentence]
    assert len(said) == 1
    assert not any("moving" in sentence for sentence in plan(replace(options, smoke=True)).sentences)
    assert not any("moving" in sentence for sentence in plan(replace(options, dataset=None)).sentences)
