"""How fast the networks train and predict, where a trial's time goes, and the harness's own speed; times nothing."""

from __future__ import annotations

from harness.analysis.findings import Findings
from harness.analysis.speed import Speed, Stages, speed, stages
from harness.records.times import Timed, Times
from harness.reporting import numbers
from harness.reporting.blocks import Cells, Folded, Section, Table

SPEED_NOTES = (
    (
        "Training images per second: over a trial's median epoch, of the same trials as the training seconds of the "
        "first table. GFLOP/s: 6 · multiply-accumulates · images / seconds "
        "of that epoch (a multiply-accumulate is two operations, and the backward pass costs twice the forward pass)."
    ),
    (
        "Training step: one step at the recipe's batch size (in brackets). Latency: inference on one image that is "
        "already on the device. Inference images per second: in batches of 256. All three are medians in a warm "
        "process on random images, with the architectures taking turns, measured by 'bench time'; a dash means not "
        "measured."
    ),
)
STAGE_NOTES = (
    (
        "Wall-clock seconds, medians over the same trials as the training seconds of the first table. Start-up is "
        "measured from the request for the process. Training and evaluation are those of the architecture's own "
        "epochs; nothing else is part of its training seconds."
    ),
    (
        "CPU: CPU seconds of training per wall-clock second; on one thread, a value below 1 means that the trial did "
        "not run all the time. Other trials: the largest number at the same time. Stolen: seconds taken by the "
        "hypervisor. Drift: by how much a fixed calculation was faster or slower after the trial than before. Stolen "
        "and drift are maxima over those trials; they cover whole trials, or the time since a killed trial was resumed."
    ),
)
# What the harness's own benchmarks time, in words.
OPERATIONS = {
    "read_specs": "read 100 specs",
    "plan": "plan 100 architectures, 5 seeds",
    "load_records": "load 10,000 records",
    "report": "make the report of six architectures",
    "stopwatches": "1,000 stopwatches (an epoch has two)",
    "watch": "watch the machine (once per trial)",
    "epoch_compiled": "epoch of 4,000 images of 002_two_conv_dropout, compiled",
    "epoch_fit": "epoch of 4,000 images of 002_two_conv_dropout, model.fit",
}


def networks_section(findings: Findings) -> Section | None:
    """Return the speed of every measured network, and the stages of its trials."""
    if not findings.study.measured:
        return None
    table, trials = speed_table(findings), stages_table(findings)
    return Section(table.title, (table, Folded(trials.title, trials)))


def harness_section(findings: Findings) -> Section | None:
    """Return the speed of the harness itself, where it was timed."""
    table = harness_table(findings.times)
    return Section(table.title, (table,)) if table.rows else None


def speed_table(findings: Findings) -> Table:
    """Return one row per measured architecture."""
    speeds = [speed(findings.study, entry, findings.times) for entry in findings.ranking if entry.runs]
    return Table(
        title="Training and inference speed",
        header=(
            "Architecture",
            "Training images per second",
            "GFLOP/s",
            "Share of peak (%)",
            "Training step (ms)",
            "Latency (ms)",
            "Inference images per second",
        ),
        rows=tuple(_speed_row(found) for found in speeds),
        alignments=("left", *("right",) * 6),
        notes=(*SPEED_NOTES, *_peak(findings.times)),
    )


def _peak(times: Times) -> tuple[str, ...]:
    if times.peak_gflops is None:
        return ()
    return (f"Peak: {times.peak_gflops:.0f} GFLOP/s, TensorFlow's float32 product of 2,048 × 2,048 matrices.",)


def _speed_row(found: Speed) -> Cells:
    images, gflops = found.training_images_per_second, found.training_gflops
    step = f"{milliseconds(found.train_step)} [{found.train_step.images}]" if found.train_step else numbers.UNKNOWN
    return (
        found.name,
        numbers.steady(images, _part(images, found.noise)),
        numbers.seconds(gflops, _part(gflops, found.noise)),
        numbers.percent(found.peak_share, 0),
        step,
        milliseconds(found.predict_one),
        throughput(found.predict_many),
    )


def _part(value: float | None, share: float | None) -> float | None:
    return None if value is None or share is None else value * share


def milliseconds(timed: Timed | None) -> str:
    """Return the median with three digits, none finer than the repetitions' range."""
    return numbers.UNKNOWN if timed is None else numbers.seconds(1_000 * timed.seconds, 1_000 * _noise(timed))


def throughput(timed: Timed | None) -> str:
    """Return images per second, no digit finer than the repetitions' range."""
    if timed is None:
        return numbers.UNKNOWN
    found = timed.images / timed.seconds
    return numbers.steady(found, found * _noise(timed) / timed.seconds)


def _noise(timed: Timed) -> float:
    """Return half the range of the repetitions' medians in seconds."""
    return (timed.slowest_seconds - timed.fastest_seconds) / 2


def stages_table(findings: Findings) -> Table:
    """Return one row per measured architecture."""
    found = [stages(entry) for entry in findings.ranking if entry.runs]
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
            "CPU",
            "Peak memory (MiB)",
            "Other trials",
            "Stolen",
            "Drift (%)",
        ),
        rows=tuple(_stages_row(trials) for trials in found),
        alignments=("left", *("right",) * 11),
        notes=STAGE_NOTES,
    )


def _stages_row(trials: Stages) -> Cells:
    return (
        trials.name,
        numbers.median_seconds(trials.start_up_seconds),
        numbers.median_seconds(trials.data_seconds),
        numbers.median_seconds(trials.build_seconds),
        numbers.median_seconds(trials.compile_seconds),
        numbers.median_seconds(trials.train_seconds),
        numbers.median_seconds(trials.test_seconds),
        numbers.seconds(trials.processor_share),
        numbers.count(None if trials.peak_memory_bytes is None else trials.peak_memory_bytes / 2**20),
        numbers.count(trials.concurrent_trials),
        numbers.seconds(trials.stolen_seconds),
        numbers.percent(trials.drift, 1),
    )


def harness_table(times: Times) -> Table:
    """Return the median time of each of the harness's own operations."""
    return Table(
        title="Speed of the harness",
        header=("Operation", "Milliseconds"),
        rows=tuple((OPERATIONS.get(work, work), milliseconds(timed)) for work, timed in times.harness.items()),
        alignments=("left", "right"),
        notes=("Medians, measured by 'bench time --harness' in one process.",),
    )
