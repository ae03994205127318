"""Local processes: the real engine and the real worker, with a backend that trains nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from child_processes import still_alive
from fake_backend import FakeBackend, OutOfFakeMemory, fake_backend_trial, forking_engine

from harness.execute import trial_process
from harness.execute.cores import RESERVE
from harness.execute.engine import (
    EngineOptions,
    EpochEnded,
    Outcome,
    TrialBuilt,
    TrialCompiling,
    TrialEnded,
    TrialEvent,
    TrialStarted,
    Waiting,
)
from harness.execute.engines import local
from harness.execute.queue import InOrder
from harness.planning.trial import Trial
from harness.records.environment import current_environment
from harness.records.record import Failure, FailureKind

if TYPE_CHECKING:
    from settable_clock import SettableClock

pytest_plugins = ["fake_training", "settable_clock"]
TRIALS = [fake_backend_trial(seed) for seed in range(3)]
ONE_JOB, TWO_JOBS = EngineOptions(jobs=1), EngineOptions(jobs=2)


def run(options: EngineOptions, trials: Iterable[Trial] = TRIALS) -> list[TrialEvent]:
    return list(forking_engine(options)(InOrder(trials)))


def outcomes(events: Iterable[TrialEvent]) -> dict[int, Outcome]:
    """What each trial gave, by its seed."""
    return {event.trial.seed: event.outcome for event in events if isinstance(event, TrialEnded)}


def failure(outcome: Outcome) -> Failure:
    assert outcome.failure is not None
    return outcome.failure


def bits(outcome: Outcome) -> list[str]:
    assert outcome.measurement is not None
    return [outcome.measurement.initial_weights_sha256, *(epoch.weights_sha256 for epoch in outcome.measurement.epochs)]


def raising(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def dying_by(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def hang() -> None:
    time.sleep(60)


def compile_for_ever() -> None:
    """Keep Python from everything else, as a compiler may."""
    sum(range(10**15))


def test_a_trials_events_come_in_order_and_trials_in_theirs(fake_backend: FakeBackend) -> None:
    del fake_backend
    kinds = [type(event) for event in run(ONE_JOB)]
    assert kinds == [TrialStarted, TrialCompiling, TrialBuilt, EpochEnded, EpochEnded, EpochEnded, TrialEnded] * 3


def test_the_same_trial_has_the_same_bits_whoever_trains_beside_it(fake_backend: FakeBackend) -> None:
    del fake_backend
    alone, together = outcomes(run(ONE_JOB, TRIALS[:1])), outcomes(run(TWO_JOBS))
    assert bits(together[0]) == bits(alone[0])
    assert len({tuple(bits(outcome)) for outcome in together.values()}) == 3


@pytest.mark.parametrize("error", [EOFError("unexpected EOF"), ConnectionRefusedError(), BrokenPipeError()])
def test_a_server_that_is_killed_while_a_trial_starts_is_started_again(
    fake_backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    del fake_backend
    process, errors = multiprocessing.get_context("fork").Process, [error]
    start = process.start

    def start_or_fail(self: object) -> None:
        if errors:
            raise errors.pop()
        start(self)  # type: ignore[arg-type]

    monkeypatch.setattr(process, "start", start_or_fail)
    found = outcomes(run(ONE_JOB))
    assert [outcome.failure for outcome in found.values()] == [None] * 3


def test_no_more_trials_run_at_once_than_there_are_jobs(fake_backend: FakeBackend) -> None:
    del fake_backend
    events = run(TWO_JOBS)
    running = [0]
    for event in events:
        running.append(running[-1] + isinstance(event, TrialStarted) - isinstance(event, TrialEnded))
    assert max(running) == 2
    assert outcomes(events)[0].concurrent_trials == 1


@pytest.mark.parametrize(
    ("action", "kind", "words"),
    [
        (dying_by(signal.SIGKILL), "crash", "SIGKILL"),
        (raising(RuntimeError("no such kernel")), "error", "RuntimeError: no such kernel"),
        (raising(OutOfFakeMemory("a tensor")), "memory", "a tensor"),
        (raising(MemoryError()), "memory", "MemoryError"),
    ],
)
def test_a_trial_that_fails_keeps_its_epochs_and_the_others_go_on(
    fake_backend: FakeBackend, action: Callable[[], None], kind: FailureKind, words: str
) -> None:
    fake_backend.actions[3] = action
    longer = replace(TRIALS[0], epochs=3)
    found = outcomes(run(ONE_JOB, [longer, replace(TRIALS[1], epochs=2)]))
    assert (failure(found[0]).stage, failure(found[0]).kind) == ("train", kind)
    assert words in failure(found[0]).reason
    assert len(bits(found[0])) == 1 + 2
    assert found[1].failure is None


def test_a_loss_that_is_no_number_is_a_failure_of_its_own_kind(fake_backend: FakeBackend) -> None:
    fake_backend.losses[2] = float("nan")
    found = outcomes(run(ONE_JOB, TRIALS[:1]))[0]
    assert (failure(found).kind, failure(found).reason) == ("nan", "the train loss of epoch 2 is nan")


def test_what_a_process_prints_is_in_the_log_of_its_failure(fake_backend: FakeBackend) -> None:
    fake_backend.actions[1] = partial(os.write, 2, b"from a library\n")
    fake_backend.actions[2] = raising(RuntimeError("the end"))
    log = failure(outcomes(run(ONE_JOB, TRIALS[:1]))[0]).log
    assert log[0] == "from a library"
    assert log[-1] == "RuntimeError: the end"


def test_a_backend_that_can_not_be_loaded_fails_the_trial_at_its_start(fake_backend: FakeBackend) -> None:
    fake_backend.on_load = raising(ImportError("no module named fake"))
    found = outcomes(run(ONE_JOB, TRIALS[:1]))[0]
    assert (failure(found).stage, failure(found).kind) == ("start-up", "error")
    assert found.environment is None


def test_a_trial_past_its_deadline_is_ended_and_the_others_go_on(
    fake_backend: FakeBackend, settable_clock: SettableClock
) -> None:
    fake_backend.actions[2] = hang
    events = []
    limited = replace(ONE_JOB, timeout_seconds=3600)
    for event in forking_engine(limited)(InOrder([TRIALS[0], replace(TRIALS[1], epochs=1)])):
        events.append(event)
        settable_clock.ahead += 3600 if isinstance(event, EpochEnded) and event.trial.seed == 0 else 0
    found = outcomes(events)
    assert (failure(found[0]).kind, failure(found[0]).stage) == ("deadline", "train")
    assert len(bits(found[0])) == 1 + 1
    assert found[1].failure is None


def test_a_trial_that_compiles_past_its_deadline_is_ended(
    fake_backend: FakeBackend, settable_clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_process, "GRACE_SECONDS", 0.1)
    fake_backend.on_compile = compile_for_ever
    events = []
    for event in forking_engine(replace(ONE_JOB, timeout_seconds=3600))(InOrder(TRIALS[:1])):
        events.append(event)
        settable_clock.ahead += 3600 if isinstance(event, TrialCompiling) else 0
    found = outcomes(events)[0]
    assert (failure(found).kind, failure(found).stage) == ("deadline", "compile")
    assert failure(found).reason == "took longer than the 3600 seconds allowed"
    assert not multiprocessing.active_children()


def test_a_killed_trial_goes_on_after_its_last_epoch_with_the_same_bits(
    fake_backend: FakeBackend, tmp_path: Path
) -> None:
    keeping = replace(ONE_JOB, checkpoints=tmp_path)
    whole = outcomes(run(ONE_JOB, TRIALS[:1]))[0]
    fake_backend.actions[3] = dying_by(signal.SIGKILL)
    assert failure(outcomes(run(keeping, TRIALS[:1]))[0]).kind == "crash"
    fake_backend.actions = {epoch: raising(RuntimeError("trained twice")) for epoch in (1, 2)}
    events = run(keeping, TRIALS[:1])
    (built,) = [event for event in events if isinstance(event, TrialBuilt)]
    assert built.resumed_epochs == 2
    assert bits(outcomes(events)[0]) == bits(whole)


def test_ctrl_c_is_the_parents_to_decide_on(fake_backend: FakeBackend) -> None:
    fake_backend.actions[1] = dying_by(signal.SIGINT)
    assert outcomes(run(ONE_JOB, TRIALS[:1]))[0].failure is None


def test_closing_ends_every_process(fake_backend: FakeBackend) -> None:
    fake_backend.actions[1] = hang
    events = forking_engine(TWO_JOBS)(InOrder(TRIALS))
    built = [event for event in islice(events, 6) if isinstance(event, TrialBuilt)]
    assert (len(built), len(multiprocessing.active_children())) == (2, 2)
    events.close()
    assert not multiprocessing.active_children()


def test_an_error_in_the_queue_ends_every_process(fake_backend: FakeBackend) -> None:
    fake_backend.actions[1] = hang

    class Failing(InOrder):
        def take(self) -> Trial | None:
            trial = super().take()
            if trial is None:
                raise OSError("the lock is gone")
            return trial

    with pytest.raises(OSError, match="the lock is gone"):
        list(forking_engine(TWO_JOBS)(Failing(TRIALS[:1])))
    assert not multiprocessing.active_children()


def train_until_killed(epochs_begun: multiprocessing.SimpleQueue[int]) -> None:
    """The parent of a trial that says its process's number and hangs."""
    for _ in forking_engine(ONE_JOB)(InOrder(TRIALS[:1])):
        pass
    epochs_begun.put(0)


