"""Accuracy on changed test images, the generalization gap and calibration, where they are recorded; tests nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from harness.analysis.findings import Findings
from harness.analysis.robustness import Tolerance, evaluated, evaluation_shares, gap, tolerances
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.calibration import BRIER, ECE, NLL
from harness.evaluations.metric import ACCURACY, Quantity
from harness.evaluations.transformed import SAMPLE
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Block, Cells, Illustration, Section, Table
from harness.statistics.samples import estimate

TITLE = "Changed images, generalization and calibration"
# What is one number of an architecture, by its column.
SINGLE = (
    ("Training set", Quantity("train_set", ACCURACY)),
    ("Inverted images", Quantity("inversion", ACCURACY)),
    ("Log-likelihood (negative)", Quantity("calibration", NLL)),
    ("Brier score", Quantity("calibration", BRIER)),
    ("Calibration error", Quantity("calibration", ECE)),
)


def section(findings: Findings) -> Section | None:
    """Return a table for each change, one of the other evaluations, and the figure; nothing without any of them."""
    apart = sorted(findings.study.compared_apart, key=lambda entry: entry.name)
    entries = [entry for entry in (*findings.ranking, *apart) if entry.runs]
    if not evaluated(entries):
        return None
    found = tolerances(entries)
    blocks: list[Block] = [tolerance_table(tolerance) for tolerance in found]
    single = single_table(entries)
    drawn = [Illustration("robustness")] if found else []
    return Section(TITLE, (*blocks, *drawn, *([single] if single else []), *_costs(findings)))


def _costs(findings: Findings) -> Iterator[str]:
    """Yield what the evaluations cost, beside training."""
    shares = evaluation_shares(findings.records)
    if shares:
        middle, most = numbers.percent(median(shares), 1), numbers.percent(max(shares), 1)
        yield (
            f"All evaluations of a trial together took {middle} % of the CPU seconds of its training (median of "
            f"{numbers.plural(len(shares), 'trial')}), {most} % at most."
        )


def tolerance_table(tolerance: Tolerance) -> Table:
    """Return one row per architecture, a column for each level."""
    levels = tolerance.levels
    return Table(
        title=f"Test accuracy by {tolerance.evaluation}",
        header=("Architecture", "Seeds", *(f"{level:g}" for level in levels)),
        rows=tuple(
            (curve.name, str(curve.seeds), *(numbers.percent(mean, 1) for mean in curve.means))
            for curve in tolerance.curves
        ),
        alignments=_alignments(1 + len(levels)),
        notes=(
            (
                f"Accuracy in per cent, mean over seeds and directions, on up to {SAMPLE:,} test images evenly spread "
                f"over the set. Levels: {tolerance.unit}."
            ),
        ),
    )


def single_table(entries: Sequence[ArchitectureResults]) -> Table | None:
    """Return one row per architecture with what is one number, or nothing where none is recorded."""
    columns = [(title, quantity) for title, quantity in SINGLE if any(entry.values(quantity) for entry in entries)]
    if not columns:
        return None
    has_gap = any(gap(entry) for entry in entries)
    rows = tuple(_single_row(entry, [quantity for _, quantity in columns], has_gap=has_gap) for entry in entries)
    return Table(
        title="Generalization and calibration",
        header=(
            "Architecture",
            *(numbers.headed(quantity.metric, title) for title, quantity in columns),
            *(("Gap (points)",) if has_gap else ()),
        ),
        rows=rows,
        alignments=_alignments(len(columns) + has_gap),
        notes=(
            (
                "Mean ± standard deviation over the seeds, with the weights after the last epoch. Training set: "
                "accuracy on up to 10,000 of the examples that were trained on. Gap: that minus the test accuracy, "
                "seed by seed. Calibration error: expected, over 15 bins of the same size."
            ),
        ),
    )


def _single_row(entry: ArchitectureResults, quantities: Sequence[Quantity], *, has_gap: bool) -> Cells:
    cells = [numbers.plus_minus(quantity.metric, estimate(entry.values(quantity))) for quantity in quantities]
    return (entry.name, *cells, *([numbers.plus_minus(ACCURACY, gap(entry))] if has_gap else []))


def _alignments(numbers_beside: int) -> tuple[Alignment, ...]:
    right: list[Alignment] = ["right"] * numbers_beside
    return ("left", *right)
