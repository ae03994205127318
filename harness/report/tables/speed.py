"""How fast the networks train and answer, and the harness itself; times nothing."""

from __future__ import annotations

from harness.analysis.findings import Findings
from harness.analysis.speed import Speed, speed
from harness.records.times import Timed, Times
from harness.report import numbers
from harness.report.table import Table

NOTES = (
    (
        "Training images per second: over a trial's median epoch. GFLOP/s: 6 · multiply-accumulates · images / seconds "
        "of that epoch (a multiply-accumulate is two operations, and the way back costs twice the way forward)."
    ),
    (
        "Training step: one step at the recipe's batch size, in brackets. Latency: from one image on the device to its "
        "scores. Both, and the images per second in one batch of 256, are medians in a warm process, architectures by "
        "turns, with noise for images; 'bench time' measures them, a dash says that it has not."
    ),
)


def speed_table(findings: Findings) -> Table:
    """Return one row per measured architecture."""
    speeds = [speed(findings.study, one, findings.times) for one in findings.ranking if one.runs]
    return Table(
        title="Speed of use",
        header=(
            "Architecture",
            "Training images per second",
            "GFLOP/s",
            "Share of peak %",
            "Training step ms",
            "Latency ms",
            "Images per second",
        ),
        rows=tuple(_row(one) for one in speeds),
        alignments=("left", *("right",) * 6),
        notes=(*NOTES, *_peak(findings.times)),
    )


def _peak(times: Times) -> tuple[str, ...]:
    if times.peak_gflops is None:
        return ()
    return (f"The peak is {times.peak_gflops:.0f} GFLOP/s: TensorFlow's float32 product of 2,048 × 2,048 matrices.",)


def _row(one: Speed) -> tuple[str, ...]:
    step = f"{milliseconds(one.step)} [{one.step.images}]" if one.step else numbers.UNKNOWN
    return (
        one.name,
        numbers.count(one.training_images_per_second),
        numbers.seconds(one.training_gflops),
        numbers.percent(one.peak_share, 0),
        step,
        milliseconds(one.one),
        throughput(one.many),
    )


def milliseconds(timed: Timed | None) -> str:
    """Return the median with three digits."""
    return numbers.UNKNOWN if timed is None else numbers.seconds(1_000 * timed.seconds)


def throughput(timed: Timed | None) -> str:
    """Return images per second."""
    return numbers.count(timed.images / timed.seconds) if timed else numbers.UNKNOWN


def harness_table(times: Times) -> Table:
    """Return what the harness itself takes for its works."""
    return Table(
        title="Speed of the harness",
        header=("Work", "Milliseconds"),
        rows=tuple((work, milliseconds(timed)) for work, timed in times.harness.items()),
        alignments=("left", "right"),
        notes=("Medians, measured by 'bench time --harness' in one process.",),
    )
