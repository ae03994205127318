"""What a verb trains: the selected architectures, under which settings, in which environment, and the plan of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from harness.app.workspace import Workspace
from harness.declaration.values import is_whole
from harness.errors import Exclusive, InvalidArgument, MissingOption, NothingFits, TooFewForALook
from harness.execute.cores import jobs_here
from harness.planning.plan import Plan, make_plan
from harness.planning.seeds import LOOKS
from harness.planning.settings import DEFAULT_SEEDS, MOST_AT_ONCE, Settings
from harness.records.environment import Environment, current_environment
from harness.records.plan_facts import furthest, recorded
from harness.records.pooling import pool
from harness.records.record import Record
from harness.records.speeds import measured_forecast
from harness.records.store import Loaded, Store
from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.evaluating import check_evaluations
from harness.spec.in_folds import all_in_folds
from harness.spec.moving import Misfit, select_on
from harness.spec.reading import select
from harness.spec.training.folds import MOST_FOLDS


@dataclass(frozen=True, kw_only=True)
class PlanOptions(Workspace):
    """What to train, and how.

    Args:
        names: Architectures, as names or globs; none: every one of the folder.
        seeds: The seeds of each; None: seeds 0 to 4, or one for each fold.
        until_decided: Whether to train up to 10, 20 and 40 seeds, for as long as a claim is open, instead.
        most_seeds: The number of seeds after which no claim is looked at again; None: 40.
        jobs: Trials at once; None: as many as cores and memory allow.
        threads: Threads and cores of each trial.
        deterministic: Whether the backend's operations must be deterministic.
        retrain: Whether to train here also what another machine of the same numerics recorded.
        evaluate: What else is measured of every architecture, beside what its spec asks for.
    """

    names: tuple[str, ...] = ()
    seeds: tuple[int, ...] | None = None
    until_decided: bool = False
    most_seeds: int | None = None
    jobs: int | None = None
    threads: int = 1
    deterministic: bool = True
    retrain: bool = False
    evaluate: tuple[str, ...] = ()


@dataclass(frozen=True)
class Benchmark:
    """What is compared, under which settings, where it runs and where its records go.

    With ``retrain``, what other machines of the same numerics recorded stands for nothing. ``beside`` are the further
    environments of a cluster that trials run in: what is recorded in one of them is recorded.
    ``folders_beside`` hold results on other data sets, for the times that trials take.
    """

    architectures: tuple[Architecture, ...]
    settings: Settings
    environment: Environment
    store: Store
    retrain: bool = False
    misfits: tuple[Misfit, ...] = ()
    beside: tuple[Environment, ...] = ()
    folders_beside: tuple[Path, ...] = ()

    def on(self, environments: tuple[Environment, ...]) -> Benchmark:
        """Return it as it runs in a cluster's environments, the first of which it is planned for."""
        first, *beside = environments
        return replace(self, environment=first, beside=tuple(beside))


def plan_benchmark(benchmark: Benchmark, loaded: Loaded | None = None) -> Plan:
    """Decide what is to be trained: what the selection needs, less what is recorded.

    Seconds are predicted from this machine's own records, in this folder, else in those of other data sets; where there
    are none, from those of the same numerics.

    Args:
        benchmark: What is compared.
        loaded: Its store's records, where they have been read already.
    """
    pooled = pool((loaded or benchmark.store.load()).records, benchmark.environment)
    there = {environment.id for environment in benchmark.beside}
    near = (record for record in pooled.records if record.environment.id in there)
    own = {name: recorded(record) for name, record in {**furthest(near), **furthest(pooled.own)}.items()}
    forecast = measured_forecast(pooled.own or _measured_beside(benchmark) or pooled.records)
    elsewhere = None if benchmark.retrain else pooled.elsewhere
    return make_plan(benchmark.architectures, benchmark.settings, own, forecast, elsewhere)


def _measured_beside(benchmark: Benchmark) -> tuple[Record, ...]:
    """Return this machine's records in the other folders of the results: on the documents' data, on other data sets."""
    here = benchmark.environment.id
    stores = (Store(folder) for folder in benchmark.folders_beside)
    return tuple(record for store in stores for record in store.load(here).records)


