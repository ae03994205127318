"""Records and findings as tidy pandas frames, for notebooks and spreadsheets; formats no number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from harness.analysis.classes import shares_by_class
from harness.analysis.findings import Findings
from harness.analysis.metric_facts import known_further
from harness.analysis.rankings import OnData, rankings
from harness.analysis.runs import ArchitectureResults, Study
from harness.records.record import Record
from harness.spec.claims.metrics import published_value
from harness.statistics.samples import Interval

# What stands in the columns of every epoch, before those of further evaluations.
EPOCH_COLUMNS = (
    *("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "train_seconds", "train_cpu_seconds"),
    *("test_seconds", "test_cpu_seconds", "order_sha256", "weights_sha256", "predictions_sha256"),
)
FAILURE = "failure"
RECORD_COLUMNS = ("environment", "trial", "seed", *EPOCH_COLUMNS, FAILURE)
RUN_COLUMNS = ("architecture", "trial", "seed", "environment", *EPOCH_COLUMNS, FAILURE)
CLASS_COLUMNS = ("architecture", "seed", "class", "name", "examples", "accuracy", "precision", "f1")
RANKING_COLUMNS = ("dataset", "architecture", "seeds", "mean", "sd", "best_rank", "worst_rank")
COUNTS = ("seed", "epoch")
RANKS = ("best_rank", "worst_rank")


def records_frame(records: Sequence[Record]) -> pd.DataFrame:
    """Return one row per environment, trial, seed and epoch; a column per evaluation and metric.

    A trial that failed has its reason in ``failure`` in every row, and one row without an epoch if it
    finished none. An epoch that a longer training went through again has the row of the first one; one that failed and
    was followed by one as long that did not has none.
    """
    longest: dict[tuple[str, str], int] = {}
    for record in records:
        trial = record.environment.id, record.name
        longest[trial] = max(longest.get(trial, 0), 0 if record.failure else record.epochs)
    standing = [record for record in records if not record.failure or _stands(record, longest)]
    rows: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in (row for record in standing for row in _record_rows(record)):
        rows.setdefault((row["environment"], row["trial"], row["seed"], row.get("epoch")), row)
    return _frame(iter(rows.values()), RECORD_COLUMNS)


def runs_frame(study: Study) -> pd.DataFrame:
    """Return one row per architecture, seed and epoch, up to the architecture's own last epoch.

    A trial that several architectures share stands once under each; a failed one is a row without an epoch.
    """
    return _frame((row for one in (*study.entries, *study.apart) for row in _run_rows(one)), RUN_COLUMNS)


def summary_frame(findings: Findings) -> pd.DataFrame:
    """Return one row per architecture, best first: the headline's numbers, unrounded."""
    frame = pd.DataFrame([_summary_row(findings, one) for one in findings.ranking])
    return frame.astype({name: "Int64" for name in RANKS if name in frame})


def verdicts_frame(findings: Findings) -> pd.DataFrame:
    """Return one row per claim."""
    return pd.DataFrame([verdict.facts for verdict in findings.judgement.verdicts])


def comparisons_frame(findings: Findings) -> pd.DataFrame:
    """Return one row per pair of architectures: the headline of the first minus that of the second.

    Intervals hold together for all pairs that are not ``repeated``; ``p`` alone is of the pair by itself.
    """
    rows = [
        {
            "first": pair.first,
            "second": pair.second,
            "difference": pair.difference.estimate if pair.difference else None,
            **_bounds(pair.interval),
            "p": pair.difference.p if pair.difference else None,
            "adjusted_p": pair.adjusted_p,
            **_bounds(pair.such_images_interval, "such_images_"),
            "trimmed_difference": pair.trimmed.estimate if pair.trimmed else None,
            **_bounds(pair.trimmed_interval, "trimmed_"),
            "superiority": pair.superiority.estimate if pair.superiority else None,
            **_bounds(pair.superiority.interval if pair.superiority else None, "superiority_"),
            "image_error": pair.image_error,
            "seeds_needed": pair.seeds_needed,
            "shared": pair.shared,
            "repeated": pair.repeated,
        }
        for pair in findings.comparisons
    ]
    return pd.DataFrame(rows)


def classes_frame(findings: Findings) -> pd.DataFrame:
    """Return one row per architecture, seed and class, as far as predictions and labels are at hand.

    ``accuracy`` is the share of the class's test examples that are predicted right.
    """
    rows = (row for entry in findings.ranking for row in _class_rows(findings, entry))
    return pd.DataFrame(rows, columns=CLASS_COLUMNS)


