"""Trains recorded trials again and compares every digest and number; saves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from harness.app.audit import Wanted
from harness.app.inputs import Fetch
from harness.app.progress import SILENT, Progress
from harness.app.training.benchmark import check_at_once, jobs_for, largest_bytes, selected
from harness.app.training.engine_choice import EngineChoice, connected, engine_at
from harness.app.training.trainer import fetch_datasets, train_unrecorded
from harness.app.verification import Verification, VerifyResult, compared_with_record
from harness.app.workspace import RecordsOptions, check_dataset, load_records
from harness.data import fetching
from harness.data.declarations import find_dataset
from harness.errors import BenchError, NothingRecorded, Stopped
from harness.evaluations.registry import evaluation_names
from harness.execute.engine import LOCAL, Engine, EngineOptions
from harness.planning.plan import Plan, PlannedTrial, Status
from harness.planning.settings import Settings
from harness.planning.trial import Trial, trial_computation
from harness.records.environment import Environment, current_environment
from harness.records.plan_facts import recorded
from harness.records.pooling import HERE, choose_environment
from harness.records.record import Record
from harness.records.speeds import measured_forecast
from harness.records.store import Loaded
from harness.spec.architecture import Architecture
from harness.spec.folder import files_apart, select_files
from harness.spec.moving import moved
from harness.spec.reading import sound

SHORT_FINGERPRINT = 8
ReaderNames = Mapping[str, tuple[str, ...]]
"""The architectures that read each trial, by its fingerprint."""


@dataclass(frozen=True, kw_only=True)
class VerifyOptions(RecordsOptions, EngineChoice):
    """What to train again, and how.

    Args:
        names: Architectures, as names or globs; none: all that is recorded.
        seeds: Those seeds; None: every recorded one; empty: the first recorded one of each trial.
        threads: Threads of each trial; None: as many as the record, since other threads give other bits.
        jobs: Trials at once; None: as many as cores and memory allow.
    """

    names: tuple[str, ...] = ()
    seeds: tuple[int, ...] | None = ()
    threads: int | None = None
    jobs: int | None = None


def verify(
    options: VerifyOptions, *, engine: Engine | None = None, progress: Progress = SILENT, fetch: Fetch = fetching.fetch
) -> VerifyResult:
    """Train the trials again in fresh processes, and compare each with its record as it ends.

    Args:
        options: Which trials.
        engine: Trains them; None: the one that the options name.
        progress: Takes warnings, messages and events.
        fetch: Returns the data sets; trials read them from the cache.

    Raises:
        BenchError: An unknown name or environment, nothing is recorded, or the data can't be fetched.
        Stopped: The user pressed Ctrl-C.
    """
    check_at_once(jobs=options.jobs, threads=options.threads)
    options.check_engine()
    names = _names(options)
    loaded = load_records(options.store, progress)
    this = current_environment(threads=1).id
    recorded = choose_environment(loaded.records, options.environment, this, options.design)
    if recorded is None:
        raise NothingRecorded(f"in {options.folder}")
    chosen = chosen_records(loaded.of(recorded.id).values(), names if options.names else None, options.seeds)
    if not chosen:
        raise NothingRecorded(f"of what was asked for, in the environment {recorded.id}")
    numerics = recorded.numerics
    here = current_environment(options.threads or numerics.threads, deterministic=numerics.deterministic)
    plan = _plan([trial_of(record, names, options.specs) for record in chosen], loaded, here)
    wanted = engine_options(options, plan, here)
    with nullcontext() if engine else connected(wanted, progress) as site:
        here = site.environments[0] if site else here
        trainer = engine or engine_at(site, wanted)
        fetch_datasets((planned.trial for planned in plan.trials), fetch, progress)
        return VerifyResult(tuple(_train_again(chosen, plan, here, trainer, progress)), recorded, here)


def engine_options(options: VerifyOptions, plan: Plan, here: Environment) -> EngineOptions:
    """Return what an engine is made from that trains the plan as its records were trained."""
    threads, elsewhere = here.numerics.threads, options.engine != LOCAL
    return EngineOptions(
        jobs=options.jobs if elsewhere else jobs_for(plan, options.jobs, threads),
        threads=threads,
        timeout_seconds=options.timeout_seconds,
        deterministic=here.numerics.deterministic,
        name=options.engine,
        address=options.address,
        trial_bytes=largest_bytes(plan),
    )


def _names(options: VerifyOptions) -> ReaderNames:
    """Return the names that trials are read by. Where none is asked for, a spec that is invalid costs only a name."""
    found: dict[str, tuple[str, ...]] = {}
    check_dataset(options)
    try:
        architectures = selected(options, options.names)[0] if options.names else _sound(options)
    except BenchError:
        if options.names:
            raise
        return found
    settings = options.cut(Settings())
    for architecture in architectures:
        fingerprint = trial_computation(architecture, settings).fingerprint
        found[fingerprint] = (*found.get(fingerprint, ()), architecture.name)
    return found


def _sound(options: VerifyOptions) -> tuple[Architecture, ...]:
    """Return all architectures that are valid; on a data set of the options' own, those that fit."""
    found, _ = sound((*select_files((), options.specs), *files_apart(options.specs)))
    if options.dataset is None:
        return found
    dataset = find_dataset(options.dataset, options.specs)
    return tuple(one for one in (moved(own, dataset) for own in found) if isinstance(one, Architecture))


