"""Where a trial's time goes, stage by stage, and how quiet the machine was; measures nothing."""

from __future__ import annotations

from harness.analysis.findings import Findings
from harness.analysis.stages import Stages, stages
from harness.report import numbers
from harness.report.table import Table

NOTES = (
    (
        "Wall seconds, medians over the seeds. Start-up runs from the moment the process is asked for. Training and "
        "evaluation are those of the architecture's own epochs; nothing else is in its training seconds."
    ),
    (
        "Processor: processor seconds of training per wall second; on one thread a value below 1 is time that the "
        "trial did not get. Beside: the most trials that ran at the same time. Stolen: seconds that the hypervisor "
        "took, and drift: by how much a fixed calculation was faster or slower after the trial than before; the "
        "largest of all seeds, over whole trials; of a trial that was killed and resumed, since then."
    ),
)


def stages_table(findings: Findings) -> Table:
    """Return one row per measured architecture."""
    found = [stages(one) for one in findings.ranking if one.runs]
    return Table(
        title="Where a trial's time goes",
        header=(
            "Architecture",
            "Start-up",
            "Data",
            "Build",
            "Compile",
            "Training",
            "Evaluation",
            "Processor",
            "Peak memory MiB",
            "Beside",
            "Stolen",
            "Drift %",
        ),
        rows=tuple(_row(one) for one in found),
        alignments=("left", *("right",) * 11),
        notes=NOTES,
    )


def _row(one: Stages) -> tuple[str, ...]:
    return (
        one.name,
        numbers.seconds(one.start_up_seconds),
        numbers.seconds(one.data_seconds),
        numbers.seconds(one.build_seconds),
        numbers.seconds(one.compile_seconds),
        numbers.seconds(one.train_seconds),
        numbers.seconds(one.test_seconds),
        numbers.seconds(one.processor_share),
        numbers.count(None if one.peak_memory_bytes is None else one.peak_memory_bytes / 2**20),
        numbers.count(one.concurrent_trials),
        numbers.seconds(one.stolen_seconds),
        numbers.percent(one.drift, 1),
    )