def _class_rows(findings: Findings, entry: ArchitectureResults) -> Iterator[tuple[object, ...]]:
    shares = shares_by_class(entry, findings.labels)
    if shares is None:
        return
    for place, seed in enumerate(entry.seeds):
        for number, name in enumerate(entry.architecture.data.classes):
            numbers = (float(of[place, number]) for of in (shares.accuracy, shares.precision, shares.f1))
            yield entry.name, seed, number, name, int(shares.examples[number]), *numbers


def rankings_frame(findings: Findings) -> pd.DataFrame:
    """Return one row per data set and architecture that was measured on it: its mean and its possible ranks there."""
    found = rankings(findings)
    rows = [_ranked(data, entry) for data in (found.data if found else ()) for entry in data.entries]
    return pd.DataFrame(rows, columns=RANKING_COLUMNS)


def _ranked(data: OnData, entry: ArchitectureResults) -> tuple[object, ...]:
    mean, rank = data.findings.headline_of(entry), data.findings.standings[entry.name].rank
    known = (mean.mean, mean.deviation) if mean else (None, None)
    return data.dataset, entry.name, len(entry.runs), *known, rank.best, rank.worst


def _frame(found: Iterator[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    rows = list(found)
    further = dict.fromkeys(name for row in rows for name in row if name not in columns)  # in the order they come in
    frame = pd.DataFrame(rows, columns=[*columns[:-1], *further, FAILURE])
    return frame.astype(dict.fromkeys(COUNTS, "Int64"))  # whole numbers that may be missing


def _stands(failed: Record, longest: Mapping[tuple[str, str], int]) -> bool:
    """Say whether no training of the trial as long as the one that failed has ended well."""
    return longest[failed.environment.id, failed.name] < failed.epochs


def _record_rows(record: Record) -> Iterator[dict[str, Any]]:
    place = {"environment": record.environment.id, "trial": record.fingerprint, "seed": record.seed}
    failure = record.failure.reason if record.failure else None
    epochs = record.finished_epochs
    for epoch in epochs:
        yield {**place, **epoch.columns, FAILURE: failure}
    if not epochs or (record.extends and failure):
        yield {**place, FAILURE: failure}


def _run_rows(entry: ArchitectureResults) -> Iterator[dict[str, Any]]:
    place = {"architecture": entry.name, "trial": entry.fingerprint}
    for run in entry.runs:
        for epoch in run.epochs:
            yield {**place, "seed": run.seed, "environment": run.environment, **epoch.columns}
    for failed in entry.failures:
        yield {**place, "seed": failed.seed, "environment": failed.environment, FAILURE: failed.failure.reason}


def _summary_row(findings: Findings, entry: ArchitectureResults) -> dict[str, Any]:
    summary, standing = findings.summaries[entry.name], findings.standings.get(entry.name)
    train, epoch = summary.train_seconds, summary.epoch_seconds
    return {
        "architecture": entry.name,
        "document": entry.architecture.document,
        "best_rank": standing.rank.best if standing else None,
        "worst_rank": standing.rank.worst if standing else None,
        "parameters": entry.cost.parameters,
        "macs": entry.cost.macs,
        "epochs": entry.epochs,
        "seeds": len(entry.runs),
        "failed": len(entry.failures),
        "train_seconds_median": train.median if train else None,
        "train_seconds_lower_quartile": train.lower_quartile if train else None,
        "train_seconds_upper_quartile": train.upper_quartile if train else None,
        "epoch_seconds_median": epoch.median if epoch else None,
        "timed_seeds": len(summary.timed_seeds),
        "quiet": summary.quiet,
        **_headline_columns(findings, entry),
    }


def _headline_columns(findings: Findings, entry: ArchitectureResults) -> dict[str, float | None]:
    headline, found = findings.study.headline, findings.headline_of(entry)
    published = published_value(entry.architecture.claims, headline)
    return {
        f"{headline.column}_mean": found.mean if found else None,
        f"{headline.column}_sd": found.deviation if found else None,
        **_bounds(found.interval if found else None, f"{headline.column}_"),
        f"published_{headline.column}": None if published is None else float(published),
        **_further_columns(findings, entry),
    }


def _further_columns(findings: Findings, entry: ArchitectureResults) -> dict[str, float | None]:
    """Return what else is known of the predicted classes and scores, as far as it is known of any architecture."""
    summary = findings.summaries[entry.name]
    found = {quantity.column: summary.of(quantity) for quantity in known_further(findings)}
    means = {f"{column}_mean": estimate.mean if estimate else None for column, estimate in found.items()}
    return means | {f"{column}_sd": estimate.deviation if estimate else None for column, estimate in found.items()}


def _bounds(interval: Interval | None, prefix: str = "") -> dict[str, float | None]:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {f"{prefix}low": low, f"{prefix}high": high}
