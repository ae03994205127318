"""Where the Ray engine sends trials and what it does with what is lost; a stand-in for the cluster, without Ray."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from fake_trials import CLOCKS, CONDITIONS, ENVIRONMENT, dense_trial, elsewhere, fake_epoch

from harness.errors import ClusterLost
from harness.execute.cluster.fitting import Fit
from harness.execute.cluster.link import Link
from harness.execute.cluster.messages import Delivered, EndAll, Lost, Node, Parcel, PlaceTrial, Report, Request
from harness.execute.engine import EngineOptions, EpochEnded, Outcome, TrialBuilt, TrialEnded, TrialEvent, TrialStarted
from harness.execute.engines import ray
from harness.execute.engines.ray import MOST_LOSSES, Cluster, RayEngine
from harness.execute.queue import InOrder
from harness.execute.trial_process import KILLED, OUT_OF_MEMORY
from harness.planning.trial import Trial
from harness.records.environment import Environment
from harness.records.record import Measurement
from harness.worker.messages import Built, EpochDone, Failed, Finished, Message, Started

GIB = 2**30
THERE = elsewhere(processor="Another Processor")
MEASUREMENT = Measurement(
    parameters=100, trainable_parameters=100, initial_weights_sha256="a" * 64, data_sha256="b" * 64, clocks=CLOCKS
)
Answer = Callable[[PlaceTrial], Iterable[Report]]


def node(name: str, cores: int = 1, environment: Environment = ENVIRONMENT) -> Node:
    return Node(name, name, cores, 8 * GIB, cores, environment)


def messages(place: PlaceTrial, environment: Environment = ENVIRONMENT) -> list[Message]:
    """What a trial's process reports that goes on after its checkpoint, whose text is how many epochs it has."""
    done = int(place.checkpoint or 0)
    measurement = MEASUREMENT.model_copy(update={"resumed_epochs": done})
    epochs = [EpochDone(*fake_epoch(place.trial, epoch)) for epoch in range(1, place.trial.epochs + 1)]
    finished = Finished(measurement.model_copy(update={"conditions": CONDITIONS}))
    return [Started(environment), Built(measurement), *epochs, finished]


def delivered(place: PlaceTrial, *sent: Message) -> list[Report]:
    reports: list[Report] = [Delivered(place.ticket, Parcel(None))]
    for message in sent:
        state = str(message.measurement.epoch).encode() if isinstance(message, EpochDone) else None
        reports.append(Delivered(place.ticket, Parcel(message, state)))
    return reports


def whole(place: PlaceTrial) -> list[Report]:
    return delivered(place, *messages(place))


def until_epoch(place: PlaceTrial, epoch: int) -> list[Report]:
    return delivered(place, *messages(place)[: 2 + epoch])


@dataclass
class FakeLink:
    """Answers each request at once; ``answers`` are those to the first ones, the others are whole trials."""

    nodes: tuple[Node, ...]
    answers: list[Answer] = field(default_factory=list)
    placed: list[PlaceTrial] = field(default_factory=list)
    inbox: list[Report] = field(default_factory=list)
    ended: bool = False

    def send(self, request: Request) -> None:
        if isinstance(request, EndAll):
            self.ended = True
            return
        self.placed.append(request)
        self.inbox += (self.answers.pop(0) if self.answers else whole)(request)

    def hear(self, seconds: float) -> list[Report]:
        del seconds
        heard, self.inbox = self.inbox, []
        return heard


def engine(link: FakeLink, options: EngineOptions = EngineOptions(name="ray")) -> RayEngine:  # noqa: B008 - frozen
    return RayEngine(options, Cluster(cast("Link", link), ENVIRONMENT, Fit(ENVIRONMENT, ENVIRONMENT)))


def outcomes(events: Iterable[TrialEvent]) -> list[Outcome]:
    return [event.outcome for event in events if isinstance(event, TrialEnded)]


def run(link: FakeLink, trials: Sequence[Trial], options: EngineOptions | None = None) -> list[TrialEvent]:
    return list(engine(link, options or EngineOptions(name="ray"))(InOrder(trials)))