def test_a_process_whose_parent_is_killed_ends_too(fake_backend: FakeBackend) -> None:
    context = multiprocessing.get_context("fork")
    numbers = context.SimpleQueue()

    def say_number_and_hang() -> None:
        numbers.put(os.getpid())
        hang()

    fake_backend.actions[1] = say_number_and_hang
    parent = context.Process(target=train_until_killed, args=(numbers,))
    parent.start()
    trial = psutil.Process(numbers.get())
    parent.kill()
    parent.join()
    assert not still_alive([trial])


class NothingForAMoment(InOrder):
    """Hands out its trials after it was asked a few times: other runs hold them."""

    asked = 0

    def take(self) -> Trial | None:
        self.asked += 1
        return super().take() if self.asked > 3 else None


def test_while_others_hold_what_is_left_it_waits(fake_backend: FakeBackend) -> None:
    del fake_backend
    events = list(forking_engine(ONE_JOB)(NothingForAMoment(TRIALS[:1])))
    assert events[:4] == [Waiting(), Waiting(), Waiting(), TrialStarted(TRIALS[0])]
    assert isinstance(events[-1], TrialEnded)


def test_a_trials_environment_is_that_of_its_own_process(fake_backend: FakeBackend) -> None:
    def another_environment() -> None:
        os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

    fake_backend.on_load = another_environment
    here = current_environment(threads=1, backend="fake")
    environment = outcomes(run(ONE_JOB, TRIALS[:1]))[0].environment
    assert environment is not None
    assert (here.numerics.onednn, environment.numerics.onednn) == (True, False)
    assert environment.machine == here.machine
    assert (environment.commit, environment.uncommitted_changes) == (here.commit, here.uncommitted_changes)
    assert environment.numerics.backend == "fake"


