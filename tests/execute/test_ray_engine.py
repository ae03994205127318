"""A real Ray cluster of two nodes on this machine, and what may happen to it; a backend that trains nothing."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from child_processes import still_alive
from program_processes import start_fresh
from psutil import Process
from ray_cluster import QUIET, RayCluster
from slow_trials import Begun, Slow, bits, kill, options_for, train, train_on

from harness.app.training.benchmark import Benchmark
from harness.errors import NoCluster, TooManyThreads
from harness.execute.cluster import link
from harness.execute.engine import (
    EngineOptions,
    EpochEnded,
    TrialBuilt,
    TrialCompiling,
    TrialEnded,
    TrialEvent,
    TrialStarted,
    Waiting,
    open_site,
)
from harness.execute.engines.local import LocalEngine
from harness.execute.process_start import variables_set

pytest.importorskip("ray")
pytestmark = pytest.mark.cluster


@dataclass
class Running:
    """The cluster, a connection to it, and its nodes by name."""

    slow: Slow
    cluster: RayCluster
    nodes: dict[str, str]
    expected: dict[str, list[str]]

    def train(self, of: Benchmark, then: Callable[[TrialEvent], object] = lambda _: None) -> list[TrialEvent]:
        """Train the benchmark; do something after every event."""
        self.slow.forget()
        events = []
        with open_site(options_for(of, self.cluster.address)) as site:
            assert site is not None
            for event in train(of, site.engine(options_for(of, self.cluster.address))):
                events.append(event)
                then(event)
        return events


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    slow = Slow(tmp_path_factory.mktemp("ray"), seconds=0.4)
    with slow.at_hand(), variables_set(QUIET):
        undisturbed = slow.benchmark("undisturbed")
        list(train(undisturbed, LocalEngine(replace(options_for(undisturbed), jobs=2), start_method="fork")))
        cluster = RayCluster.start(slow.folder / "cluster.log")
        try:
            nodes = {name: cluster.add(slow.node(name)) for name in ("first", "second")}
            yield Running(slow, cluster, nodes, bits(undisturbed))
        finally:
            cluster.close()


def trained(slow: Slow) -> Counter[tuple[int, int]]:
    """How often each epoch of each seed was begun."""
    return Counter((begun.seed, begun.epoch) for begun in slow.diary)


def test_trials_have_the_events_records_and_bits_of_local_processes(running: Running) -> None:
    of = running.slow.benchmark("as locally")
    events = running.train(of)
    for seed in (0, 1):
        kinds = [type(event) for event in events if not isinstance(event, Waiting) and event.trial.seed == seed]
        assert kinds == [TrialStarted, TrialCompiling, TrialBuilt, *[EpochEnded] * 4, TrialEnded]
    assert bits(of) == running.expected
    assert {record.environment for record in of.store.load().records} == {of.environment}
    assert set(trained(running.slow).values()) == {1}
    assert {begun.node for begun in running.slow.diary} == {"first", "second"}
    assert {path.name for path in running.slow.folder.glob("cache of */toy*.npz")} == {
        path.name for path in running.slow.folder.glob("cache/toy*.npz")
    }


@pytest.mark.parametrize("who", ["process", "carrier"])
def test_a_killed_trial_goes_on_after_its_last_epoch(running: Running, who: str) -> None:
    of = running.slow.benchmark(f"killed {who}")
    killed: list[Begun] = []

    def kill_once(event: TrialEvent) -> None:
        if isinstance(event, EpochEnded) and event.measurement.epoch == 2 and not killed:
            last = [begun for begun in running.slow.diary if begun.seed == event.trial.seed][-1]
            killed.append(last)
            kill(getattr(last, who))

    events = running.train(of, kill_once)
    assert bits(of) == running.expected
    again = {epoch: times for epoch, times in trained(running.slow).items() if times > 1}
    assert set(again) <= {(killed[0].seed, killed[0].epoch)}
    assert Counter(type(event) for event in events) == {
        TrialStarted: 2,
        TrialCompiling: 2,
        TrialBuilt: 2,
        EpochEnded: 8,
        TrialEnded: 2,
    }


def test_trials_of_killed_nodes_go_on_at_one_that_has_come_since(running: Running) -> None:
    of = running.slow.benchmark("killed nodes")
    killed: list[str] = []
    reported: list[tuple[int, int]] = []

    def kill_once(event: TrialEvent) -> None:
        if isinstance(event, EpochEnded) and not killed:
            reported.append((event.trial.seed, event.measurement.epoch))
        if isinstance(event, EpochEnded) and event.measurement.epoch == 2 and not killed:
            killed.extend(running.nodes.values())
            for node in killed:
                running.cluster.kill(node)
            running.nodes = {"third": running.cluster.add(running.slow.node("third"))}

    running.train(of, kill_once)
    assert bits(of) == running.expected
    assert max(trained(running.slow).values()) <= 2
    assert {trained(running.slow)[epoch] for epoch in reported} == {1}
    assert "third" in {begun.node for begun in running.slow.diary}


def test_a_killed_run_leaves_no_process_and_goes_on_when_it_is_started_again(running: Running) -> None:
    running.slow.forget()
    of = running.slow.benchmark("killed run")
    run = start_fresh(train_on, running.slow, running.cluster.address, "killed run")
    while max((begun.epoch for begun in running.slow.diary), default=0) < 3:
        run.join(0.05)
        assert run.is_alive()
    run.kill()
    run.join()
    assert not still_alive([Process(begun.process) for begun in running.slow.diary[-1:]])
    before = trained(running.slow)
    events = running.train(of)
    assert bits(of) == running.expected
    assert sum(event.resumed_epochs for event in events if isinstance(event, TrialBuilt)) >= sum(before.values()) - 2


def test_closing_ends_the_trials(running: Running) -> None:
    of = running.slow.benchmark("closed")
    running.slow.forget()
    with open_site(options_for(of, running.cluster.address)) as site:
        assert site is not None
        events = train(of, site.engine(options_for(of, running.cluster.address)))
        while not isinstance(next(events), EpochEnded):
            pass
        events.close()  # type: ignore[attr-defined]
        assert not still_alive([Process(begun.process) for begun in running.slow.diary if exists(begun.process)])
    assert not of.store.load().records


def exists(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("127.0.0.1:1", "no Ray cluster answers at 127.0.0.1:1: Connection refused"),
        ("nonsense", "no Ray cluster answers at nonsense: "),
    ],
)
def test_an_address_where_nothing_answers_is_refused(address: str, sentence: str) -> None:
    with pytest.raises(NoCluster) as refused, open_site(EngineOptions(name="ray", address=address)):
        pass
    assert str(refused.value).startswith(sentence)
    assert refused.value.exit_code == 2


def test_an_address_that_never_says_a_word_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "CONNECT_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with (
            pytest.raises(NoCluster, match="no answer within 2 s"),
            open_site(EngineOptions(name="ray", address=address)),
        ):
            pass


def test_more_threads_than_any_node_has_are_refused(running: Running) -> None:
    options = replace(options_for(running.slow.benchmark("threads"), running.cluster.address), threads=64)
    with pytest.raises(TooManyThreads, match="--threads 64"), open_site(options):
        pass
