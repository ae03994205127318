"""One trial's process, however it ends: children that train nothing, each with a script of what it does."""

from __future__ import annotations

import faulthandler
import math
import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pytest
from child_processes import still_alive
from fake_trials import CLOCKS, CONDITIONS, ENVIRONMENT, dense_trial, fake_epoch

from harness.execute import trial_process
from harness.execute.engine import EpochEnded, Outcome, TrialBuilt, TrialCompiling, TrialEnded, TrialEvent
from harness.execute.trial_process import LOG_LINES, TrialProcess, last_lines, oom_kills, signal_name
from harness.records.predictions import digest
from harness.records.record import Measurement
from harness.worker.messages import Built, EpochDone, Failed, Finished, Job, Message, StageBegan, Started

TRIAL = dense_trial(epochs=3)
BUILT = Built(
    Measurement(
        parameters=100,
        trainable_parameters=100,
        initial_weights_sha256="a" * 64,
        data_sha256="b" * 64,
        clocks=CLOCKS,
    )
)
FINISHED = Finished(BUILT.measurement.model_copy(update={"conditions": CONDITIONS, "peak_memory_bytes": 2**20}))
EPOCHS = [EpochDone(*fake_epoch(TRIAL, epoch)) for epoch in (1, 2, 3)]
Action = Callable[[Connection], object]


def reports(*messages: Message) -> Action:
    def report(parent: Connection) -> None:
        for message in messages:
            parent.send(message)

    return report


def hangs(_: Connection) -> None:
    time.sleep(60)


def ends_itself_by(number: int) -> Action:
    def end(_: Connection) -> None:
        faulthandler.disable()
        os.kill(os.getpid(), number)

    return end


def sends_half_a_message(parent: Connection) -> None:
    os.write(parent.fileno(), (1_000).to_bytes(4, "big") + b"the first words")


def act(parent: Connection, actions: tuple[Action, ...]) -> None:
    for action in actions:
        action(parent)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., TrialProcess]]:
    monkeypatch.setattr(trial_process, "GRACE_SECONDS", 0.1)
    started = []

    def start(*actions: Action, timeout: float | None = None) -> TrialProcess:
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe()
        process = context.Process(target=act, args=(there, actions))
        process.start()
        there.close()
        job = Job(TRIAL, (), 1, True, tmp_path, None, tmp_path / "trial.log", 0.0)  # noqa: FBT003 - deterministic
        started.append(TrialProcess(job, process, here, timeout))
        return started[-1]

    yield start
    for trial in started:
        trial.process.kill()
        trial.process.join()


def events(trial: TrialProcess) -> list[TrialEvent]:
    """Everything that comes of the process until it has ended."""
    found: list[TrialEvent] = []
    while not trial.ended:
        assert trial.connection.poll(10)
        found += trial.receive()
    return found


def outcome(trial: TrialProcess) -> Outcome:
    *_, last = events(trial)
    assert isinstance(last, TrialEnded)
    return last.outcome


def test_events_come_in_the_order_of_the_reports(start: Callable[..., TrialProcess]) -> None:
    trial = start(reports(Started(ENVIRONMENT), StageBegan("build"), StageBegan("compile"), BUILT, *EPOCHS, FINISHED))
    compiling, built, *epochs, ended = events(trial)
    assert compiling == TrialCompiling(TRIAL)
    assert built == TrialBuilt(TRIAL, 0)
    assert epochs == [EpochEnded(TRIAL, done.measurement) for done in EPOCHS]
    assert isinstance(ended, TrialEnded)
    assert not trial.process.is_alive()


def test_the_outcome_is_all_that_was_reported(start: Callable[..., TrialProcess]) -> None:
    found = outcome(start(reports(Started(ENVIRONMENT), BUILT, *EPOCHS, FINISHED)))
    assert found.failure is None
    assert found.environment == ENVIRONMENT
    assert found.measurement is not None
    assert found.measurement.epochs == tuple(done.measurement for done in EPOCHS)
    assert (found.measurement.conditions, found.measurement.peak_memory_bytes) == (CONDITIONS, 2**20)
    assert {epoch: digest(by_name["test"]) for epoch, by_name in found.predictions.items()} == {
        done.measurement.epoch: done.measurement.evaluations["test"].predictions_sha256 for done in EPOCHS
    }


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (lambda _: None, "exit code 0"),
        (lambda _: os._exit(7), "exit code 7"),
        (ends_itself_by(signal.SIGSEGV), "SIGSEGV"),
        (ends_itself_by(signal.SIGKILL), "SIGKILL"),
        (sends_half_a_message, "exit code 0"),
    ],
)
def test_a_process_that_ends_without_a_report_has_crashed_and_its_epochs_are_kept(
    start: Callable[..., TrialProcess], ending: Action, words: str
) -> None:
    found = outcome(start(reports(Started(ENVIRONMENT), BUILT, StageBegan("train"), EPOCHS[0]), ending))
    assert found.failure is not None
    assert (found.failure.stage, found.failure.kind) == ("train", "crash")
    assert words in found.failure.reason
    assert found.measurement is not None
    assert len(found.measurement.epochs) == 1
    assert found.environment == ENVIRONMENT