def wanted_files(options: VerifyOptions) -> Wanted:
    """Return which files are checked where nothing is trained: as asked for, but of all seeds where none is named.

    Raises:
        BenchError: A name means no spec.
    """
    here = options.environment == HERE
    return Wanted(
        frozenset(_names(options)) if options.names else None,
        frozenset(options.seeds) if options.seeds else None,
        current_environment(options.threads or 1).id if here else options.environment,
    )


def chosen_records(
    records: Iterable[Record], fingerprints: Iterable[str] | None = None, seeds: tuple[int, ...] | None = ()
) -> tuple[Record, ...]:
    """Return the records to verify, each trial once; those without a finished epoch hold nothing to compare.

    Args:
        records: What is recorded.
        fingerprints: What the named architectures compute; None: all that is recorded.
        seeds: Those seeds; None: every recorded one; empty: the first recorded one of each trial.
    """
    wanted = None if fingerprints is None else set(fingerprints)
    measured = [record for record in records if record.measurement and record.measurement.epochs]
    chosen = [record for record in measured if wanted is None or record.fingerprint in wanted]
    if seeds != ():
        return tuple(record for record in chosen if seeds is None or record.seed in seeds)
    first: dict[str, Record] = {}
    for record in sorted(chosen, key=lambda record: record.seed):
        first.setdefault(record.fingerprint, record)
    return tuple(first.values())


def trial_of(record: Record, names: Mapping[str, Sequence[str]], specs: Path | None = None) -> Trial:
    """Return the trial up to the record's last finished epoch; one that nobody reads goes by its fingerprint.

    Raises:
        UnknownDataset: Its data set is declared neither in the folder of the specs nor in the package.
    """
    epochs = len(record.measurement.epochs) if record.measurement else record.epochs
    labels = tuple(names.get(record.fingerprint, (record.fingerprint[:SHORT_FINGERPRINT],)))
    due = tuple(sorted(one for one in recorded(record).evaluations if one.evaluation in evaluation_names()))
    computation = record.computation.on(find_dataset(record.computation.dataset, specs))
    return Trial(computation, record.seed, epochs, labels, due)


def _plan(trials: Sequence[Trial], loaded: Loaded, here: Environment) -> Plan:
    """Return the trials, the longest first, so that no core idles at the end."""
    forecast = measured_forecast(loaded.of(here.id).values() or loaded.records)
    planned = [PlannedTrial(trial, Status.PENDING, forecast.trial_seconds(trial)) for trial in trials]
    return Plan(tuple(sorted(planned, key=lambda found: -found.seconds)), forecast)


def _train_again(
    records: Sequence[Record], plan: Plan, here: Environment, engine: Engine, progress: Progress
) -> list[Verification]:
    """Return what each trial came to, in the records' order."""
    recorded = {record.name: record for record in records}
    found: dict[str, Verification] = {}
    try:
        for ended in train_unrecorded(plan, engine, progress):
            name = ended.trial.name
            found[name] = compared_with_record(ended.trial, recorded[name], ended.outcome, here)
    except KeyboardInterrupt:
        raise Stopped(f"{len(found)} of {len(plan.trials)} trials verified") from None
    return [found[record.name] for record in records]
