"""The whole program with an engine that costs nothing: run, records, report, verify, audit, one after the other."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import fake_digits
import pytest
from fake_architectures import write_spec
from fake_trials import FakeTrainer, fake_outcome
from honest_records import dataset_arrays

from harness.app.audit import audit
from harness.app.claims import ClaimsOptions, claims
from harness.app.compare import CompareOptions, compare
from harness.app.plan import plan
from harness.app.report import ReportOptions, report, summary_csv
from harness.app.run import RunOptions, run
from harness.app.verify import VerifyOptions, verify
from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.data.fetching import OnEvent
from harness.declaration.spec_error import InvalidSpec
from harness.errors import DataUnavailable, Exclusive, Interrupted, NothingRecorded, Stopped, UnknownArchitecture
from harness.evaluations.metric import HEADLINE
from harness.execute.engine import Outcome, Queue, TrialEnded, TrialEvent
from harness.planning.plan import Plan
from harness.planning.trial import Trial
from harness.records.record import Failure
from harness.reporting import writing

CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV", log=("last words",))


def fetch(dataset: Dataset, on_event: OnEvent) -> DatasetArrays:
    """Return fake data, as the cache would."""
    del dataset, on_event
    return dataset_arrays()


@dataclass
class Heard:
    """Progress that remembers what it was told."""

    warnings: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    events: list[TrialEvent] = field(default_factory=list)
    jobs: int = 0

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)

    @contextmanager
    def fetching(self) -> Iterator[OnEvent]:
        yield lambda _: None

    @contextmanager
    def training(self, plan: Plan, jobs: int) -> Iterator[Callable[[TrialEvent], None]]:
        del plan
        self.jobs = jobs
        yield self.events.append


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunOptions:
    """Two architectures that share trials and another; drawing figures takes seconds and has tests of its own."""
    monkeypatch.setattr(writing, "gallery", lambda *_: ())
    specs = tmp_path / "specs"
    write_spec(specs, "five", epochs=5)
    write_spec(specs, "eight", epochs=8)
    write_spec(specs, "other", units=32)
    return RunOptions(seeds=(0, 1), results=tmp_path / "results", architectures=specs)


def about(options: RunOptions) -> ReportOptions:
    return ReportOptions(results=options.results, architectures=options.architectures)


def again(options: RunOptions, **changes: object) -> VerifyOptions:
    return replace(VerifyOptions(results=options.results, architectures=options.architectures), **changes)  # type: ignore[arg-type]


def test_with_page_the_page_is_written_after_every_round_and_refreshes_itself_until_the_end(
    options: RunOptions,
) -> None:
    index = options.results / "index.html"
    seen: list[bool | None] = []

    class Watching(FakeTrainer):
        def __call__(self, queue: Queue) -> Generator[TrialEvent, None, None]:
            for event in super().__call__(queue):
                seen.append(b'http-equiv="refresh"' in index.read_bytes() if index.exists() else None)
                yield event

    run(replace(options, page=True), engine=Watching(), fetch=fetch)
    assert seen[0] is None
    assert seen[-1] is True
    assert b'http-equiv="refresh"' not in index.read_bytes()


def test_a_run_trains_records_and_reports(options: RunOptions) -> None:
    trainer, heard = FakeTrainer(), Heard()
    done = run(options, engine=trainer, progress=heard, fetch=fetch)
    assert (len(done.ended), done.failed) == (4, ())
    assert list(done.summary["seeds"]) == [2, 2, 2]
    assert len(done.runs) == 2 * (5 + 8 + 5)
    assert done.sentence == "4 trials trained, 0 failed"
    assert "eight" in repr(done)
    assert "<table" in done._repr_html_()
    assert heard.sentences[0] == "eight, five share trials."
    assert [type(event) for event in heard.events].count(TrialEnded) == 4
    pages = options.results / "README.md", options.results / "index.html"
    assert done.page.changed == pages
    assert repr(done.page).startswith(f"{pages[0]}, {pages[1]}: updated\n")
    assert "the report is what the records give" in report(about(options), fetch=fetch)._repr_html_()
    assert "seeds 0-1" in (options.results / "README.md").read_text()


def test_the_same_run_again_trains_nothing_and_finds_the_page_as_it_is(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    trainer, heard = FakeTrainer(), Heard()
    done = run(options, engine=trainer, progress=heard, fetch=fetch)
    assert trainer.trained == []
    assert heard.sentences[-1] == "All 4 trials are recorded: nothing to train."
    assert (done.ended, done.page.changed, len(done.summary)) == ((), (), 3)
    assert plan(options).plan.pending == ()


def test_the_first_run_fixes_the_seeds_and_more_of_them_change_no_rank_and_no_verdict(options: RunOptions) -> None:
    first, heard = run(options, engine=FakeTrainer(), fetch=fetch), Heard()
    declared = options.results / "study.yaml"
    before = declared.read_bytes()
    more = run(replace(options, seeds=(0, 1, 2)), engine=FakeTrainer(), progress=heard, fetch=fetch)
    assert declared.read_bytes() == before
    assert len(more.ended) == 2
    assert heard.sentences[0] == (
        f"Ranks keep to seeds 0-1 and verdicts to 0-1, which {declared} fixes; "
        "'bench report --seeds 0-2' changes that, and the page will say so."
    )
    assert more.summary.equals(first.summary)
    assert more.findings.judgement == first.findings.judgement
    assert "more are recorded" in (options.results / "README.md").read_text()


def test_other_seeds_are_chosen_on_request_and_the_page_keeps_what_they_were(options: RunOptions) -> None:
    run(replace(options, seeds=(0, 1, 2)), engine=FakeTrainer(), fetch=fetch)
    chosen = report(replace(about(options), seeds=(1, 2)), fetch=fetch)
    assert list(chosen.summary["seeds"]) == [2, 2, 2]
    assert "Before: seeds 0-2 for ranks and verdicts." in (options.results / "README.md").read_text()
    same = report(replace(about(options), seeds=(1, 2)), fetch=fetch)
    assert same.changed == ()
    assert same.findings.study.design == chosen.findings.study.design
    for refused in ({"check": True}, {"smoke": True}):
        with pytest.raises(Exclusive, match="and --seeds can't be used together"):
            report(replace(about(options), seeds=(1,), **refused), fetch=fetch)  # type: ignore[arg-type]


def test_a_folder_of_records_without_a_design_is_not_given_one_unasked(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    declared = options.results / "study.yaml"
    declared.unlink()
    run(replace(options, names=("other",), seeds=(0, 1, 2)), engine=FakeTrainer(), fetch=fetch)
    assert not declared.exists()
    assert list(report(about(options), fetch=fetch).summary["seeds"]) == [2, 2, 2]
    report(replace(about(options), seeds=(0, 1, 2)), fetch=fetch)
    assert declared.read_text().splitlines()[1:] == [
        "seeds: 0-2",
        "earlier:",
        "- seeds: 0-1",
        "  claims:",
        "    seeds: 0-2",
    ]


def test_a_design_that_is_written_before_the_first_run_is_kept(options: RunOptions) -> None:
    declared = options.results / "study.yaml"
    declared.parent.mkdir()
    declared.write_text("seeds: 0-9\nclaims: {seeds: 0-29, fresh: 10-29}\n")
    run(options, engine=FakeTrainer(), fetch=fetch)
    assert declared.read_text().startswith("seeds: 0-9\n")
    declared.write_text("seeds: 9-0\n")
    trainer = FakeTrainer()
    with pytest.raises(InvalidSpec, match=r"study\.yaml:1:8: "):
        run(options, engine=trainer, fetch=fetch)
    assert trainer.trained == []


def test_a_data_set_beside_the_specs_is_fetched_planned_with_and_verified(options: RunOptions) -> None:
    assert options.architectures is not None
    toy = fake_digits.declared().model_copy(update={"inputs": (5, 4, 1)})
    fake_digits.declare(options.architectures, toy)
    spec = options.architectures / "other.yaml"
    spec.write_text(spec.read_text().replace("dataset: mnist", "dataset: toy"))
    fetched: list[Dataset] = []

    def fetch_and_remember(dataset: Dataset, on_event: OnEvent) -> DatasetArrays:
        fetched.append(dataset)
        return fetch(dataset, on_event)

    options = replace(options, names=("other",))
    trainer = FakeTrainer()
    run(options, engine=trainer, fetch=fetch_and_remember)
    assert {dataset.name: dataset for dataset in fetched}["toy"] == toy
    assert [pickle.loads(pickle.dumps(trial)).computation.data for trial in trainer.trained] == [toy, toy]  # noqa: S301
    verified = verify(again(options), engine=FakeTrainer(), fetch=fetch)
    assert verified.same == len(verified.trials)


def test_failures_are_values_of_the_result(options: RunOptions) -> None:
    def crash(trial: Trial) -> Outcome:
        return Outcome(None, failure=CRASH) if "other" in trial.architectures else fake_outcome(trial)

    done = run(options, engine=FakeTrainer(crash), fetch=fetch)
    assert list(done.failures["architectures"]) == ["other", "other"]
    assert list(done.failures["reason"]) == [CRASH.reason] * 2
    assert done.sentence == "2 trials trained, 2 failed"


def test_ctrl_c_keeps_what_is_recorded_and_says_what_is_left(options: RunOptions) -> None:
    def interrupted(trial: Trial) -> Outcome:
        if trial.seed:
            raise KeyboardInterrupt
        return fake_outcome(trial)

    with pytest.raises(Interrupted, match=r"2 trials recorded in this run, 2 still to train") as caught:
        run(options, engine=FakeTrainer(interrupted), fetch=fetch)
    assert caught.value.exit_code == 130
    assert len(plan(options).plan.pending) == 2


def test_data_that_cannot_be_fetched_stops_a_run_before_it_trains(options: RunOptions) -> None:
    def unreachable(*_: object) -> DatasetArrays:
        raise DataUnavailable("mnist", "MNIST", [], "four files")

    trainer = FakeTrainer()
    with pytest.raises(DataUnavailable):
        run(options, engine=trainer, fetch=unreachable)
    assert trainer.trained == []


def test_a_report_goes_on_without_data_and_says_so(options: RunOptions) -> None:
    def unreachable(*_: object) -> DatasetArrays:
        raise DataUnavailable("mnist", "MNIST", [], "four files")

    run(options, engine=FakeTrainer(), fetch=fetch)
    heard = Heard()
    found = report(about(options), progress=heard, fetch=unreachable)
    assert found.findings.labels == {}
    assert "the report leaves out what needs them" in heard.warnings[0]


def test_other_threads_are_reported_though_the_page_is_about_this_machines_default(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    heard = Heard()
    done = run(replace(options, threads=2), engine=FakeTrainer(), progress=heard, fetch=fetch)
    shown, written = done.findings.study.environment, done.page.findings.study.environment
    assert shown is not None
    assert written is not None
    assert (shown.numerics.threads, written.numerics.threads) == (2, 1)
    assert heard.sentences[-1].startswith(f"shown is environment {shown.id}; ")


def test_what_is_recorded_verifies_and_other_bits_are_found(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    same = verify(again(options), engine=FakeTrainer(), fetch=fetch)
    assert (same.same, same.all_same, len(same.trials)) == (2, True, 2)
    assert same.lines[-1].startswith("2 of 2 trials have the same bits. Compared: ")

    other = verify(
        again(options, seeds=None, threads=2),
        engine=FakeTrainer(lambda trial: fake_outcome(replace(trial, seed=trial.seed + 7))),
        fetch=fetch,
    )
    assert {verified.verdict for verified in other.trials} == {"different"}
    assert {verified.causes[0].name for verified in other.trials} == {"threads"}
    assert list(other.frame["verdict"]) == ["different"] * 4
    assert "likely cause: threads: recorded with 1, now 2" in repr(other)


def test_verifying_trains_the_longest_first_and_tells_in_the_order_of_the_records(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    trainer = FakeTrainer()
    found = verify(again(options, seeds=None), engine=trainer, fetch=fetch)
    assert [trial.epochs for trial in trainer.trained] == [8, 8, 5, 5]
    told = [verified.trial.name for verified in found.trials]
    assert told == sorted(trial.name for trial in trainer.trained)


def test_verifying_changes_no_file(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    before = {path: path.read_bytes() for path in options.results.rglob("*") if path.is_file()}
    verify(again(options, seeds=None), engine=FakeTrainer(), fetch=fetch)
    assert {path: path.read_bytes() for path in options.results.rglob("*") if path.is_file()} == before


def test_ctrl_c_says_how_far_verifying_came(options: RunOptions) -> None:
    trainer = FakeTrainer()

    def interrupted(trial: Trial) -> Outcome:
        if trainer.trained:
            raise KeyboardInterrupt
        return fake_outcome(trial)

    run(options, engine=FakeTrainer(), fetch=fetch)
    trainer.outcome = interrupted
    with pytest.raises(Stopped, match="1 of 2 trials verified") as stopped:
        verify(again(options), engine=trainer, fetch=fetch)
    assert stopped.value.exit_code == 130


def test_smoke_results_are_apart_for_every_verb(options: RunOptions) -> None:
    cut = replace(options, smoke=True)
    run(cut, engine=FakeTrainer(), fetch=fetch)
    assert {path.name for path in options.results.iterdir()} == {"smoke"}
    assert not (options.results / "smoke" / "study.yaml").exists()
    with pytest.raises(NothingRecorded):
        verify(again(options), engine=FakeTrainer(), fetch=fetch)
    assert len(verify(again(options, smoke=True), engine=FakeTrainer(), fetch=fetch).trials) == 2
    assert "Smoke results" in (options.results / "smoke" / "README.md").read_text()
    verdicts = claims(ClaimsOptions(results=options.results, architectures=options.architectures, smoke=True)).verdicts
    assert {verdict.decision for verdict in verdicts} == {"not tested"}


def test_claims_and_comparisons_come_from_the_same_records(options: RunOptions) -> None:
    run(replace(options, seeds=tuple(range(5))), engine=FakeTrainer(), fetch=fetch)
    found = claims(ClaimsOptions(names=("five",), results=options.results, architectures=options.architectures))
    assert [verdict.architecture for verdict in found.verdicts] == ["five"]
    assert len(found.findings.judgement.verdicts) == 3
    pair = compare(
        CompareOptions(first="five", second="oth*", results=options.results, architectures=options.architectures),
        fetch=fetch,
    )
    assert (pair.first.name, pair.second.name, len(pair.first.values(HEADLINE))) == ("five", "other", 5)
    assert summary_csv(about(options), fetch=fetch).splitlines()[0].startswith("architecture,")


def test_a_broken_spec_is_reported_and_left_out_unless_it_is_asked_for(options: RunOptions) -> None:
    assert options.architectures is not None
    (options.architectures / "broken.yaml").write_text("titel: x\n")
    heard = Heard()
    run(replace(options, names=("five",)), engine=FakeTrainer(), progress=heard, fetch=fetch)
    assert "broken.yaml:1:1: " in heard.warnings[0]
    assert heard.warnings[0].endswith("this file is left out; 'bench validate' reports every mistake")
    with pytest.raises(InvalidSpec):
        claims(ClaimsOptions(names=("broken",), results=options.results, architectures=options.architectures))
    with pytest.raises(UnknownArchitecture, match="did you mean 'five'"):
        run(replace(options, names=("fife",)), engine=FakeTrainer(), fetch=fetch)


def test_a_damaged_record_is_set_aside_by_a_run_and_left_alone_by_a_report(options: RunOptions) -> None:
    run(options, engine=FakeTrainer(), fetch=fetch)
    path = next(options.results.glob("records/*/*.json"))
    path.write_text("{")
    heard = Heard()
    report(about(options), progress=heard, fetch=fetch)
    assert heard.warnings[0].startswith(f"{path}: ")
    assert heard.warnings[0].endswith("; it is left out")
    trainer, heard = FakeTrainer(), Heard()
    run(options, engine=trainer, progress=heard, fetch=fetch)
    assert "; moved to " in heard.warnings[0]
    assert [trial.name for trial in trainer.trained] == [path.stem]


def test_an_audit_of_fakes_finds_that_they_are_fakes(options: RunOptions) -> None:
    with pytest.raises(NothingRecorded):
        audit(options, fetch=fetch)
    run(options, engine=FakeTrainer(), fetch=fetch)
    found = audit(options, fetch=fetch)
    assert (found.records, len(found.faults) > 0) == (4, True)
    assert str(found).splitlines()[-1].startswith("4 of 4 records do not hold; checked: file, environment")