def test_a_pinned_process_describes_all_cores_of_the_machine(fake_backend: FakeBackend) -> None:
    del fake_backend
    environment = outcomes(run(ONE_JOB, TRIALS[:1]))[0].environment
    assert environment is not None
    assert environment.machine.cores == current_environment(threads=1).machine.cores


def test_a_process_has_variables_that_its_parent_has_not(fake_backend: FakeBackend) -> None:
    def tell() -> None:
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        told = [os.environ[name] for name in names] + [str(Path(os.environ["FAKE_BACKEND_FOLDER"]).is_dir())]
        raise RuntimeError(" ".join(told))

    fake_backend.actions[1] = tell
    assert failure(outcomes(run(ONE_JOB, TRIALS[:1]))[0]).reason == "RuntimeError: 1 1 True"
    assert "FAKE_BACKEND_FOLDER" not in os.environ


@pytest.mark.parametrize("own", [None, "7"])
def test_this_process_keeps_its_variables_between_events_and_afterwards(
    fake_backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, own: str | None
) -> None:
    del fake_backend
    if own is None:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OMP_NUM_THREADS", own)
    before = dict(os.environ)
    for _ in forking_engine(TWO_JOBS)(InOrder(TRIALS)):
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_this_process_keeps_its_variables_where_no_process_can_be_started(
    fake_backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_backend
    before = dict(os.environ)
    monkeypatch.setattr(multiprocessing.context.ForkProcess, "start", lambda _: raising(OSError("no more processes"))())
    with pytest.raises(OSError, match="no more processes"):
        run(ONE_JOB)
    assert dict(os.environ) == before


# More than a process of tests that has loaded TensorFlow takes, and its children with it.
ROOM = 2**28


def test_a_trial_that_takes_too_much_memory_is_ended_and_the_others_go_on(
    fake_backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fork holds what this process does, and no more.
    limit = psutil.Process().memory_info().rss + ROOM

    def take() -> None:
        taken = bytearray(limit - psutil.Process().memory_info().rss + ROOM // 4)
        taken[:: 2**12] = bytes(-(-len(taken) // 2**12))
        time.sleep(60)

    fake_backend.actions[2] = take
    monkeypatch.setattr(local, "available_memory", lambda: limit / RESERVE)
    monkeypatch.setattr(local, "LEAST_SHARE_BYTES", 0)
    (greedy,) = outcomes(run(ONE_JOB, TRIALS[:1])).values()
    assert greedy.failure is not None
    assert (greedy.failure.kind, greedy.failure.stage) == ("memory", "train")
    assert greedy.failure.reason == f"took more than the {limit / 2**30:.1f} GiB of memory that a trial may take here"
    fake_backend.actions.clear()
    assert not any(outcome.failure for outcome in outcomes(run(ONE_JOB, TRIALS[:2])).values())