TRIAL = dense_trial(epochs=3)
KINDS = [TrialStarted, TrialBuilt, EpochEnded, EpochEnded, EpochEnded, TrialEnded]


def test_trials_spread_over_nodes_as_far_as_there_is_room() -> None:
    link = FakeLink((node("a", 2), node("b", 1)), [lambda _: []] * 4)
    events = engine(link)(InOrder([dense_trial(seed) for seed in range(4)]))
    link.inbox = [Delivered(99, Parcel(None))]
    assert engine(link).jobs == 3
    with pytest.raises(ClusterLost):
        run_until_quiet(link, events)
    assert Counter(place.node for place in link.placed) == {"a": 2, "b": 1}


def run_until_quiet(link: FakeLink, events: Iterable[TrialEvent]) -> None:
    """Run until the engine has asked three times and nothing came."""
    asked: list[float] = []

    def hear(seconds: float) -> list[Report]:
        asked.append(seconds)
        if len(asked) > 3:
            raise ClusterLost
        return []

    link.hear = hear  # type: ignore[method-assign]
    list(events)


def test_no_more_run_at_once_than_are_asked_for() -> None:
    link = FakeLink((node("a", 4),), [lambda _: []] * 2)
    options = EngineOptions(jobs=2, name="ray")
    assert engine(link, options).jobs == 2
    with pytest.raises(ClusterLost):
        run_until_quiet(link, engine(link, options)(InOrder([dense_trial(seed) for seed in range(4)])))
    assert len(link.placed) == 2


def test_a_lost_trial_goes_on_elsewhere_after_its_last_epoch_and_its_events_come_once(tmp_path: Path) -> None:
    def lost_after_two(place: PlaceTrial) -> list[Report]:
        return [*until_epoch(place, 2), Lost(place.ticket, "the node died")]

    link = FakeLink((node("a"), node("b")), [lost_after_two])
    events = run(link, [TRIAL], EngineOptions(name="ray", checkpoints=tmp_path / ENVIRONMENT.id))
    first, second = link.placed
    assert (first.checkpoint, second.checkpoint) == (None, b"2")
    assert first.node != second.node
    assert [type(event) for event in events] == KINDS
    (outcome,) = outcomes(events)
    assert outcome.measurement is not None
    assert outcome.measurement.resumed_epochs == 2
    assert [epoch.epoch for epoch in outcome.measurement.epochs] == [1, 2, 3]
    assert set(outcome.predictions) == {1, 2, 3}


def test_a_checkpoint_stays_with_the_environment_that_it_is_from(tmp_path: Path) -> None:
    def lost_after_two(place: PlaceTrial) -> list[Report]:
        link.nodes = (node("b", environment=THERE),)
        return [*until_epoch(place, 2), Lost(place.ticket, "the node died")]

    link = FakeLink((node("a"),), [lost_after_two, lambda place: delivered(place, *messages(place, THERE))])
    options = EngineOptions(name="ray", checkpoints=tmp_path / ENVIRONMENT.id)
    events = run(link, [TRIAL], options)
    assert [place.checkpoint for place in link.placed] == [None, None]
    assert [type(event) for event in events] == KINDS
    (outcome,) = outcomes(events)
    assert outcome.environment == THERE
    assert outcome.measurement is not None
    assert outcome.measurement.resumed_epochs == 0
    assert not (tmp_path / THERE.id / f"{TRIAL.name}.npz").exists()


def test_a_trial_prefers_the_node_that_its_checkpoint_is_from(tmp_path: Path) -> None:
    path = tmp_path / THERE.id / f"{TRIAL.name}.npz"
    path.parent.mkdir()
    path.write_bytes(b"1")
    link = FakeLink((node("a", 4), node("b", environment=THERE)))
    run(link, [TRIAL], EngineOptions(name="ray", checkpoints=tmp_path / ENVIRONMENT.id))
    assert [(place.node, place.checkpoint) for place in link.placed] == [("b", b"1")]


@pytest.mark.parametrize("failed", [KILLED, OUT_OF_MEMORY])
def test_a_process_that_was_killed_is_started_again(failed: Failed) -> None:
    link = FakeLink((node("a"),), [lambda place: [*until_epoch(place, 1), *delivered(place, failed)[1:]]])
    (outcome,) = outcomes(run(link, [TRIAL]))
    assert outcome.failure is None
    assert len(link.placed) == 2


