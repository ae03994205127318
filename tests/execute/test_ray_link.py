"""The line to the process that speaks to Ray: in place of it processes that say too much, nothing, or end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from harness.errors import ClusterLost, NoCluster
from harness.execute.cluster.link import Link, Talk
from harness.execute.cluster.messages import Connected, EndAll, Lost, Node, Nodes, Ready, Refused
from harness.execute.engine import EngineOptions

NODE = Node("a", "a", 1, 2**30)
MANY = 300
LONG = "x" * 10_000


def answer(bench: Connection) -> None:
    for report in (Ready(), Connected(), Nodes((NODE,))):
        bench.send(report)


def echo(options: EngineOptions, cpus: int, log: Path, bench: Connection) -> None:
    """Answer each request with one as long, and read no further before that is sent."""
    del options, cpus, log
    answer(bench)
    while (asked := bench.recv()) != EndAll(goodbye=True):
        bench.send(Lost(asked, LONG))


def refuse(options: EngineOptions, cpus: int, log: Path, bench: Connection) -> None:
    del options, cpus, log
    bench.send(Ready())
    bench.send(Refused("of another version"))


def end(options: EngineOptions, cpus: int, log: Path, bench: Connection) -> None:
    del options, cpus, log
    answer(bench)


@contextmanager
def linked(talk: Talk) -> Iterator[Link]:
    link = Link(EngineOptions(name="ray"), 1, talk)
    try:
        yield link
    finally:
        link.close()


def test_both_ends_may_say_much_at_once() -> None:
    with linked(echo) as link:
        assert link.nodes == (NODE,)
        for number in range(MANY):
            link.send((number, LONG))  # type: ignore[arg-type]
        heard: list[object] = []
        while len(heard) < MANY:
            heard += link.hear(10)
        assert [lost.ticket[0] for lost in heard] == list(range(MANY))  # type: ignore[attr-defined]


def test_a_refusal_is_a_sentence() -> None:
    with pytest.raises(NoCluster, match="Ray can't be started on this machine: of another version; --engine local"):
        Link(EngineOptions(name="ray"), 1, refuse)


def test_an_end_without_a_word_is_noticed() -> None:
    with linked(end) as link, pytest.raises(ClusterLost):
        listen(link)


def listen(link: Link) -> None:
    while True:
        link.hear(10)
