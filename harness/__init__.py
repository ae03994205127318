"""A declarative benchmark harness; this module is the notebook API and holds no logic.

Names are one name or glob or several; seeds are a number of them (5: seeds 0 to 4) or the seeds themselves. A user's
error is a `BenchError` with one sentence. Records that can't be read are left out, each with a warning.

>>> import harness
>>> harness.run("00*", seeds=5)                   # trains what is not recorded yet, shows progress, gives frames
>>> frame = harness.records_frame("results")      # one row per environment, trial, seed and epoch
>>> summary = harness.summary_frame("results")    # one row per architecture, best first
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import BenchError, UnknownProgress

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from harness.analysis.findings import Findings
    from harness.analysis.published import NumberRuling
    from harness.app.plan import PlanResult
    from harness.app.progress import Progress
    from harness.app.report import ReportResult
    from harness.app.run import RunResult
    from harness.app.verification import VerifyResult

__all__ = [
    "BenchError",
    "classes_frame",
    "comparisons_frame",
    "export",
    "export_model",
    "findings",
    "judge_number",
    "plan",
    "predict",
    "rankings_frame",
    "records_frame",
    "report",
    "run",
    "runs_frame",
    "summary_frame",
    "verdicts_frame",
    "verify",
]


def run(
    names: str | Iterable[str],
    *,
    seeds: int | str | Iterable[int] | None = None,
    until_decided: bool = False,
    most_seeds: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    timeout_seconds: float | None = None,
    engine: str = "local",
    address: str | None = None,
    deterministic: bool = True,
    retrain: bool = False,
    evaluate: str | Iterable[str] = (),
    keep_weights: bool = False,
    page: bool = False,
    smoke: bool = False,
    dataset: str | None = None,
    folds: int | None = None,
    results: str | Path = "results",
    architectures: str | Path | None = None,
    progress: str = "auto",
) -> RunResult:
    """Train what is not recorded yet, then write the report. The same call again resumes.

    Args:
        names: Architectures, as names or globs; ``"*"`` for every one.
        seeds: How many, from 0 on, or which; by default 5.
        until_decided: Train up to 10, 20 and 40 seeds instead, for as long as a claim is open.
        most_seeds: With ``until_decided``, look at no more seeds than this; by default 40.
        jobs: Trials at once; by default as many as cores and memory allow.
        threads: Threads and cores of each trial.
        timeout_seconds: How long one trial may take; by default as long as it needs.
        engine: What trains them: ``"local"`` processes, or the machines of a ``"ray"`` cluster.
        address: The Ray cluster, as ``"host:port"`` or ``"auto"``; by default one is started on this machine.
        deterministic: Whether TensorFlow's operations must be deterministic.
        retrain: Whether to train here also what another machine of the same numerics recorded.
        evaluate: What else is measured of the weights after the last epoch, such as ``["shift", "calibration"]``.
        keep_weights: Whether to keep the weights after each trial's last epoch beside its record.
        page: Whether to rewrite ``index.html`` after every round of trials.
        smoke: A few thousand examples and one epoch: seconds, kept apart from real results.
        dataset: Data set that all are trained on; by default the one that each spec names.
        folds: How many folds all are cross-validated in, one for each seed, in a folder of its own.
        results: Folder of the results.
        architectures: Folder of the specs; by default ``./architectures``, else those that ship with the package.
        progress: How progress is shown: auto, live, plain, json or none.

    Raises:
        BenchError: One sentence on what is wrong and what to do.
    """
    from harness.app.run import RunOptions
    from harness.app.run import run as train_and_report

    options = RunOptions(
        names=_names(names),
        seeds=None if seeds is None else _seeds(seeds),
        until_decided=until_decided,
        most_seeds=most_seeds,
        jobs=jobs,
        threads=threads,
        timeout_seconds=timeout_seconds,
        engine=engine,
        address=address,
        deterministic=deterministic,
        retrain=retrain,
        evaluate=_names(evaluate),
        keep_weights=keep_weights,
        page=page,
        smoke=smoke,
        dataset=dataset,
        folds=folds,
        results=Path(results),
        architectures=_path(architectures),
    )
    return train_and_report(options, progress=_shown(progress))


def plan(
    names: str | Iterable[str] = (),
    *,
    seeds: int | str | Iterable[int] | None = None,
    until_decided: bool = False,
    most_seeds: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    deterministic: bool = True,
    retrain: bool = False,
    evaluate: str | Iterable[str] = (),
    smoke: bool = False,
    dataset: str | None = None,
    folds: int | None = None,
    results: str | Path = "results",
    architectures: str | Path | None = None,
) -> PlanResult:
    """Say what `run` would train, without training it.

    Args:
        names: Architectures, as names or globs; by default every one.
        seeds: How many, from 0 on, or which; by default 5.
        until_decided: Train up to 10, 20 and 40 seeds instead, for as long as a claim is open.
        most_seeds: With ``until_decided``, look at no more seeds than this; by default 40.
        jobs: Trials at once; by default as many as cores and memory allow.
        threads: Threads and cores of each trial.
        deterministic: Whether TensorFlow's operations must be deterministic.
        retrain: Whether to train here also what another machine of the same numerics recorded.
        evaluate: What else is measured of the weights after the last epoch, such as ``["shift", "calibration"]``.
        smoke: A few thousand examples and one epoch.
        dataset: Data set that all are trained on; by default the one that each spec names.
        folds: How many folds all are cross-validated in, one for each seed, in a folder of its own.
        results: Folder of the results.
        architectures: Folder of the specs; by default ``./architectures``, else those that ship with the package.

    Raises:
        BenchError: One sentence on what is wrong and what to do.
    """
    from harness.app.plan import plan as make_plan
    from harness.app.training.benchmark import PlanOptions

    options = PlanOptions(
        names=_names(names),
        seeds=None if seeds is None else _seeds(seeds),
        until_decided=until_decided,
        most_seeds=most_seeds,
        jobs=jobs,
        threads=threads,
        deterministic=deterministic,
        retrain=retrain,
        evaluate=_names(evaluate),
        smoke=smoke,
        dataset=dataset,
        folds=folds,
        results=Path(results),
        architectures=_path(architectures),
    )
    return make_plan(options)


def report(
    results: str | Path = "results",
    *,
    architectures: str | Path | None = None,
    environment: str | None = None,
    check: bool = False,
    seeds: int | str | Iterable[int] | None = None,
    smoke: bool = False,
    dataset: str | None = None,
    folds: int | None = None,
    progress: str = "auto",
) -> ReportResult:
    """Write README.md and figures from the records, or check them.

    Args:
        results: Folder of the results.
        architectures: Folder of the specs; by default ``./architectures``, else those that ship with the package.
        environment: An id, its unique beginning, or ``here``; by default the one with most records of preset seeds.
        check: Write nothing, but find the files that are not what the records give.
        seeds: Seeds that ranks and verdicts use from now on; the page says that they were changed.
        smoke: Report on smoke results.
        dataset: Data set that all are trained on; by default the one that each spec names.
        folds: Report on cross-validation in so many folds, as `run` with them trained it.
        progress: How a download of test images is shown: auto, live, plain, json or none.

    Raises:
        BenchError: One sentence on what is wrong and what to do.
    """
    from harness.app.report import ReportOptions
    from harness.app.report import report as write_report

    options = ReportOptions(
        results=Path(results),
        architectures=_path(architectures),
        environment=environment,
        check=check,
        seeds=None if seeds is None else _seeds(seeds),
        smoke=smoke,
        dataset=dataset,
        folds=folds,
    )
    return write_report(options, progress=_shown(progress))


def verify(
    names: str | Iterable[str] = (),
    *,
    seeds: int | str | Iterable[int] | None = (),
    environment: str | None = None,
    threads: int | None = None,
    jobs: int | None = None,
    timeout_seconds: float | None = None,
    engine: str = "local",
    address: str | None = None,
    smoke: bool = False,
    dataset: str | None = None,
    results: str | Path = "results",
    architectures: str | Path | None = None,
    progress: str = "auto",
) -> VerifyResult:
    """Train recorded trials again in fresh processes and compare every digest.

    Args:
        names: Architectures, as names or globs; by default all that is recorded.
        seeds: How many, from 0 on, or which; by default each trial's first recorded one, None for every one.
        environment: Whose records: an id, its unique beginning, or ``here``; by default as for a report.
        threads: Threads of each trial; by default as many as the record, since other threads give other bits.
        jobs: Trials at once; by default as many as cores and memory allow.
        timeout_seconds: How long one trial may take; by default as long as it needs.
        engine: What trains: processes of this machine (local), or a Ray cluster (ray).
        address: With ``engine="ray"``: the cluster, as host:port or auto; by default one is started here.
        smoke: Verify smoke results.
        dataset: Data set that all were trained on; by default the one that each spec names.
        results: Folder of the results.
        architectures: Folder of the specs; by default ``./architectures``, else those that ship with the package.
        progress: How progress is shown: auto, live, plain, json or none.

    Raises:
        BenchError: One sentence on what is wrong and what to do.
    """
    from harness.app.verify import VerifyOptions
    from harness.app.verify import verify as train_again

    options = VerifyOptions(
        names=_names(names),
        seeds=seeds if seeds is None or seeds == () else _seeds(seeds),
        environment=environment,
        threads=threads,
        jobs=jobs,
        timeout_seconds=timeout_seconds,
        engine=engine,
        address=address,
        smoke=smoke,
        dataset=dataset,
        results=Path(results),
        architectures=_path(architectures),
    )
    return train_again(options, progress=_shown(progress))


def export(
    kind: str,
    to: str | Path,
    names: str | Iterable[str] = (),
    *,
    force: bool = False,
    environment: str | None = None,
    smoke: bool = False,
    dataset: str | None = None,
    results: str | Path = "results",
    architectures: str | Path | None = None,
) -> Path:
    """Hand results on to another tool, whole or not at all, and return what was written.

    Args:
        kind: ``"csv"``, ``"parquet"``, ``"mlflow"``, ``"tensorboard"`` or ``"model-card"``.
        to: The file or folder to write.
        names: Architectures, as names or globs; by default all that have results.
        force: Whether to replace what is there.
        environment: An id, its unique beginning, or ``here``; by default as for a report.
        smoke: Export smoke results.
        dataset: Data set that all were trained on; by default the one that each spec names.
        results: Folder of the results.
        architectures: Folder of the specs; by default ``./architectures``, else those that ship with the package.

    Raises:
        BenchError: One sentence on what is wrong and what to do.
    """
    from harness.app.exporting import ExportOptions
    from harness.app.exporting import export as write_export

    options = ExportOptions(
        kind=kind.replace("-", "_"),
        to=Path(to),
        names=_names(names),
        force=force,
        environment=environment,
        smoke=smoke,
        dataset=dataset,
        results=Path(results),
        architectures=_path(architectures),
    )
    write_export(options)
    return options.to


def export_model(
    name: str,
    to: str | Path,
    *,
    seed: int | None = None,
    force: bool = False,
    environment: str | None = None,
    smoke: bool = False,
    dataset: str | None = None,
    results: str | Path = "results",
    architectures: str | Path | None = None,
    progress: str = "auto",
) -> Path:
    """Save a benchmarked network: the weights that were recorded, by their digest. Return what was written.

    Where its weights were not kept (``run(…, keep_weights=True)``), it is trained again first, to the same bits.

    Args:
        name: An architecture, by its name or a glob that means one.
        to: ``FILE.keras``, ``FILE.onnx``, or a folder for a SavedModel.
        seed: Its seed; by default the first recorded one.
        force: Whether to replace what is there.
        environment: Whose record: an id, its unique beginning, or ``here``; by default as for a report.
        smoke: A network of smoke results.
        dataset: Data set that it was trained on; by default the one that its spec names.
        results: Folder of the results.
        architectures: Folder of the specs; by default ``./architectures``, else those that ship with the package.
        progress: How training is shown: auto, live, plain, json or none.

    Raises:
        BenchError: One sentence on what is wrong and what to do.
    """
    from harness.app.models import ModelExportOptions
    from harness.app.models import export_model as save_model

    options = ModelExportOptions(
        name=name,
        to=Path(to),
        seed=seed,
        force=force,
        environment=environment,
        smoke=smoke,
        dataset=dataset,
        results=Path(results),
        architectures=_path(architectures),
    )
    save_model(options, progress=_shown(progress))
    return options.to


def predict(
    name: str,
    images: int | str | Path | Iterable[int | str | Path],
    *,
    seed: int | None = None,
    environment: str | None = None,
    smoke: bool = False,
    dataset: str | None = None,
    results: str | Path = "results",
    architectures: str | Path | None = None,
    progress: str = "auto",
) -> pd.DataFrame:
    """Let a benchmarked network classify images: one row for each, with its true class, the predicted one and scores.

    Args:
        name: An architecture, by its name or a glob that means one.
        images: Indices of test examples, from 0, or PNG or JPEG files of the data set's size; one or several.
        seed: Its seed; by default the first recorded one.
        environment: Whose record: an id, its unique beginning, or ``here``; by default as for a report.
        smoke: A network of smoke results.
        dataset: Data set that it was trained on; by default the one that its spec names.
        results: Folder of the results.
        architectures: Folder of the specs; by default ``./architectures``, else those that ship with the package.
        progress: How training is shown, where the weights were not kept: auto, live, plain, json or none.

    Raises:
        BenchError: One sentence on what is wrong and what to do.
    """
    from harness.app.predict import PredictOptions
    from harness.app.predict import predict as score

    several = (images,) if isinstance(images, int | str | Path) else images
    options = PredictOptions(
        name=name,
        images=tuple(map(str, several)),
        seed=seed,
        environment=environment,
        smoke=smoke,
        dataset=dataset,
        results=Path(results),
        architectures=_path(architectures),
    )
    return score(options, progress=_shown(progress)).frame


def judge_number(
    values: Iterable[float],
    published: str | float,
    *,
    decimals: int | None = None,
    margin: float = 0.003,
    claims: int = 1,
    metric: str = "accuracy",
    alpha: float = 0.05,
) -> NumberRuling:
    """Judge a published number by the values of your own runs, as the report does.

    The result has ``verdict`` and ``reason``; ``p``, small where the number is hardly one run of the recipe, with its
    sides ``p_high`` and ``p_low``; ``p_margin``, small where the typical run is within the margin; and where that run
    lies, ``typical_low`` to ``typical_high``.

    Args:
        values: One number per run, for example test accuracies in [0, 1].
        published: The number of somebody's one run; as text it keeps its zeros: ``"0.9920"`` has four decimals.
        decimals: How many digits it was printed with after the point, if not as it is written here.
        margin: How near the typical run has to be; the report takes a third of the number for a loss.
        claims: How many claims are judged at once: a refutation is corrected for them.
        metric: What it is, ``"accuracy"`` or ``"loss"``: which side runs dip to, and in which unit the reason is.
        alpha: The level of each of the two questions.

    Raises:
        BenchError: One sentence on what is wrong and what to do; a ValueError too.

    >>> import harness
    >>> harness.judge_number([0.9908, 0.9913, 0.9923, 0.9920, 0.9922, 0.9908, 0.9891], "0.9920").verdict
    'reproduced'
    """
    from harness.app.judge_number import NumberOptions
    from harness.app.judge_number import judge_number as judge

    options = NumberOptions(decimals=decimals, margin=margin, claims=claims, metric=metric, alpha=alpha)
    return judge(values, published, options)


def records_frame(results: str | Path = "results", *, dataset: str | None = None) -> pd.DataFrame:
    """Return all records of the folder: one row per environment, trial, seed and epoch.

    Of those on another data set than the specs name with ``dataset``, as everywhere below.
    """
    from harness.analysis import frame
    from harness.app.progress import SILENT
    from harness.app.workspace import Workspace, load_records

    workspace = Workspace(results=Path(results), dataset=dataset)
    return frame.records_frame(load_records(workspace.store, SILENT).records)


def findings(
    results: str | Path = "results",
    architectures: str | Path | None = None,
    environment: str | None = None,
    *,
    dataset: str | None = None,
) -> Findings:
    """Return all that follows from the folder's records, for the specs of ``architectures``.

    ``environment`` is an id, its unique beginning, or ``here``; by default the one with most records of preset seeds.
    Test labels are used if the data set is in the cache; nothing is downloaded.
    """
    from harness.app.inputs import cached, read_inputs
    from harness.app.progress import SILENT
    from harness.app.workspace import Workspace

    workspace = Workspace(results=Path(results), architectures=_path(architectures), dataset=dataset)
    return read_inputs(workspace, SILENT, cached).findings(environment)


def runs_frame(results: str | Path = "results", *, dataset: str | None = None) -> pd.DataFrame:
    """Return one row per architecture, seed and epoch, up to the architecture's own last epoch."""
    from harness.analysis import frame

    return frame.runs_frame(findings(results, dataset=dataset).study)