def test_a_process_killed_while_the_system_lacks_memory_failed_for_memory(
    start: Callable[..., TrialProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = start(ends_itself_by(signal.SIGKILL))
    before = oom_kills()
    monkeypatch.setattr(trial_process, "oom_kills", lambda: before + 1)
    found = outcome(trial)
    assert found.failure is not None
    assert found.failure.kind == "memory"


def test_a_reported_failure_is_kept_with_its_stage_and_the_last_lines_of_the_log(
    start: Callable[..., TrialProcess], tmp_path: Path
) -> None:
    (tmp_path / "trial.log").write_text("Traceback\nlast words\n")
    found = outcome(start(reports(StageBegan("data"), Failed("error", "no data"))))
    assert found.failure is not None
    assert (found.failure.stage, found.failure.kind, found.failure.reason) == ("data", "error", "no data")
    assert found.failure.log == ("Traceback", "last words")
    assert (found.measurement, found.environment) == (None, None)


def test_the_log_of_a_trial_that_finished_is_removed(start: Callable[..., TrialProcess], tmp_path: Path) -> None:
    (tmp_path / "trial.log").write_text("warnings\n")
    outcome(start(reports(BUILT, FINISHED)))
    assert not (tmp_path / "trial.log").exists()


def test_a_trial_past_its_deadline_is_ended_and_its_epochs_are_kept(start: Callable[..., TrialProcess]) -> None:
    trial = start(reports(BUILT, EPOCHS[0]), hangs, timeout=0.05)
    found: list[TrialEvent] = []
    while EpochEnded(TRIAL, EPOCHS[0].measurement) not in found:
        assert trial.connection.poll(10)
        found += trial.receive()
    while trial.seconds_left() > 0:
        time.sleep(0.01)
    ended = trial.end_late().outcome
    assert ended.failure is not None
    assert ended.failure.kind == "deadline"
    assert "0.05 seconds" in ended.failure.reason
    assert ended.measurement is not None
    assert len(ended.measurement.epochs) == 1
    assert not trial.process.is_alive()


def test_without_a_limit_there_is_no_deadline(start: Callable[..., TrialProcess]) -> None:
    assert start(hangs).seconds_left() == math.inf


def test_a_process_that_does_not_stop_is_killed_with_all_its_children(
    start: Callable[..., TrialProcess],
) -> None:
    trial = start(lambda parent: parent.send(subprocess.Popen(["sleep", "60"]).pid), hangs)
    assert trial.connection.poll(10)
    grandchild = psutil.Process(trial.connection.recv())
    trial.stop()
    assert not trial.process.is_alive()
    assert not still_alive([grandchild])


def test_a_signal_without_a_name_has_its_number() -> None:
    assert signal_name(signal.SIGTERM) == "SIGTERM"
    assert signal_name(signal.SIGRTMIN + 1) == f"signal {signal.SIGRTMIN + 1}"


def test_the_last_lines_of_a_log_are_kept_without_the_users_folder(tmp_path: Path) -> None:
    log = tmp_path / "trial.log"
    log.write_text("\n".join([f"line {number}" for number in range(100)] + [f'File "{Path.home()}/secret.py"']))
    lines = last_lines(log)
    assert len(lines) == LOG_LINES
    assert lines[0] == "line 81"
    assert lines[-1] == 'File "~/secret.py"'


def test_no_log_is_no_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.log") == ()


def test_the_systems_kills_for_memory_are_counted_where_it_tells_them(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    vmstat.write_text("nr_free_pages 12\noom_kill 3\n")
    assert oom_kills(vmstat) == 3
    assert oom_kills(tmp_path / "none") == 0
