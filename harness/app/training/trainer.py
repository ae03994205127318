"""Carries plans out, one after the other: fetches the data, trains, records, and shows how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from harness.app.inputs import Fetch, cached, read_inputs
from harness.app.progress import SILENT, Progress
from harness.app.training.benchmark import Benchmark, largest_bytes, plan_benchmark
from harness.app.training.engine_choice import engine_at
from harness.app.training.kept import KeptWeightsFinder
from harness.app.training.recording import run_benchmark
from harness.app.training.rounds import Rounds
from harness.app.training.sentences import (
    look_ahead,
    most_sentences,
    other_bits,
    outcome,
    plan_sentences,
)
from harness.app.workspace import Workspace
from harness.errors import CannotWrite, Interrupted
from harness.execute.engine import (
    Engine,
    EngineOptions,
    Site,
    TrialEnded,
    TrialEvent,
    TrialRecordedElsewhere,
)
from harness.execute.queue import InOrder
from harness.planning.plan import Plan
from harness.planning.trial import Trial
from harness.records.design import write_design
from harness.records.environment import Environment
from harness.records.files import write_atomically
from harness.records.pooling import pool
from harness.records.store import Loaded
from harness.reporting.numbers import duration, plural


def fetch_datasets(trials: Iterable[Trial], fetch: Fetch, progress: Progress) -> None:
    """Fetch what the trials' processes will read from the cache."""
    datasets = {trial.computation.dataset: trial.computation.data for trial in trials}
    for _, dataset in sorted(datasets.items()):
        with progress.fetching() as on_event:
            fetch(dataset, on_event)


def train_unrecorded(plan: Plan, engine: Engine, progress: Progress) -> Iterator[TrialEnded]:
    """Train all of the plan's trials in its order, and yield each as it ends; record nothing."""
    with progress.training(plan, engine.jobs) as show:
        for event in engine(InOrder(planned.trial for planned in plan.trials)):
            show(event)
            if isinstance(event, TrialEnded):
                yield event


@dataclass
class Trainer:
    """Carries plans out, one after the other, and keeps the trials that ended."""

    workspace: Workspace
    options: EngineOptions
    engine: Engine | None
    site: Site | None
    progress: Progress
    fetch: Fetch
    page: bool = False
    ended: list[TrialEnded] = field(default_factory=list)
    relies_on_others: bool = False

    def until_decided(self, rounds: Rounds, loaded: Loaded) -> None:
        """Train round by round, until no claim is open that more seeds may decide."""
        if rounds.design != self.workspace.design:
            write_design(self.workspace.folder, rounds.design)
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
        plan = self._planned(benchmark, loaded).without(failed)
        engine = self.engine or self._engine(benchmark, plan)
        for sentence in plan_sentences(plan, engine.jobs):
            self.progress.say(sentence)
        if plan.pending:
            self._train(benchmark, plan, engine)
        if plan.checks and plan.standing:
            self._train_fallen(benchmark, plan, engine)
        self.relies_on_others |= bool(plan.checks or plan.standing)

    def _planned(self, benchmark: Benchmark, loaded: Loaded) -> Plan:
        """Return the plan; weights that were kept are of use to this machine's own processes alone."""
        plan = plan_benchmark(benchmark, loaded)
        return plan if self.engine or self.site else plan.with_weights(KeptWeightsFinder(benchmark))

    def _engine(self, benchmark: Benchmark, plan: Plan) -> Engine:
        of_plan = replace(
            self.options,
            checkpoints=benchmark.store.checkpoints(benchmark.environment.id),
            trial_bytes=largest_bytes(plan),
            kept=None if self.site else KeptWeightsFinder(benchmark),
        )
        return engine_at(self.site, of_plan)

    def _train(self, benchmark: Benchmark, plan: Plan, engine: Engine) -> None:
        fetch_datasets((planned.trial for planned in plan.pending), self.fetch, self.progress)
        left = len(plan.pending)
        page = LivePage(self.workspace, benchmark.environment, plan, self.progress)
        try:
            with self.progress.training(plan, engine.jobs) as show:
                for event in run_benchmark(benchmark, plan, engine):
                    show(event)
                    self.ended += [event] if isinstance(event, TrialEnded) else []
                    left -= isinstance(event, TrialEnded | TrialRecordedElsewhere)
                    if self.page:
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


# A page that asks for itself again so often is read from the disk alone.
REFRESH_SECONDS = 20


class LivePage:
    """Writes the page after every round: as many trials as there are networks to train.

    It is about the environment that is trained in; the report at the end writes the page as it stays.
    """

    def __init__(self, workspace: Workspace, environment: Environment, plan: Plan, progress: Progress) -> None:
        self._workspace = workspace
        self._environment = environment
        self._round = len({planned.trial.fingerprint for planned in plan.pending})
        self._progress = progress
        self._ended = 0

    def observe(self, event: TrialEvent) -> None:
        """Count a trial that ended, and write the page where it ends a round."""
        if not isinstance(event, TrialEnded):
            return
        self._ended += 1
        if self._ended % self._round == 0:
            self._write()

    def _write(self) -> None:
        """Write it; that it can't be written ends no training."""
        from harness.reporting.explorer.page import index_page
        from harness.reporting.ownership import INDEX

        inputs = read_inputs(self._workspace, SILENT, cached)
        content = index_page(inputs.findings(self._environment.id), inputs.pictures, REFRESH_SECONDS)
        try:
            write_atomically(self._workspace.folder / INDEX, content)
        except CannotWrite as error:
            self._progress.warn(str(error))
