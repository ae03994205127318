"""Seeds until every claim is decided: who trains on, when it ends, and that neither Ctrl-C nor a rerun changes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fake_architectures import write_spec
from fake_judge import FakeJudge
from fake_trials import FakeTrainer, fake_outcome
from honest_records import dataset_arrays

from harness.analysis import judging
from harness.app.plan import plan
from harness.app.progress import Silent
from harness.app.run import RunOptions, RunResult, run
from harness.data.cache import DatasetArrays
from harness.errors import BenchError, DecidesNothing, Interrupted
from harness.execute.engine import Outcome
from harness.planning.trial import Trial
from harness.records.record import Failure
from harness.reporting import writing

CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV")
COMPARES = "  - better_than: {architecture: rival, where: there}\n"


@dataclass
class Heard(Silent):
    """Progress that remembers its messages."""

    sentences: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


def fetch(*_: object) -> DatasetArrays:
    return dataset_arrays()


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunOptions:
    """``clear`` is decided at 10 seeds, ``hard`` at 20, ``never``, which compares with ``rival``, at none."""
    monkeypatch.setattr(writing, "gallery", lambda *_: ())
    monkeypatch.setattr(judging, "judge", FakeJudge({"clear": 10, "hard": 20, "rival": 10}))
    specs = tmp_path / "specs"
    for units, name in enumerate(("clear", "hard", "never", "rival"), start=16):
        write_spec(specs, name, units=units, epochs=1)
    with (specs / "never.yaml").open("a") as file:
        file.write(COMPARES)
    return RunOptions(names=("clear", "hard"), until_decided=True, results=tmp_path / "results", architectures=specs)


def trained(options: RunOptions, trainer: FakeTrainer | None = None, heard: Heard | None = None) -> RunResult:
    return run(options, engine=trainer or FakeTrainer(), progress=heard or Heard(), fetch=fetch)


def seeds_of(trainer: FakeTrainer) -> dict[str, list[int]]:
    """Return which seeds were trained of which architecture, in order."""
    found: dict[str, list[int]] = {}
    for trial in trainer.trained:
        found.setdefault(trial.architectures[0], []).append(trial.seed)
    return found


def looks(done: RunResult) -> dict[str, int | None]:
    return {verdict.architecture: verdict.look for verdict in done.findings.judgement.verdicts}


def test_only_architectures_with_open_claims_train_on(options: RunOptions) -> None:
    trainer, heard = FakeTrainer(), Heard()
    done = trained(options, trainer, heard)
    assert seeds_of(trainer) == {"clear": list(range(10)), "hard": list(range(20))}
    assert looks(done) == {"clear": 10, "hard": 20, "never": None, "rival": None}
    assert heard.sentences[0].startswith("At most 80 trials, about ")
    assert heard.sentences[0].endswith(", if claims stay open up to 40 seeds.")
    assert [told for told in heard.sentences if told.startswith(("Look", "1 claim", "2 claims"))] == [
        "Look at 10 seeds: clear and hard.",
        "1 claim decided: clear, test accuracy at 10 seeds.",
        "1 claim open: hard, test accuracy.",
        "Look at 20 seeds: hard.",
        "2 claims decided: clear, test accuracy at 10; hard, test accuracy at 20 seeds.",
    ]
    assert (options.results / "study.yaml").read_text().splitlines()[1:] == [
        "seeds: 0-9",
        "until_decided:",
        "  architectures:",
        "  - clear",
        "  - hard",
    ]
    assert list(done.summary["seeds"]) == [10, 10, 0, 0]


def test_a_rerun_trains_nothing_and_gives_the_same_verdicts_and_page(options: RunOptions) -> None:
    first, trainer = trained(options), FakeTrainer()
    before = (options.results / "README.md").read_bytes()
    again = trained(options, trainer)
    assert trainer.trained == []
    assert again.findings.judgement == first.findings.judgement
    assert (options.results / "README.md").read_bytes() == before


@pytest.mark.parametrize("interrupted_at", [0, 7, 25])
def test_it_resumes_after_ctrl_c_to_the_same_verdicts(options: RunOptions, interrupted_at: int) -> None:
    whole = trained(replace(options, results=options.results.parent / "whole"))
    first = FakeTrainer()

    def stopping(trial: Trial) -> Outcome:
        if len(first.trained) == interrupted_at:
            raise KeyboardInterrupt
        return fake_outcome(trial)

    first.outcome = stopping
    with pytest.raises(Interrupted, match=f"{interrupted_at} trials recorded in this run, "):
        trained(options, first)
    rest = FakeTrainer()
    done = trained(options, rest)
    assert len(first.trained) + len(rest.trained) == 30
    assert done.findings.judgement == whole.findings.judgement
    assert (options.results / "study.yaml").read_text() == (whole.page.changed[0].parent / "study.yaml").read_text()


def test_what_open_claims_compare_with_trains_too_and_a_claim_may_stay_open(options: RunOptions) -> None:
    trainer, heard = FakeTrainer(), Heard()
    done = trained(replace(options, names=("never",)), trainer, heard)
    assert seeds_of(trainer) == {"never": list(range(40)), "rival": list(range(40))}
    assert looks(done) == {"clear": None, "hard": None, "never": None, "rival": None}
    [open_, _] = [verdict for verdict in done.findings.judgement.verdicts if verdict.architecture == "never"]
    assert open_.decision == "inconclusive"
    assert open_.ruling.reason.endswith("open after 40 seeds, the last look")
    assert heard.sentences[-1] == "2 claims open: never, test accuracy; never, better than rival."


def test_fewer_looks_are_allowed_and_more_later(options: RunOptions) -> None:
    few, more = FakeTrainer(), FakeTrainer()
    cut = replace(options, names=("hard", "never"), most_seeds=19)
    trained(cut, few)
    assert {name: len(seeds) for name, seeds in seeds_of(few).items()} == {"hard": 10, "never": 10, "rival": 10}
    done = trained(replace(cut, most_seeds=39), more)
    assert {name: len(seeds) for name, seeds in seeds_of(more).items()} == {"hard": 10, "never": 10, "rival": 10}
    assert looks(done)["hard"] == 20
    lower = FakeTrainer()
    assert looks(trained(replace(cut, most_seeds=10), lower))["hard"] == 20
    assert lower.trained == []
    page = (options.results / "README.md").read_text()
    assert "Before: seeds 0-9 for ranks and verdicts, until decided with at most 19 for hard and never." in page


def test_a_seed_that_failed_is_not_tried_again_in_the_same_run(options: RunOptions) -> None:
    def fails(trial: Trial) -> Outcome:
        return Outcome(None, failure=CRASH) if trial.seed in {3, 12} else fake_outcome(trial)

    trainer = FakeTrainer(fails)
    done = trained(replace(options, names=("never",)), trainer)
    assert seeds_of(trainer) == {"never": list(range(40)), "rival": list(range(40))}
    assert len(done.failed) == 4


def test_verdicts_on_preset_seeds_stay_and_the_page_says_what_changed(options: RunOptions) -> None:
    fixed = trained(replace(options, names=(), until_decided=False, seeds=(0, 1, 2, 3, 4)))
    done = trained(replace(options, names=("hard",)))
    before, after = ({one.architecture: one for one in found.findings.judgement.verdicts} for found in (fixed, done))
    assert {name for name in after if after[name] != before[name]} == {"hard"}
    assert after["hard"].look == 20
    assert list(done.summary["seeds"]) == [5, 5, 5, 5]
    assert "Before: seeds 0-4 for ranks and verdicts." in (options.results / "README.md").read_text()


def test_a_folder_without_a_design_keeps_its_verdicts_on_what_is_recorded(options: RunOptions) -> None:
    fixed = replace(options, names=(), until_decided=False, seeds=(0, 1, 2, 3, 4))
    trained(fixed)
    more = trained(replace(fixed, names=("clear",), seeds=(0, 1, 2, 3, 4, 5)))
    (options.results / "study.yaml").unlink()
    done = trained(replace(options, names=("hard",)))
    seeds = {one.architecture: one.ruling.seeds for one in done.findings.judgement.verdicts}
    assert seeds == {"clear": 6, "hard": 20, "never": 5, "rival": 5}
    assert list(done.summary["seeds"]) == list(more.summary["seeds"])
    assert "Before: seeds 0-4 for ranks, 0-5 for verdicts." in (options.results / "README.md").read_text()


def test_the_plan_says_what_is_next_and_what_it_may_cost_at_most(options: RunOptions) -> None:
    found = plan(replace(options, names=("never",)))
    assert found.most is not None
    assert (len(found.plan.pending), len(found.most.pending)) == (20, 80)
    assert found.sentences[-1].startswith("At most 80 trials, about ")
    assert not options.results.exists()
    trained(replace(options, most_seeds=10))
    later = plan(options)
    assert later.most is not None
    assert {planned.trial.label for planned in later.plan.pending} == {f"hard seed {seed}" for seed in range(10, 20)}
    assert len(later.most.pending) == 30
    trained(options)
    done = plan(options)
    assert done.most is not None
    assert (done.plan.pending, done.most.pending) == ((), ())
    assert done.sentences == ("All 20 trials are recorded: nothing to train.",)


REFUSED = {
    "seeds": ({"seeds": (0, 1)}, "--until-decided and --seeds can't be used together; choose one of them"),
    "smoke": ({"smoke": True}, "--until-decided and --smoke can't be used together; choose one of them"),
    "few": ({"most_seeds": 9}, "--most-seeds 9: claims are first judged at 10 seeds; give 10 or more"),
    "words": ({"most_seeds": "many"}, "--most-seeds 'many': claims are first judged at 10 seeds; give 10 or more"),
    "no looks": (
        {"most_seeds": 20, "until_decided": False},
        "--most-seeds needs --until-decided; add it or leave --most-seeds out",
    ),
}


def test_what_stands_apart_is_refused_and_trained_where_a_claim_is_about_it(options: RunOptions) -> None:
    assert options.architectures is not None
    write_spec(options.architectures / "extra", "child", units=30, epochs=1)
    with pytest.raises(DecidesNothing, match="child stands apart in a subfolder"):
        plan(replace(options, names=("child",)))
    with (options.architectures / "clear.yaml").open("a") as file:
        file.write(COMPARES.replace("rival", "child"))
    trainer = FakeTrainer()
    trained(replace(options, names=("clear",)), trainer)
    assert seeds_of(trainer)["child"][:10] == list(range(10))


@pytest.mark.parametrize(("changes", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_contradicts_it_is_refused_before_anything_is_written(
    options: RunOptions, changes: dict[str, object], sentence: str
) -> None:
    for verb in (trained, plan):
        with pytest.raises(BenchError) as caught:
            verb(replace(options, **changes))  # type: ignore[arg-type]
        assert (str(caught.value), caught.value.exit_code) == (sentence, 2)
    assert not options.results.exists()
