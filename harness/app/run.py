"""Trains what is not recorded yet, records it, then writes the report; prints nothing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.findings import Findings
from harness.analysis.frame import runs_frame, summary_frame
from harness.app.inputs import Fetch, read_inputs, read_others
from harness.app.plan import check_affordable
from harness.app.progress import SILENT, Progress
from harness.app.report import ReportResult, report_on, short_summary, with_main_page
from harness.app.training.benchmark import Benchmark, PlanOptions, plan_benchmark, read_benchmark
from harness.app.training.engine_choice import EngineChoice, connected
from harness.app.training.kept import KeptWeightsFinder
from harness.app.training.rounds import make_rounds
from harness.app.training.sentences import (
    misfit_sentences,
    standing,
)
from harness.app.training.study_seeds import fix_seeds
from harness.app.training.trainer import Trainer
from harness.app.workspace import load_records
from harness.data import fetching
from harness.execute.engine import (
    LOCAL,
    Engine,
    EngineOptions,
    TrialEnded,
)
from harness.records.store import Loaded
from harness.reporting.numbers import plural
from harness.reporting.ownership import check_own
from harness.spec.moving import Misfit

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class RunOptions(PlanOptions, EngineChoice):
    """What to train and what trains it, whether weights are kept, and whether the page is written meanwhile.

    Args:
        keep_weights: Whether the weights are kept beside the record.
        page: Whether the page to explore is written again after every round of trials.
    """

    keep_weights: bool = False
    page: bool = False


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
        evaluated = sum(not event.outcome.trained for event in self.ended if event.outcome.failure is None)
        trained = f"{plural(len(self.ended) - failed - evaluated, 'trial')} trained, {failed} failed"
        further = f", {plural(evaluated, 'recorded trial')} evaluated" if evaluated else ""
        return f"{trained}{further}" if self.ended else "nothing was left to train"

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
    options.check_engine()
    benchmark = read_benchmark(options)
    for sentence in misfit_sentences(benchmark.misfits):
        progress.say(sentence)
    check_own(options.folder)
    benchmark.store.check_writable()
    loaded = load_records(benchmark.store, progress, set_aside=True)
    first = plan_benchmark(benchmark, loaded)
    if options.timeout_seconds is None:
        check_affordable(first if options.engine != LOCAL else first.with_weights(KeptWeightsFinder(benchmark)))
    with ExitStack() as stack:
        needed = engine is None and (options.address or options.until_decided or first.pending)
        wanted = engine_options(options)
        site = stack.enter_context(connected(wanted, progress)) if needed else None
        if site is not None:
            benchmark = benchmark.on(site.environments)
        trainer = Trainer(options, wanted, engine, site, progress, fetch, options.page)
        return _run(options, benchmark, loaded, trainer)


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


def _run(options: RunOptions, benchmark: Benchmark, loaded: Loaded, trainer: Trainer) -> RunResult:
    """Train, and report."""
    progress, fetch = trainer.progress, trainer.fetch
    if options.until_decided:
        trainer.until_decided(make_rounds(options, benchmark, loaded), loaded)
    else:
        fix_seeds(options, benchmark.settings.seeds, loaded, progress)
        trainer.carry_out(benchmark, loaded)
    done = _reported(options, benchmark, tuple(trainer.ended), progress, fetch)
    for sentence in standing(done.findings) if trainer.relies_on_others else ():
        progress.say(sentence)
    return done


def _reported(
    options: RunOptions, benchmark: Benchmark, ended: tuple[TrialEnded, ...], progress: Progress, fetch: Fetch
) -> RunResult:
    """Write the page, and derive what the records of the environment that was trained in say."""
    inputs = read_inputs(options, progress, fetch)
    if options.dataset is None:
        page = report_on(inputs, read_others(options, progress, None, inputs.specs))
    else:
        page = with_main_page(report_on(inputs), options, progress, inputs.specs)
    trained_in, shown = benchmark.environment.id, page.findings.study.environment
    if shown is None or shown.id == trained_in:
        return RunResult(ended, page.findings, page, benchmark.misfits)
    progress.say(
        f"shown is environment {trained_in}; {options.folder}/README.md is about {shown.id}: "
        f"'bench report --environment {trained_in}' writes one about this"
    )
    return RunResult(ended, inputs.findings(trained_in), page, benchmark.misfits)