def test_a_trial_that_a_node_has_no_memory_for_goes_to_another_one_even_if_that_is_busier() -> None:
    def out_of_memory(place: PlaceTrial) -> list[Report]:
        return [*until_epoch(place, 1), Lost(place.ticket, "out of memory", memory=True)]

    link = FakeLink((node("a", 4), node("b", 1)), [out_of_memory])
    run(link, [TRIAL])
    assert [place.node for place in link.placed] == ["a", "b"]


@pytest.mark.parametrize("memory", [False, True])
def test_what_is_lost_again_and_again_is_a_failure_with_its_reason(memory: bool) -> None:  # noqa: FBT001
    def lost(place: PlaceTrial) -> list[Report]:
        return [*until_epoch(place, 1), Lost(place.ticket, "the worker died", memory)]

    link = FakeLink((node("a"),), [lost] * (MOST_LOSSES + 1))
    events = run(link, [TRIAL, dense_trial(seed=1)])
    first, second = outcomes(events)
    assert first.failure is not None
    assert first.failure.kind == ("memory" if memory else "crash")
    assert first.failure.reason.endswith("the worker died")
    assert first.measurement is not None
    assert len(first.measurement.epochs) == 1
    assert second.failure is None


def test_losses_with_epochs_between_them_do_not_add_up(tmp_path: Path) -> None:
    longer = dense_trial(epochs=MOST_LOSSES + 2)

    def one_more(place: PlaceTrial) -> list[Report]:
        done = int(place.checkpoint or 0)
        return [*until_epoch(place, done + 1), Lost(place.ticket, "the worker died")]

    link = FakeLink((node("a"),), [one_more] * (MOST_LOSSES + 1))
    events = run(link, [longer], EngineOptions(name="ray", checkpoints=tmp_path / ENVIRONMENT.id))
    assert outcomes(events)[0].failure is None
    epochs = [event.measurement.epoch for event in events if isinstance(event, EpochEnded)]
    assert all(later == earlier + 1 for earlier, later in pairwise(epochs))


def test_a_failure_of_the_trial_itself_is_recorded_as_it_is() -> None:
    failed = Failed("nan", "the train loss of epoch 2 is nan")
    link = FakeLink((node("a"),), [lambda place: [*until_epoch(place, 1), *delivered(place, failed)[1:]]])
    (outcome,) = outcomes(run(link, [TRIAL]))
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.reason) == (failed.kind, failed.reason)


def test_a_nodes_trials_count_each_other_and_no_others() -> None:
    link = FakeLink((node("a", 2), node("b", 1)), [])
    held: list[Report] = []

    def hold(place: PlaceTrial) -> list[Report]:
        begun, *rest = whole(place)
        held.extend(rest)
        if len(link.placed) == 3:
            return [begun, *held]
        return [begun]

    link.answers = [hold] * 3
    found = outcomes(run(link, [dense_trial(seed) for seed in range(3)]))
    assert sorted(outcome.concurrent_trials for outcome in found) == [0, 1, 1]


def test_without_a_node_for_long_the_run_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(place: PlaceTrial) -> list[Report]:
        link.nodes = ()
        return [*until_epoch(place, 1), Lost(place.ticket, "the node died")]

    monkeypatch.setattr(ray, "NO_NODE_SECONDS", -1.0)
    link = FakeLink((node("a"),), [die])
    with pytest.raises(ClusterLost, match="the same command resumes"):
        run(link, [TRIAL])
    assert link.ended


def test_a_trials_share_of_a_nodes_memory_is_asked_for() -> None:
    link = FakeLink((node("a", 4),))
    run(link, [TRIAL], EngineOptions(name="ray", trial_bytes=3 * GIB))
    run(link, [TRIAL], EngineOptions(name="ray", trial_bytes=30 * GIB))
    assert [place.memory_bytes for place in link.placed] == [3 * GIB, 8 * GIB]


def test_an_engine_without_a_connection_says_how_many_it_is_asked_for() -> None:
    assert replace(engine(FakeLink(())), cluster=None).jobs == 1
