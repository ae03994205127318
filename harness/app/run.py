"""Trains what is not recorded yet, records it, then writes the report; prints nothing."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.analysis.findings import Findings
from harness.analysis.frame import runs_frame, summary_frame
from harness.app.benchmark import Benchmark, PlanOptions, largest_bytes, plan_benchmark, read_benchmark
from harness.app.design import fix_seeds
from harness.app.elsewhere import other_bits, standing
from harness.app.findings import Fetch, read_inputs
from harness.app.live_page import LivePage
from harness.app.other_data import read_others
from harness.app.plan import check_affordable, misfit_sentences, most_sentences, plan_sentences
from harness.app.progress import SILENT, Progress
from harness.app.recording import run_benchmark
from harness.app.report import ReportOptions, ReportResult, report_on, short_summary, with_main_page
from harness.app.until_decided import Rounds, look_ahead, make_rounds, outcome
from harness.app.workspace import load_records
from harness.data import fetching
from harness.errors import Interrupted, MissingOption
from harness.execute.engine import (
    LOCAL,
    Engine,
    EngineOptions,
    Site,
    TrialEnded,
    TrialRecordedElsewhere,
    make_engine,
    open_site,
)
from harness.planning.plan import Plan
from harness.planning.trial import Trial
from harness.records.design import write_design
from harness.records.pooling import pool
from harness.records.store import Loaded
from harness.reporting.numbers import duration, plural
from harness.reporting.ownership import check_own
from harness.spec.moving import Misfit

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class RunOptions(PlanOptions):
    """What to train, how long one trial may take, whether its weights are kept, and what trains it.

    Args:
        timeout_seconds: How long one trial may take; None: as long as it needs.
        keep_weights: Whether the weights are kept beside the record.
        engine: A module of ``harness.execute.engines``.
        address: Where the engine finds a cluster, ``auto`` or ``host:port``; None: it starts one on this machine.
    """

    timeout_seconds: float | None = None
    keep_weights: bool = False
    page: bool = False
    engine: str = "local"
    address: str | None = None


@dataclass(frozen=True, repr=False)
class RunResult:
    """The trials that ended in this run, and what all records of the environment that they ran in say.

    The page is about the default environment: with other threads, or without determinism, the two are not the same.
    ``misfits`` were asked for and can't be trained on the data set.
    """

    ended: tuple[TrialEnded, ...]
    findings: Findings
    page: ReportResult
    misfits: tuple[Misfit, ...] = ()

    @property
    def failed(self) -> tuple[TrialEnded, ...]:
        """The trials that failed."""
        return tuple(event for event in self.ended if event.outcome.failure)

    @property
    def failures(self) -> pd.DataFrame:
        """One row per trial that failed: its architectures, its seed, and where and why."""
        import pandas as pd

        columns = ["architectures", "seed", "stage", "kind", "reason"]
        rows = [
            (", ".join(event.trial.architectures), event.trial.seed, failure.stage, failure.kind, failure.reason)
            for event in self.failed
            if (failure := event.outcome.failure)
        ]
        return pd.DataFrame(rows, columns=columns)

    @property
    def summary(self) -> pd.DataFrame:
        """The headline's numbers, unrounded: one row per architecture, best first."""
        return summary_frame(self.findings)

    @property
    def runs(self) -> pd.DataFrame:
        """One row per architecture, seed and epoch."""
        return runs_frame(self.findings.study)

    @property
    def sentence(self) -> str:
        """What the run did."""
        failed = len(self.failed)
        trained = f"{plural(len(self.ended) - failed, 'trial')} trained, {failed} failed"
        return trained if self.ended else "nothing was left to train"

    def __repr__(self) -> str:
        """Return the sentence and the summary in short."""
        return f"{self.sentence}\n\n{short_summary(self.findings).to_string(index=False)}"

    def _repr_html_(self) -> str:
        """Return the sentence and the summary in short, as notebooks show them."""
        return f"<p>{self.sentence}</p>{short_summary(self.findings).to_html(index=False)}"