def read_benchmark(options: PlanOptions) -> Benchmark:
    """Read the selected specs and describe this machine.

    Raises:
        BenchError: A name means no spec, a spec is invalid, an evaluation does not fit, or options contradict each
            other.
    """
    check_looks(options)
    check_at_once(jobs=options.jobs, threads=options.threads)
    if options.folds is not None and not (is_whole(options.folds) and 2 <= options.folds <= MOST_FOLDS):  # noqa: PLR2004
        raise InvalidArgument("folds", options.folds, f"a whole number from 2 to {MOST_FOLDS:,}")
    architectures, misfits = selected(options, options.names)
    evaluations = check_evaluations(options.evaluate, architectures)
    seeds = options.seeds or (tuple(range(options.folds)) if options.folds else DEFAULT_SEEDS)
    settings = Settings(seeds, options.threads, options.deterministic, evaluations=evaluations)
    return Benchmark(
        architectures=architectures,
        settings=options.cut(settings),
        environment=current_environment(options.threads, deterministic=options.deterministic),
        store=options.store,
        retrain=options.retrain,
        misfits=misfits,
        folders_beside=options.folders_beside,
    )


def selected(workspace: Workspace, names: tuple[str, ...]) -> tuple[tuple[Architecture, ...], tuple[Misfit, ...]]:
    """Return the architectures that are asked for, and those of them that can't be trained on the workspace's data set.

    Raises:
        BenchError: A name means no spec, a spec is invalid, or none fits.
    """
    chosen, misfits = _on_data(workspace, names)
    found, too_many = all_in_folds(chosen, workspace.folds)
    if not found:
        raise NothingFits(", ".join(sorted({one.dataset for one in chosen})), too_many)
    return found, (*misfits, *too_many)


def _on_data(workspace: Workspace, names: tuple[str, ...]) -> tuple[tuple[Architecture, ...], tuple[Misfit, ...]]:
    if workspace.dataset is None:
        return select(names, workspace.specs), ()
    return select_on(workspace.dataset, names, workspace.specs)


def check_looks(options: PlanOptions) -> None:
    """Refuse what can't be asked for together with claims that are judged until decided.

    Raises:
        BenchError: Seeds of one's own, which would be a look of one's own; smoke results and those on another
            data set, which decide no claim; too few seeds for the first look, or a limit without looks.
    """
    if options.until_decided and options.dataset is not None:
        raise Exclusive("--until-decided", "--dataset")
    if options.until_decided and options.folds is not None:
        raise Exclusive("--until-decided", "--folds")
    if options.until_decided and (options.smoke or options.seeds is not None):
        raise Exclusive("--until-decided", "--smoke" if options.smoke else "--seeds")
    if options.most_seeds is not None:
        if not options.until_decided:
            raise MissingOption("--most-seeds", "--until-decided")
        if not isinstance(options.most_seeds, int) or options.most_seeds < LOOKS[0]:
            raise TooFewForALook(options.most_seeds, LOOKS[0])


def check_at_once(**asked: int | None) -> None:
    """Refuse numbers of threads or trials at once that no machine has cores for.

    Raises:
        InvalidArgument: One is not from 1 to ``MOST_AT_ONCE``.
    """
    for name, value in asked.items():
        if value is not None and not 1 <= value <= MOST_AT_ONCE:
            raise InvalidArgument(name, value, f"a whole number from 1 to {MOST_AT_ONCE:,}")


def jobs_for(decided: Plan, jobs: int | None, threads: int) -> int:
    """Return how many trials run at once: what is asked for, else what cores and memory allow."""
    if jobs is not None:
        return jobs
    return jobs_here(threads, largest_bytes(decided))


def largest_bytes(decided: Plan) -> int:
    """Return the memory that the largest of the pending trials takes."""
    computed = {planned.trial.fingerprint: planned.trial.computation for planned in decided.pending}
    return max((cost(computation).training_bytes for computation in computed.values()), default=0)
