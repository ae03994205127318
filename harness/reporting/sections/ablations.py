"""What each derived architecture changes beside its parent; tests nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.ablations import Ablation, Effect
from harness.analysis.findings import Findings
from harness.evaluations.metric import ACCURACY, LOSS, Metric
from harness.reporting import numbers
from harness.reporting.blocks import Block, Cells, Section, Table
from harness.reporting.sections.claims import trained_claims

GAP = (
    "Gap: the training accuracy that Keras shows minus the test accuracy. That training accuracy is the running mean "
    "over the last epoch, taken while the weights still change and with dropout on, so this is not the generalization "
    "gap of the final weights: taking dropout out widens it by itself."
)
SECONDS = (
    "Seconds: of training on this page's machine, where both have at least three trials that found it quiet; Welch's "
    "test, never in pairs."
)


def section(findings: Findings) -> Section | None:
    """Return the table, where an architecture is derived from another one."""
    found = findings.ablations
    return Section("Ablations", (table(found), *_claims(findings))) if found else None


def _claims(findings: Findings) -> Iterator[Block]:
    """Yield the claims of ablations whose parents come from no document; the others stand with their documents."""
    of_none = {one.entry.name for one in findings.ablations if not one.parent.architecture.document}
    tested = [verdict for verdict in findings.judgement.apart if verdict.decision != "not tested"]
    claims = trained_claims([verdict for verdict in tested if verdict.architecture in of_none])
    if claims.rows:
        yield "Their claims, beside those that stand with the documents:"
        yield claims


def table(found: Sequence[Ablation]) -> Table:
    """Return one row per derived architecture."""
    return Table(
        title="Ablations",
        header=(
            "Architecture",
            "Parent",
            "What differs",
            "Seeds",
            "Test accuracy (points)",
            "Test loss",
            "Gap (points)",
            "Parameters",
            "Seconds",
        ),
        rows=tuple(_row(one) for one in found),
        alignments=("left", "left", "left", *("right",) * 6),
        notes=tuple(_notes(found)),
    )


def _row(one: Ablation) -> Cells:
    name = f"{one.entry.name} *" if one.paired else one.entry.name
    return (
        name,
        one.parent.name,
        "\n".join(one.changes),
        f"{len(one.entry.runs)} and {len(one.parent.runs)}",
        _measured(one.accuracy, ACCURACY),
        _measured(one.loss, LOSS),
        _measured(one.gap, ACCURACY),
        f"{one.parameters:+,}" if one.parameters else "0",
        _seconds(one.seconds),
    )


def _measured(effect: Effect, metric: Metric) -> str:
    """Return a difference, its interval and its p-value, a line each."""
    if effect.difference is None:
        return numbers.UNKNOWN
    estimate = numbers.difference(metric, effect.difference.estimate)
    return _with_test(estimate, numbers.difference_bounds(metric, effect.interval), effect)


def _seconds(effect: Effect) -> str:
    if effect.difference is None:
        return numbers.UNKNOWN
    interval = effect.interval
    bounds = f"{interval.low:+.1f} to {interval.high:+.1f}" if interval else ""
    return _with_test(f"{effect.difference.estimate:+.1f}", bounds, effect)


def _with_test(estimate: str, bounds: str, effect: Effect) -> str:
    if effect.interval is None:
        return estimate
    return f"{estimate}\n{bounds}\n{numbers.p_phrase(effect.adjusted_p)}"


def _notes(found: Sequence[Ablation]) -> Iterator[str]:
    tests = max(one.accuracy.tests for one in found)
    yield (
        "Each number is the mean of the architecture minus that of its parent, below it the interval and p. Intervals "
        f"are simultaneous and p is multiplied by {tests}, the number of differences in this table (Bonferroni, Dunn): "
        "an interval leaves 0 out exactly where its p is below .05. Parameters are exact. Layers have the parent's "
        "numbers."
    )
    if any(one.paired for one in found):
        yield (
            "Those marked * start as their parents do, with the same initial weights and the same order of examples "
            "for each seed, and are compared seed by seed (Student's paired test); all others by Welch's test."
        )
    yield GAP
    yield SECONDS
    other = [one.entry.name for one in found if one.other_data]
    if other:
        yield f"On other data than the parent, so that only the parameters can be compared: {numbers.listed(other)}."