def run(
    options: RunOptions, *, engine: Engine | None = None, progress: Progress = SILENT, fetch: Fetch = fetching.fetch
) -> RunResult:
    """Train what is not recorded yet, then write the report. The same call again resumes.

    Args:
        options: What to train.
        engine: Trains the trials; None: the one that the options name, with as many jobs as they say.
        progress: Takes warnings, messages and events.
        fetch: Returns the data sets; trials read them from the cache.

    Raises:
        BenchError: A name means no spec, a spec is invalid, the data can't be fetched, a file can't be written.
        Interrupted: The user pressed Ctrl-C; what is recorded stays, checkpoints too.
    """
    if options.address is not None and options.engine == LOCAL:
        raise MissingOption("--address", "--engine ray")
    benchmark = read_benchmark(options)
    for sentence in misfit_sentences(benchmark.misfits):
        progress.say(sentence)
    check_own(options.folder)
    benchmark.store.check_writable()
    loaded = load_records(benchmark.store, progress, set_aside=True)
    first = plan_benchmark(benchmark, loaded)
    if options.timeout_seconds is None:
        check_affordable(first)
    with ExitStack() as stack:
        needed = engine is None and (options.address or options.until_decided or first.pending)
        site = stack.enter_context(open_site(engine_options(options))) if needed else None
        if site is not None:
            benchmark = benchmark.on(site.environments)
            for sentence in site.sentences:
                progress.warn(sentence)
        return _run(options, benchmark, loaded, _Training(options, engine, site, progress, fetch))


def engine_options(options: RunOptions) -> EngineOptions:
    """Return what an engine is made from, as far as it is known before there is a plan."""
    return EngineOptions(
        jobs=options.jobs,
        threads=options.threads,
        timeout_seconds=options.timeout_seconds,
        deterministic=options.deterministic,
        keep_weights=options.keep_weights,
        name=options.engine,
        address=options.address,
    )


def _run(options: RunOptions, benchmark: Benchmark, loaded: Loaded, training: _Training) -> RunResult:
    """Train, and report."""
    progress, fetch = training.progress, training.fetch
    if options.until_decided:
        training.until_decided(make_rounds(options, benchmark, loaded), loaded)
    else:
        fix_seeds(options, benchmark.settings.seeds, loaded, progress)
        training.carry_out(benchmark, loaded)
    done = _reported(options, benchmark, tuple(training.ended), progress, fetch)
    for sentence in standing(done.findings) if training.relies_on_others else ():
        progress.say(sentence)
    return done


def fetch_datasets(trials: Iterable[Trial], fetch: Fetch, progress: Progress) -> None:
    """Fetch what the trials' processes will read from the cache."""
    datasets = {trial.computation.dataset: trial.computation.data for trial in trials}
    for _, dataset in sorted(datasets.items()):
        with progress.fetching() as on_event:
            fetch(dataset, on_event)


