"""A training as it is shown: plain lines with the time left, lines that redraw themselves, JSON for programs."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace

import pytest
from fake_trials import FakeTrainer, dense_trial, fake_outcome
from rich.console import Console

from harness.app import displays
from harness.app.console import Shown
from harness.app.live_display import LiveDisplay
from harness.app.progress import ProgressMode
from harness.app.time_left import TimeLeft
from harness.execute.engine import Outcome, TrialEvent, TrialRecordedElsewhere, Waiting
from harness.execute.queue import InOrder
from harness.planning.plan import Plan, PlannedTrial, Status
from harness.planning.trial import Due, Trial
from harness.records.record import Failure

CRASH = Failure(stage="train", kind="crash", reason="the process was ended by [SIGSEGV]")
TRIALS = (dense_trial(0), dense_trial(1))
PLAN = Plan(tuple(PlannedTrial(trial, Status.PENDING, 10.0) for trial in (*TRIALS, dense_trial(2))))


def second_fails(trial: Trial) -> Outcome:
    return fake_outcome(trial, 1, CRASH) if trial.seed else fake_outcome(trial)


EVENTS: tuple[TrialEvent, ...] = (
    *FakeTrainer(second_fails)(InOrder(TRIALS)),
    Waiting(),
    Waiting(),
    TrialRecordedElsewhere(dense_trial(2)),
)


def shown(mode: ProgressMode, *, terminal: bool = False, events: tuple[TrialEvent, ...] = EVENTS) -> str:
    """Return what 100 columns show of the events."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100, color_system=None)
    with Shown(mode, console).training(PLAN, jobs=1) as show:
        for event in events:
            show(event)
    return file.getvalue()


def test_plain_lines_say_what_starts_and_ends_and_how_much_is_left() -> None:
    lines = shown(ProgressMode.PLAIN).splitlines()
    assert lines[0] == "training  dense_16 seed 0, 2 epochs"
    assert lines[1].startswith("trained   dense_16 seed 0: test accuracy 9")
    assert "after 2 epochs" in lines[1]
    assert "  [1/3, " in lines[1]
    assert lines[1].endswith(" left]")
    assert lines[3].startswith("failed    dense_16 seed 1: the process was ended by [SIGSEGV]  [2/3, ")
    assert lines[4:] == [
        "waiting for trials that another run is training",
        "recorded  dense_16 seed 2 by another run  [3/3]",
    ]


@pytest.mark.parametrize(("mode", "terminal"), [(ProgressMode.PLAIN, False), (ProgressMode.LIVE, True)])
def test_what_is_only_evaluated_is_not_said_to_be_trained(mode: ProgressMode, *, terminal: bool) -> None:
    first = replace(TRIALS[0], due=(Due(2, "shift"), Due(2, "calibration")))
    plan = Plan((replace(PLAN.trials[0], trial=first, status=Status.EVALUATE, from_weights=True),))
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100, color_system=None)
    with Shown(mode, console).training(plan, jobs=1) as show:
        for event in FakeTrainer(lambda trial: replace(fake_outcome(trial), trained=False))(InOrder([first])):
            show(event)
    assert "evaluated dense_16 seed 0: calibration and shift" in file.getvalue()
    assert "train" not in file.getvalue().lower()


def test_plain_lines_say_that_a_trial_compiles_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "COMPILING_SECONDS", 0.05)
    file = io.StringIO()
    with Shown(ProgressMode.PLAIN, Console(file=file, width=100)).training(PLAN, jobs=1) as show:
        for event in EVENTS[:2]:
            show(event)
        deadline = time.monotonic() + 10
        while file.getvalue().count("compiling dense_16 seed 0") < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        show(EVENTS[2])
        after = file.getvalue()
        time.sleep(0.5)
    assert file.getvalue() == after


def test_a_live_display_has_a_line_per_running_trial_and_what_has_ended_above() -> None:
    text = shown(ProgressMode.LIVE, terminal=True, events=EVENTS[:-3])
    assert "trained   dense_16 seed 0: test accuracy 9" in text
    assert "failed    dense_16 seed 1: the process was ended by [SIGSEGV]" in text
    assert "left" in text
    assert "compiling" in shown(ProgressMode.LIVE, terminal=True, events=EVENTS[:2])
    running = shown(ProgressMode.LIVE, terminal=True, events=EVENTS[:4])
    assert "epoch 1/2  test accuracy 9" in running
    assert "waiting for another run's trials" in shown(ProgressMode.LIVE, terminal=True, events=EVENTS[:-1])


@pytest.mark.parametrize("height", [5, 12, 40])
def test_the_standings_so_far_fit_80_columns_and_any_height(height: int) -> None:
    trials = [
        replace(dense_trial(seed, units=units), architectures=(f"dense_{units}_" + "x" * 60,))
        for seed in (0, 1)
        for units in range(2, 20)
    ]
    console = Console(file=io.StringIO(), width=80, height=height, color_system=None)
    shown_live = LiveDisplay(console, PLAN, TimeLeft(PLAN, 1))
    for event in FakeTrainer(second_fails)(InOrder(trials)):
        shown_live.show(event)
    with console.capture() as captured:
        console.print(shown_live.render())
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= max(height, 2)
    assert ("Trained in this run" in lines[0]) == (height > 6)
    if height > 20:
        values = [float(line.split()[4]) for line in lines if line.startswith("dense_")]
        assert values == sorted(values, reverse=True)
        assert "1, 1 failed" in lines[1]


def test_json_is_one_event_per_line_and_waiting_is_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(ProgressMode.JSON) == ""
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["event"] for event in events] == [
        *("started", "compiling", "built", "epoch", "epoch", "finished"),
        *("started", "compiling", "built", "epoch", "failed", "waiting", "recorded elsewhere"),
    ]
    assert (events[0]["architectures"], events[0]["seed"], events[0]["epochs"]) == (["dense_16"], 0, 2)
    assert events[3]["test_accuracy"] > 0.9
    assert events[10]["reason"] == CRASH.reason


def test_silence_is_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(ProgressMode.NONE) == ""
    assert capsys.readouterr().err == ""


def test_without_a_terminal_progress_is_plain_lines() -> None:
    assert shown(ProgressMode.AUTO) == shown(ProgressMode.PLAIN)