def summary_frame(results: str | Path = "results", *, dataset: str | None = None) -> pd.DataFrame:
    """Return the headline's numbers, unrounded: one row per architecture, best first."""
    from harness.analysis import frame

    return frame.summary_frame(findings(results, dataset=dataset))


def verdicts_frame(results: str | Path = "results", *, dataset: str | None = None) -> pd.DataFrame:
    """Return one row per claim with its verdict."""
    from harness.analysis import frame

    return frame.verdicts_frame(findings(results, dataset=dataset))


def classes_frame(results: str | Path = "results", *, dataset: str | None = None) -> pd.DataFrame:
    """Return one row per architecture, seed and class: accuracy, precision and F1, where the data is in the cache."""
    from harness.analysis import frame

    return frame.classes_frame(findings(results, dataset=dataset))


def rankings_frame(results: str | Path = "results", architectures: str | Path | None = None) -> pd.DataFrame:
    """Return one row per data set and architecture, where several data sets have results: mean and possible ranks."""
    from dataclasses import replace

    from harness.analysis import frame
    from harness.app.inputs import read_others
    from harness.app.progress import SILENT
    from harness.app.workspace import Workspace

    others = read_others(Workspace(results=Path(results), architectures=_path(architectures)), SILENT, None)
    beside = tuple(inputs.findings() for inputs in others)
    return frame.rankings_frame(replace(findings(results, architectures), other_data=beside))


def comparisons_frame(results: str | Path = "results", *, dataset: str | None = None) -> pd.DataFrame:
    """Return one row per pair of architectures."""
    from harness.analysis import frame

    return frame.comparisons_frame(findings(results, dataset=dataset))


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _seeds(seeds: int | str | Iterable[int]) -> tuple[int, ...]:
    from harness.planning.seeds import seeds_from

    return seeds_from(seeds)


def _path(folder: str | Path | None) -> Path | None:
    return None if folder is None else Path(folder)


def _shown(mode: str) -> Progress:
    from harness.app.console import Shown
    from harness.app.progress import ProgressMode

    try:
        return Shown(ProgressMode(mode))
    except ValueError:
        raise UnknownProgress(mode, list(ProgressMode)) from None