@dataclass
class _Training:
    """Carries plans out, one after the other, and keeps the trials that ended."""

    options: RunOptions
    engine: Engine | None
    site: Site | None
    progress: Progress
    fetch: Fetch
    ended: list[TrialEnded] = field(default_factory=list)
    relies_on_others: bool = False

    def until_decided(self, rounds: Rounds, loaded: Loaded) -> None:
        """Train round by round, until no claim is open that more seeds may decide."""
        if rounds.design != self.options.design:
            write_design(self.options.folder, rounds.design)
        _, most = rounds.planned(loaded)
        jobs = (self.engine or self._engine(rounds.benchmark, most)).jobs
        for sentence in most_sentences(most, jobs):
            self.progress.say(sentence)
        following: Benchmark | None = rounds.first()
        earlier: Benchmark | None = None
        # A round that trained nothing of what it was for would be the next one again.
        while following is not None and following != earlier:
            self.progress.say(look_ahead(following))
            self.carry_out(following, loaded)
            loaded, earlier = rounds.benchmark.store.load(), following
            looked = rounds.looked(loaded)
            following = rounds.next(looked)
            for sentence in outcome(looked, rounds.until):
                self.progress.say(sentence)

    def carry_out(self, benchmark: Benchmark, loaded: Loaded) -> None:
        """Train what the benchmark needs and is not recorded, but nothing twice that failed in this run."""
        failed = {event.trial.name for event in self.ended if event.outcome.failure}
        plan = plan_benchmark(benchmark, loaded).without(failed)
        engine = self.engine or self._engine(benchmark, plan)
        for sentence in plan_sentences(plan, engine.jobs):
            self.progress.say(sentence)
        if plan.pending:
            self._train(benchmark, plan, engine)
        if plan.checks and plan.standing:
            self._train_fallen(benchmark, plan, engine)
        self.relies_on_others |= bool(plan.checks or plan.standing)

    def _engine(self, benchmark: Benchmark, plan: Plan) -> Engine:
        of_plan = replace(
            engine_options(self.options),
            checkpoints=benchmark.store.checkpoints(benchmark.environment.id),
            trial_bytes=largest_bytes(plan),
        )
        return self.site.engine(of_plan) if self.site else make_engine(of_plan)

    def _train(self, benchmark: Benchmark, plan: Plan, engine: Engine) -> None:
        fetch_datasets((planned.trial for planned in plan.pending), self.fetch, self.progress)
        left = len(plan.pending)
        page = LivePage(_report_options(self.options), benchmark.environment, plan, self.progress)
        try:
            with self.progress.training(plan, engine.jobs) as show:
                for event in run_benchmark(benchmark, plan, engine):
                    show(event)
                    self.ended += [event] if isinstance(event, TrialEnded) else []
                    left -= isinstance(event, TrialEnded | TrialRecordedElsewhere)
                    if self.options.page:
                        page.observe(event)
        except KeyboardInterrupt:
            raise Interrupted(len(self.ended), left) from None

    def _train_fallen(self, benchmark: Benchmark, plan: Plan, engine: Engine) -> None:
        """Train what was to stand as another machine recorded it, where the trials of both have other bits."""
        loaded = benchmark.store.load()
        fallen = plan.fallen(plan_benchmark(benchmark, loaded))
        if not fallen.pending:
            return
        for sentence in other_bits(pool(loaded.records, benchmark.environment), plan):
            self.progress.say(sentence)
        self.progress.say(
            f"{plural(len(fallen.pending), 'trial')} more to train: about {duration(fallen.seconds(engine.jobs))}."
        )
        self._train(benchmark, fallen, engine)


def _report_options(options: RunOptions) -> ReportOptions:
    """Return what the page is written from and where, for what is trained."""
    return ReportOptions(
        results=options.results,
        architectures=options.architectures,
        smoke=options.smoke,
        dataset=options.dataset,
        folds=options.folds,
    )


def _reported(
    options: RunOptions, benchmark: Benchmark, ended: tuple[TrialEnded, ...], progress: Progress, fetch: Fetch
) -> RunResult:
    """Write the page, and derive what the records of the environment that was trained in say."""
    about = _report_options(options)
    inputs = read_inputs(about, progress, fetch)
    if options.dataset is None:
        page = report_on(inputs, about, read_others(about, progress, None))
    else:
        page = with_main_page(report_on(inputs, about), about, progress)
    trained_in, shown = benchmark.environment.id, page.findings.study.environment
    if shown is None or shown.id == trained_in:
        return RunResult(ended, page.findings, page, benchmark.misfits)
    progress.say(
        f"shown is environment {trained_in}; {options.folder}/README.md is about {shown.id}: "
        f"'bench report --environment {trained_in}' writes one about this"
    )
    return RunResult(ended, inputs.findings(trained_in), page, benchmark.misfits)
