"""Times are those of trials that had the machine to themselves, where there are enough; the page says how many."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_records import architectures, fake_trials, findings, remeasured
from fake_trials import CONDITIONS

from harness.analysis.findings import Findings
from harness.analysis.frame import summary_frame
from harness.analysis.pareto import costs
from harness.analysis.run import Run
from harness.analysis.runs import ArchitectureResults
from harness.analysis.speed import speed, stages
from harness.analysis.summary import summarize
from harness.records.record import EpochMeasurement
from harness.reporting import numbers
from harness.reporting.sections.cost import cost_table
from harness.reporting.sections.headline import headline
from harness.statistics.samples import Spread

CHOSEN = architectures("dense_512")
FOUND = findings(CHOSEN, fake_trials(CHOSEN, range(5)))
(DENSE,) = FOUND.study.entries
RUN = DENSE.runs[0]


def with_conditions(run: Run, **changes: float | None) -> Run:
    return remeasured(run, conditions=CONDITIONS.model_copy(update=changes))


def with_processor_share(run: Run, share: float) -> Run:
    def busy(epoch: EpochMeasurement) -> EpochMeasurement:
        return epoch.model_copy(update={"train_cpu_seconds": share * epoch.train_seconds})

    return remeasured(run, epochs=tuple(map(busy, run.epochs)))


def slow(run: Run) -> Run:
    """Return the run as another program made it: half the processor, twice the seconds."""
    epochs = tuple(epoch.model_copy(update={"train_seconds": 2 * epoch.train_seconds}) for epoch in run.epochs)
    return remeasured(run, epochs=epochs)


def entry_with(disturbed: int) -> ArchitectureResults:
    return replace(DENSE, runs=(*map(slow, DENSE.runs[:disturbed]), *DENSE.runs[disturbed:]))


def findings_of(entry: ArchitectureResults) -> Findings:
    return Findings(replace(FOUND.study, entries=(entry,)), FOUND.labels)


def test_a_trial_alone_on_its_core_at_one_speed_is_quiet() -> None:
    assert RUN.is_quiet
    assert with_conditions(RUN, load_average=None).is_quiet
    assert with_conditions(RUN, load_average=2.2).is_quiet
    assert replace(with_conditions(RUN, load_average=4.1), threads=2).is_quiet


@pytest.mark.parametrize(
    "run",
    [
        with_processor_share(RUN, 0.96),
        with_conditions(RUN, calibration_after_gflops=0.94 * CONDITIONS.calibration_before_gflops),
        with_conditions(RUN, calibration_after_gflops=1.06 * CONDITIONS.calibration_before_gflops),
        with_conditions(RUN, load_average=2.3),
        remeasured(RUN, conditions=None),
        remeasured(RUN, resumed_epochs=1),
    ],
    ids=["processor", "slower", "faster", "other program", "unknown", "resumed"],
)
def test_a_disturbed_or_unknown_trial_is_not_quiet(run: Run) -> None:
    assert not run.is_quiet


def test_times_are_of_three_quiet_trials_or_more_else_of_all() -> None:
    assert [len(entry_with(disturbed).timing.runs) for disturbed in range(6)] == [5, 4, 3, 5, 5, 5]
    assert [entry_with(disturbed).timing.quiet for disturbed in range(6)] == [True] * 3 + [False] * 3


def test_disturbed_trials_change_no_time_where_enough_are_quiet() -> None:
    kept = replace(DENSE, runs=DENSE.runs[2:])
    found = entry_with(2)
    assert summarize(found, {}).train_seconds == summarize(kept, {}).train_seconds
    assert summarize(found, {}).epoch_seconds == summarize(kept, {}).epoch_seconds
    assert summarize(found, {}).timed_seeds == (2, 3, 4)
    assert costs(found) == costs(kept)
    assert stages(found).train_seconds == stages(kept).train_seconds
    assert speed(FOUND.study, found, FOUND.times) == speed(FOUND.study, kept, FOUND.times)


def test_the_page_says_over_how_many_quiet_trials_times_are() -> None:
    some = headline(findings_of(entry_with(2)))
    assert "†" not in some.rows[0][6]
    assert any(note.endswith("no other program running): 3 of 5 of dense_512.") for note in some.notes)
    few = headline(findings_of(entry_with(3)))
    assert few.rows[0][6].endswith(" †")
    [marked] = [
        note for note in few.notes if note.startswith("†: fewer than 3 trials found the machine quiet (at least")
    ]
    assert marked.endswith(
        "so these times are over all trials, and what else ran there may have lengthened them: dense_512."
    )
    assert any(note.startswith("†: too few trials") for note in cost_table(findings_of(entry_with(3))).notes)
    assert not any("†" in note for note in cost_table(findings_of(entry_with(2))).notes)
    assert not any("quiet trials alone" in note for note in few.notes)


def test_the_summary_says_over_how_many_trials_its_times_are() -> None:
    (row,) = summary_frame(findings_of(entry_with(2))).to_dict("records")
    assert (row["timed_seeds"], row["quiet"]) == (3, True)


@pytest.mark.parametrize(
    ("spread", "shown"),
    [
        (Spread(79.12, 75.3, 83.8), "79 (75\N{EN DASH}84)"),
        (Spread(4.09, 3.96, 4.28), "4.1 (4.0\N{EN DASH}4.3)"),
        (Spread(204.0, 189.0, 214.0), "200 (190\N{EN DASH}210)"),
        (Spread(41.23, 41.23, 41.23), "41.2 (41.2\N{EN DASH}41.2)"),
        (Spread(41.23, None, None), "41.2"),
    ],
)
def test_no_digit_of_a_time_is_finer_than_its_noise(spread: Spread, shown: str) -> None:
    assert numbers.spread_of_seconds(spread) == shown


def test_counts_keep_the_digits_that_the_noise_leaves() -> None:
    assert numbers.steady(6_125.0, 80.0) == "6,120"
    assert numbers.steady(6_125.0, 0.4) == "6,125"
    assert numbers.steady(6_125.0, None) == "6,125"
    assert numbers.steady(None, 80.0) == "\N{EN DASH}"
